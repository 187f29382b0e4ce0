import { ChevronRight } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Card } from '@/design/card'
import { SkillTag } from '@/design/skill-tag'
import { Glyph } from '@/design/state'
import { useLanguage, useWords } from '@/words'
import { usePapers } from './papers'

export const useCourses = () => useQuery({ queryKey: ['courses'], queryFn: () => body(api.GET('/api/v1/courses', { params: { query: { limit: 200 } } })), select: (l) => l.items })
export const useScenarios = () => useQuery({ queryKey: ['scenarios'], queryFn: () => body(api.GET('/api/v1/scenarios')), select: (l) => l.items })

/** useStep names a step of a way to a credential, and says where it is taken. */
export function useStep() {
  const language = useLanguage()
  const courses = useCourses(), papers = usePapers(), scenarios = useScenarios()
  return (kind: string, code: string): { name: string; to?: string } => {
    const pick = (x?: { name_zh: string; name_en: string }) => x && (language === 'zh' ? x.name_zh : x.name_en)
    switch (kind) {
      case 'course': { const c = courses.data?.find((x) => x.code === code); return { name: pick(c) ?? code, to: c && '/agent/academy/courses/' + c.id } }
      case 'paper': { const p = papers.data?.find((x) => x.code === code); return { name: pick(p) ?? code, to: p && '/agent/academy/papers/' + p.paper_id } }
      case 'simulation': { const s = scenarios.data?.find((x) => x.code === code); return { name: pick(s) ?? code, to: s && '/agent/academy/simulations/' + code } }
      case 'trial_shift': return { name: code, to: '/agent/academy/trials' }
      default: return { name: code }
    }
  }
}

/** Way is one credential's requirements: what is met, and the next step of each that is not. */
export function Way({ progress: p, wanted }: { progress: Schema<'Progress'>; wanted?: string }) {
  const t = useWords('agent')
  const language = useLanguage()
  const step = useStep()
  const first = p.requirements.findIndex((r) => !r.met)
  return (
    <Card title={language === 'zh' ? p.name_zh : p.name_en} aside={p.requirements.length > 0 ? t('way.done', { met: p.requirements.length - p.missing, of: p.requirements.length }) : undefined}>
      <div className="row wrap g8" style={{ marginBottom: 8 }}><span className="sm t3">{t('way.grants')}</span>{p.grants.map((g) => <span key={g.tag} style={g.tag === wanted ? { outline: '2px solid var(--accent)', outlineOffset: 1, borderRadius: 5 } : undefined}><SkillTag tag={g.tag} level={g.level} /></span>)}</div>
      {p.state === 'barred' || p.state === 'suspended' ? <p className="t2">{t('way.' + p.state)}</p> : p.requirements.length === 0 ? <p className="t2">{t('way.official')}</p> : (
        <ol className="rows">{p.requirements.map((r, i) => {
          const { name, to } = step(r.kind, r.ref)
          const said = (
            <>
              <Glyph tone={r.met ? 'ok' : 'open'} size={18} />
              <span className="grow"><span className={r.met ? 't2' : 'm'} style={{ display: 'block' }}>{t('way.kind.' + r.kind)} · {name}{(r.count ?? 1) > 1 && ` ${r.have}/${r.count}`}</span>
                <span className="sm t3">{r.met ? t('way.met') : r.score !== undefined ? t('way.score', { score: r.score }) : t('way.todo.' + r.kind)}{r.best !== undefined && !r.met && (language === 'zh' ? '，' : ', ') + t('way.best', { score: r.best })}</span></span>
            </>
          )
          return <li key={r.kind + r.ref}>{to && !r.met ? <Link className="rowlink" to={to}>{said}{i === first ? <span className="pill" style={{ borderRadius: 6 }}>{t('way.go')}</span> : <ChevronRight size={18} color="var(--text3)" aria-hidden style={{ flex: 'none' }} />}</Link> : said}</li>
        })}</ol>
      )}
    </Card>
  )
}
