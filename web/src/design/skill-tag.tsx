import { useQuery } from '@tanstack/react-query'
import { tagsQuery } from '@/api/tags'
import { useLanguage, useWords } from '@/words'

/** useTagNames is the taxonomy in the reader's language. */
export function useTagNames() {
  const language = useLanguage()
  const { data } = useQuery(tagsQuery)
  const names = new Map(data?.items.map((tag) => [tag.tag, language === 'zh' ? tag.zh : tag.en]))
  return (tag: string) => names.get(tag) ?? tag.split('/')[1] ?? tag
}

interface Look {
  tag: string
  level?: number
  atLeast?: boolean
  held?: number
  /** Says of which dimension it is, where tags of several stand together. */
  dimension?: boolean
}

/**
 * SkillTag is a tag at a level of 1 to 5. atLeast is for requirements; lacking shows that somebody holds `held` of it, with the missing bars
 * outlined.
 */
export function SkillTag(look: Look) {
  const name = useTagNames()
  return <TagLook {...look} name={name(look.tag)} />
}

/** TagLook is a skill tag whose name is known: strangers may not read the taxonomy. */
export function TagLook({ tag, name, level, atLeast, held, dimension }: Look & { name: string }) {
  const t = useWords()
  const lacking = held !== undefined && level !== undefined && held < level
  return (
    <span className={lacking ? 'tag bad' : 'tag'}>
      {dimension && <span className="dim">{t('dimension.' + tag.split('/')[0])}</span>}
      {name}
      {level !== undefined && (
        <>
          <span className="pips" aria-hidden>
            {[1, 2, 3, 4, 5].map((i) => (
              <i key={i} className={i <= (held ?? level) && i <= level ? 'on' : lacking && i <= level ? 'gap' : ''} />
            ))}
          </span>
          <span className="t2">
            <span className="hidden">{t('level', { level })}</span>
            <span aria-hidden>
              {level}
              {atLeast && '+'}
            </span>
          </span>
        </>
      )}
    </span>
  )
}
