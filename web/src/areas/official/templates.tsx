import { useQuery } from '@tanstack/react-query'
import { Award } from 'lucide-react'
import { useState } from 'react'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { SkillTag } from '@/design/skill-tag'
import { useLanguage, useWords } from '@/words'
import { TemplateEditor } from './template-editor'

type Template = Schema<'Template'>

/** Templates is what credentials there are to earn: what each takes, grants, and for how long. */
export function Templates() {
  const t = useWords('official')
  const zh = useLanguage() === 'zh'
  const [editing, edit] = useState<Template>()
  const query = useQuery({ queryKey: ['templates'], queryFn: () => body(api.GET('/api/v1/credential-templates')) })
  const needs = (list: Schema<'Prerequisite'>[]) =>
    list.length === 0 ? (
      <span className="t3">{t('template.nothing')}</span>
    ) : (
      list.map((r) => (
        <span key={r.kind + r.ref} className="tag">
          {t('requirement.' + r.kind)} <span className="mono">{r.ref}</span>
          {r.score ? <span className="t2"> {r.score}%</span> : null}
          {(r.count ?? 1) > 1 && <span className="t2"> ×{r.count}</span>}
        </span>
      ))
    )
  return (
    <>
      <Loaded query={query} skeleton={<Skeleton lines={[90, 90]} />}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={Award} title={t('board.noTemplates')} hint={t('board.noTemplatesHint')} />
          ) : (
            <ul className="lines">
              {items.map((x) => (
                <li key={x.id} className="row wrap start g16">
                  <div className="grow fillrow col g8">
                    <div className="row wrap g8">
                      <h2 className="m">{zh ? x.name_zh : x.name_en}</h2>
                      <span className="mono sm t3">{x.code}</span>
                      <span className="sm t3">
                        {t('credential.version', { version: x.version })} · {t('template.days', { count: x.valid_days })}
                      </span>
                    </div>
                    <p className="t2">{zh ? x.about_zh : x.about_en}</p>
                    {x.requirements.length === 0 ? (
                      <p className="sm t3">{t('board.byHand')}</p>
                    ) : (
                      <>
                        <div className="row wrap g4">
                          <span className="sm t3">{t('template.takes')}</span>
                          {needs(x.requirements)}
                        </div>
                        <div className="row wrap g4">
                          <span className="sm t3">{t('template.renewal')}</span>
                          {needs(x.renewal_requirements)}
                        </div>
                      </>
                    )}
                    <div className="row wrap g4">
                      <span className="sm t3">{t('credential.grants')}</span>
                      {x.grants.map((g) => (
                        <SkillTag key={g.tag} tag={g.tag} level={g.level} />
                      ))}
                    </div>
                  </div>
                  <Button onClick={() => edit(x)}>{t('template.next')}</Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {editing && <TemplateEditor template={editing} onClose={() => edit(undefined)} />}
    </>
  )
}
