import { useQuery } from '@tanstack/react-query'
import { ChevronRight, ClipboardList, Eye, EyeOff } from 'lucide-react'
import { Link } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Card } from '@/design/card'
import { Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { dateName } from '@/design/time'
import { useMe } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { kept } from './assessment-kept'
import { ToAcademy } from './parts'

export type Form = Schema<'AssessmentForm'>
export type Result = Schema<'Assessment'>

export const useForms = () =>
  useQuery({
    queryKey: ['assessment-forms'],
    queryFn: () => body(api.GET('/api/v1/assessment-forms')),
    staleTime: Infinity,
    select: (l) => l.items,
  })
export const useResults = () =>
  useQuery({
    queryKey: ['assessments'],
    queryFn: () => body(api.GET('/api/v1/assessments', { params: { query: { limit: 100 } } })),
    select: (l) => l.items,
  })

/** About ten seconds an item is what people take. */
export const minutesFor = (f: Form) => Math.max(1, Math.round(f.items.length / 6))

/** strongest names a result's two highest scales, or those in the upper third where the scales stand in no order. */
export const strongest = (r: Result, language: string) =>
  [...r.scores]
    .sort((a, b) => (b.score - b.least) / (b.most - b.least) - (a.score - a.least) / (a.most - a.least))
    .slice(0, 2)
    .map((s) => (language === 'zh' ? s.name.zh : s.name.en))

/** Questionnaires about interests and personality, and who sees what comes of them. */
export default function Assessments() {
  const t = useWords('learning')
  const language = useLanguage()
  const me = useMe()
  const forms = useForms(),
    results = useResults()
  return (
    <Page title={t('assess.title')} trail={<ToAcademy />}>
      <div className="column">
        <Card bare>
          <p className="t2">{t('assess.lead')}</p>
        </Card>
        <Loaded
          query={forms}
          skeleton={
            <Card>
              <Skeleton lines={[48, 48]} />
            </Card>
          }
        >
          {(list) => (
            <Card rows label={t('assess.title')}>
              <ul className="rows">
                {list.map((f) => {
                  const last = results.data?.find((r) => r.form === f.code)
                  const begun = me ? kept(localStorage, me.id, f.code, f.items.length, f.options.length).filter((a) => a >= 0).length : 0
                  const name = language === 'zh' ? f.name.zh : f.name.en
                  return (
                    <li key={f.code}>
                      <Link className="rowlink" to={f.code}>
                        <ClipboardList size={20} strokeWidth={1.75} color="var(--text2)" aria-hidden className="rigid" />
                        <span className="grow">
                          <span className="m line">{name}</span>
                          <span className="sm t3">
                            {begun > 0
                              ? t('assess.kept', { count: begun })
                              : last
                                ? t('home.assessed', { scales: strongest(last, language).join(language === 'zh' ? '、' : ', ') })
                                : t('assess.items', { count: f.items.length, minutes: minutesFor(f) })}
                          </span>
                        </span>
                        {begun > 0 ? (
                          <State tone="info">{t('assess.go')}</State>
                        ) : (
                          last && <State tone="ok">{t('assess.done', { day: dateName(last.completed_at, language) })}</State>
                        )}
                        <ChevronRight size={18} color="var(--text3)" aria-hidden className="rigid" />
                      </Link>
                    </li>
                  )
                })}
              </ul>
            </Card>
          )}
        </Loaded>
        <Privacy />
      </div>
    </Page>
  )
}

/** Privacy says who sees a result. */
export function Privacy() {
  const t = useWords('learning')
  return (
    <Card title={t('assess.who')}>
      <ul className="col g8">
        <li className="row g8">
          <Eye size={16} color="var(--ok)" aria-hidden className="rigid" />
          {t('assess.whoSelf')}
        </li>
        <li className="row g8">
          <Eye size={16} color="var(--ok)" aria-hidden className="rigid" />
          {t('assess.whoTrainer')}
        </li>
        <li className="row g8 t2">
          <EyeOff size={16} aria-hidden className="rigid" />
          {t('assess.whoNot')}
        </li>
      </ul>
    </Card>
  )
}
