import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { Link } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { SkillTag } from '@/design/skill-tag'
import { Glyph } from '@/design/state'
import { useLanguage, useWords } from '@/words'
import { useProgress } from '../queries'
import { usePapers } from './papers'
import { Steps } from './parts'

export const useCourses = () =>
  useQuery({
    queryKey: ['courses'],
    queryFn: () => body(api.GET('/api/v1/courses', { params: { query: { limit: 200 } } })),
    select: (l) => l.items,
  })
export const useScenarios = () =>
  useQuery({ queryKey: ['scenarios'], queryFn: () => body(api.GET('/api/v1/scenarios')), select: (l) => l.items })

const useCards = () =>
  useQuery({ queryKey: ['trial-cards'], queryFn: () => body(api.GET('/api/v1/trial-cards')), staleTime: Infinity, select: (l) => l.items })

/** useStep names a step of a way to a credential, and says where it is taken. */
export function useStep() {
  const language = useLanguage()
  const courses = useCourses(),
    papers = usePapers(),
    scenarios = useScenarios(),
    cards = useCards(),
    progress = useProgress()
  return (kind: string, code: string): { name: string; to?: string } => {
    const pick = (x?: { name_zh: string; name_en: string }) => x && (language === 'zh' ? x.name_zh : x.name_en)
    switch (kind) {
      case 'course': {
        const c = courses.data?.find((x) => x.code === code)
        return { name: pick(c) ?? code, to: c && '/agent/academy/courses/' + c.id }
      }
      case 'paper': {
        const p = papers.data?.find((x) => x.code === code)
        return { name: pick(p) ?? code, to: p && '/agent/academy/papers/' + p.paper_id }
      }
      case 'simulation': {
        const s = scenarios.data?.find((x) => x.code === code)
        return { name: pick(s) ?? code, to: s && '/agent/academy/simulations/' + code }
      }
      case 'trial_shift':
        return { name: pick(cards.data?.find((x) => x.code === code)) ?? code, to: '/agent/academy/trials' }
      case 'credential':
        return { name: pick(progress.data?.find((x) => x.code === code)) ?? code }
      default:
        return { name: code }
    }
  }
}

type Progress = Schema<'Progress'>

export const grants = (p: Progress, tag?: string) => p.grants.some((g) => g.tag === tag)

/** nearest orders the ways that can be walked: what is wanted, what must be renewed, then what lacks least; closed ones last. */
export const nearest = (list: Progress[], wanted?: string) => {
  const weight = (p: Progress) => {
    if (grants(p, wanted)) return 0
    if (p.state === 'barred' || p.state === 'suspended') return 4
    if (p.requirements.length === 0) return 3 // the platform gives it: there is nothing to do, even where it runs out
    return p.state === 'renewable' ? 1 : 2
  }
  return list
    .filter((p) => p.state !== 'held')
    .sort((a, b) => weight(a) - weight(b) || a.missing - b.missing || b.requirements.length - a.requirements.length)
}

export const walkable = (p?: Progress) => p !== undefined && p.missing > 0 && (p.state === 'open' || p.state === 'renewable')

/** useNext is the next step on the nearest way, where it leads somewhere. */
export function useNext() {
  const progress = useProgress()
  const step = useStep()
  const way = nearest(progress.data ?? []).find(walkable)
  const r = way?.requirements.find((x) => !x.met)
  return r && { kind: r.kind, ...step(r.kind, r.ref) }
}

/**
 * Way is one credential's requirements: what is met, and the next step of each that is not. lead is the one that the academy begins with:
 * a bar of its steps, and one button for the next.
 */
export function Way({ progress: p, wanted, lead }: { progress: Progress; wanted?: string; lead?: boolean }) {
  const t = useWords('learning')
  const language = useLanguage()
  const step = useStep()
  const first = p.requirements.findIndex((r) => !r.met)
  const next = first >= 0 ? step(p.requirements[first]!.kind, p.requirements[first]!.ref) : undefined
  return (
    <Card
      lead={lead}
      title={language === 'zh' ? p.name_zh : p.name_en}
      aside={
        !lead && p.requirements.length > 0
          ? t('way.done', { met: p.requirements.length - p.missing, of: p.requirements.length })
          : undefined
      }
    >
      {lead && walkable(p) && (
        <div className="col g8 mb16">
          <span className="row between g8 sm t2">
            <span>{t(p.state === 'renewable' ? 'home.nextRenew' : 'home.next')}</span>
            <span className="num">{t('home.steps', { done: p.requirements.length - p.missing, of: p.requirements.length })}</span>
          </span>
          <Steps done={p.requirements.map((r) => r.met)} />
        </div>
      )}
      <div className="row wrap g8 mb8">
        <span className="sm t3">{t('way.grants')}</span>
        {p.grants.map((g) => (
          <span key={g.tag} className={g.tag === wanted ? 'wanted' : undefined}>
            <SkillTag tag={g.tag} level={g.level} />
          </span>
        ))}
      </div>
      {p.state === 'barred' || p.state === 'suspended' ? (
        <p className="t2">{t('way.' + p.state)}</p>
      ) : p.requirements.length === 0 ? (
        <p className="t2">{t('way.official')}</p>
      ) : (
        <ol className="rows">
          {p.requirements.map((r, i) => {
            const { name, to } = step(r.kind, r.ref)
            const said = (
              <>
                <Glyph tone={r.met ? 'ok' : 'open'} size={18} />
                <span className="grow">
                  <span className={r.met ? 't2 line break' : 'm line break'}>
                    {t('way.kind.' + r.kind)} · {name}
                    {(r.count ?? 1) > 1 && ` ${r.have}/${r.count}`}
                  </span>
                  <span className="sm t3">
                    {r.met ? t('way.met') : r.score !== undefined ? t('way.score', { score: r.score }) : t('way.todo.' + r.kind)}
                    {r.best !== undefined && !r.met && (language === 'zh' ? '，' : ', ') + t('way.best', { score: r.best })}
                  </span>
                </span>
              </>
            )
            return (
              <li key={r.kind + r.ref}>
                {to && !r.met ? (
                  <Link className="rowlink" to={to}>
                    {said}
                    {i === first && !lead ? (
                      <span className={buttonClass()}>{t('way.go')}</span>
                    ) : (
                      <ChevronRight size={18} color="var(--text3)" aria-hidden className="rigid" />
                    )}
                  </Link>
                ) : (
                  said
                )}
              </li>
            )
          })}
        </ol>
      )}
      {lead && next?.to && walkable(p) && (
        <Link className={buttonClass({ type: 'primary', block: true, className: 'act mt12' })} to={next.to}>
          <span className="trunc">{t('home.go', { step: next.name })}</span>
        </Link>
      )}
    </Card>
  )
}
