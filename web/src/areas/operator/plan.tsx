import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Loaded, Skeleton } from '@/design/feedback'
import { Page, Section } from '@/design/page'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useWords } from '@/words'
import { Gaps } from './gaps'
import { HeatMap } from './heat-map'
import { ShortShifts } from './market'
import { planTone, Scope } from './plans'

type Plan = Schema<'Plan'>

const steps = ['waiting', 'reading', 'solving', 'offering', 'done'] as const
const day = 86_400_000

/** One planning run: how far it is, what came of it, and why seats are open after it. */
export default function PlanPage() {
  const t = useWords('operator')
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['plans', id],
    queryFn: () => body(api.GET('/api/v1/plans/{id}', { params: { path: { id } } })),
    refetchInterval: (q) => (q.state.data && (q.state.data.state === 'done' || q.state.data.state === 'failed') ? false : 700),
  })
  return (
    <Page
      title={t('plans.one')}
      trail={<Link to="/operator/plans">{t('plans.title')}</Link>}
      note={
        query.data && (
          <>
            <State tone={planTone[query.data.state]}>{t('plans.is.' + query.data.state)}</State>
            <span className="t2">
              <Scope plan={query.data} /> · <When at={query.data.created_at} />
            </span>
          </>
        )
      }
    >
      <Loaded
        query={query}
        framed
        skeleton={
          <div className="sec">
            <Skeleton lines={[24, 80, 280]} />
          </div>
        }
      >
        {(plan) => (
          <>
            <Progress plan={plan} />
            <Results plan={plan} />
            {plan.state === 'done' && <After plan={plan} />}
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Progress({ plan }: { plan: Plan }) {
  const t = useWords('operator')
  const at = plan.state === 'done' ? steps.length : steps.indexOf(plan.progress?.step ?? 'waiting')
  const share = plan.progress && plan.progress.total > 0 ? plan.progress.done / plan.progress.total : 0
  return (
    <div className="sec">
      <p className="hidden" role="status">
        {plan.state === 'done' || plan.state === 'failed' ? t('plans.is.' + plan.state) : t('plans.step.' + (steps[at] ?? 'waiting'))}
        {share > 0 && share < 1 ? ` ${Math.floor(share * 4) * 25}%` : ''}
      </p>
      <ol className="steps" aria-label={t('plans.progress')}>
        {steps.slice(0, -1).map((s, i) => (
          <li key={s} aria-current={i === at ? 'step' : undefined}>
            <i>
              <b style={{ width: i < at ? '100%' : i === at ? `${Math.max(share * 100, 6)}%` : 0 }} />
            </i>
            <span className={i <= at ? 'm' : 't3'}>{t('plans.step.' + s)}</span>{' '}
            {i === at && plan.progress && plan.progress.total > 0 && (
              <span className="sm t3 num">
                {plan.progress.done} / {plan.progress.total}
              </span>
            )}
          </li>
        ))}
      </ol>
      {plan.error && (
        <p role="alert" className="row wrap g8 mt12">
          <State tone="miss">{t('plans.is.failed')}</State>
          <span className="break">{plan.error}</span>
        </p>
      )}
    </div>
  )
}

function Results({ plan }: { plan: Plan }) {
  const t = useWords('operator')
  const figure = (label: string, value: number | undefined, note?: string) => (
    <div>
      <div className="t2">{label}</div>
      <div className="figure num">{value?.toLocaleString('en') ?? '–'}</div>
      {note && <div className="sm t3">{note}</div>}
    </div>
  )
  return (
    <div className="figures topline underline">
      {figure(
        t('plans.filled'),
        plan.filled,
        plan.seats ? t('plans.ofOpen', { count: plan.seats, share: ((100 * (plan.filled ?? 0)) / plan.seats).toFixed(1) }) : undefined,
      )}
      {figure(t('plans.weight'), plan.weight, t('plans.weightNote'))}
      {figure(t('plans.quality'), plan.quality, t('plans.qualityNote'))}
      {figure(t('plans.offers'), plan.offers, t('plans.moved', { count: plan.moved ?? 0 }))}
      {figure(
        t('plans.agents'),
        plan.agents,
        plan.solve_ms === undefined ? undefined : t('plans.solved', { ms: plan.solve_ms, count: plan.parts ?? 1 }),
      )}
    </div>
  )
}

function After({ plan }: { plan: Plan }) {
  const t = useWords('operator')
  const [chosen, choose] = useState<string>()
  const from = Date.parse(plan.from ?? plan.created_at)
  const to = plan.to ? Date.parse(plan.to) : from + 30 * day
  const query = useQuery({
    queryKey: ['overview', 'plan', plan.id],
    queryFn: () =>
      body(
        api.GET('/api/v1/market/overview', {
          params: { query: { from: new Date(from).toISOString(), to: new Date(Math.min(to, from + 62 * day)).toISOString() } },
        }),
      ),
  })
  return (
    <Loaded query={query}>
      {(o) => {
        const list = plan.booking_id ? o.short.filter((s) => s.booking_id === plan.booking_id) : o.short
        const shown = chosen ?? list[0]?.shift_id
        const first = Math.floor((from + 8 * 3_600_000) / day) * day - 8 * 3_600_000 // days begin at midnight in Shanghai
        return (
          <div className="split">
            <div>
              {!plan.booking_id && o.hours.length > 0 && (
                <Section title={t('market.heat')} note={t('market.zone')}>
                  <HeatMap hours={o.hours} from={first} days={Math.min(28, Math.max(1, Math.ceil((to - first) / day)))} />
                </Section>
              )}
              <Section title={t('plans.stillOpen')} note={t('market.shortNote', { count: list.length })}>
                <ShortShifts list={list} chosen={shown} onChoose={choose} />
              </Section>
            </div>
            <aside>{shown && <Gaps shift={shown} />}</aside>
          </div>
        )
      }}
    </Loaded>
  )
}
