import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { Check } from 'lucide-react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useWords } from '@/words'
import { day, midnight } from './heat-map'
import { OpenSeats } from './market'
import { planTone, took, useScope } from './plan-scope'

type Plan = Schema<'Plan'>

const steps = ['waiting', 'reading', 'solving', 'offering', 'done'] as const
const ended = (p?: Plan) => p?.state === 'done' || p?.state === 'failed'

const planQuery = (id: string) => ({
  queryKey: ['plans', id],
  queryFn: () => body(api.GET('/api/v1/plans/{id}', { params: { path: { id } } })),
})

/** One planning run: how far it is, what came of it, how it compares with another, and why seats are open after it. */
export default function PlanPage() {
  const t = useWords('operator')
  const { id = '' } = useParams()
  const scope = useScope()
  const query = useQuery({ ...planQuery(id), refetchInterval: (q) => (ended(q.state.data) ? false : 700) })
  const plan = query.data
  return (
    <Page
      title={plan ? scope(plan) : t('plans.one')}
      trail={<Link to="/operator/plans">{t('plans.title')}</Link>}
      note={
        plan && (
          <>
            <State tone={planTone[plan.state]}>{t('plans.is.' + plan.state)}</State>
            <span className="t3">
              {t('plans.asked')} <When at={plan.created_at} showZone />
              {took(plan) && ' · ' + t('plans.took', { time: took(plan) })}
            </span>
          </>
        )
      }
      actions={plan && ended(plan) && <Next plan={plan} />}
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
        {(p) => (
          <>
            <Progress plan={p} />
            {p.state !== 'failed' && <Results plan={p} />}
            {p.state === 'done' && <After plan={p} />}
          </>
        )}
      </Loaded>
    </Page>
  )
}

/** Next is what can be done with a run that has ended: hold it against another, or plan the same shifts again. */
function Next({ plan }: { plan: Plan }) {
  const t = useWords('operator')
  const go = useNavigate()
  const scope = useScope()
  const [search, setSearch] = useSearchParams()
  const others = useQuery({
    queryKey: ['plans', 'latest'],
    queryFn: () => body(api.GET('/api/v1/plans', { params: { query: { limit: 50 } } })),
  })
  const list = others.data?.items.filter((p) => p.id !== plan.id && p.state === 'done') ?? []
  const again = useAct(
    (request: Schema<'PlanRequest'>, headers) => body(api.POST('/api/v1/plans', { body: request, params: { header: headers } })),
    [['plans']],
  )
  return (
    <>
      {plan.state === 'done' && list.length > 0 && (
        <Select
          aria-label={t('plans.compare')}
          placeholder={t('plans.compare')}
          className="comparewith"
          allowClear
          popupMatchSelectWidth={false}
          labelRender={({ value }) => {
            const other = list.find((p) => p.id === value)
            return other ? (
              <>
                {t('plans.compare')} <When at={other.created_at} />
              </>
            ) : null
          }}
          value={search.get('with') ?? undefined}
          onChange={(id?: string) => setSearch(id ? { with: id } : {}, { replace: true })}
          options={list.map((p) => ({
            value: p.id,
            label: (
              <span className="num">
                <When at={p.created_at} /> <span className="t3">{scope(p)}</span>
              </span>
            ),
          }))}
        />
      )}
      <Button
        loading={again.isPending}
        onClick={() =>
          again.mutate(
            { booking_id: plan.booking_id, campaign_id: plan.campaign_id, from: plan.from, to: plan.to },
            { onSuccess: (p) => void go('/operator/plans/' + p.id) },
          )
        }
      >
        {t('plans.again')}
      </Button>
      {again.error && <Failure problem={again.error} />}
    </>
  )
}

function Progress({ plan }: { plan: Plan }) {
  const t = useWords('operator')
  const at = plan.state === 'done' ? steps.length : steps.indexOf(plan.progress?.step ?? 'waiting')
  const share = plan.progress && plan.progress.total > 0 ? plan.progress.done / plan.progress.total : 0
  return (
    <div className="sec">
      <p className="hidden" role="status">
        {ended(plan) ? t('plans.is.' + plan.state) : t('plans.step.' + (steps[at] ?? 'waiting'))}
        {share > 0 && share < 1 ? ` ${Math.floor(share * 4) * 25}%` : ''}
      </p>
      <ol className="runsteps" aria-label={t('plans.progress')}>
        {steps.slice(0, -1).map((s, i) => (
          <li key={s} aria-current={i === at ? 'step' : undefined}>
            <i>
              <b style={{ width: i < at ? '100%' : i === at ? `${Math.max(share * 100, 6)}%` : 0 }} />
            </i>
            {i < at && <Check size={13} aria-hidden />}
            <span className={i <= at ? 'm' : 't3'}>{t('plans.step.' + s)}</span>{' '}
            <span className="sm t3 num">
              {i === at && plan.progress && plan.progress.total > 0
                ? `${plan.progress.done.toLocaleString('en')} / ${plan.progress.total.toLocaleString('en')}`
                : s === 'solving' && plan.solve_ms !== undefined
                  ? millis(plan.solve_ms)
                  : i > at && !ended(plan) && t('plans.notYet')}
            </span>
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

const millis = (ms: number) => (ms < 1 ? '< 1 ms' : ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(2)} s`)

/** Results are what came of a run; beside another each figure says by how much it differs. */
function Results({ plan }: { plan: Plan }) {
  const t = useWords('operator')
  const [search] = useSearchParams()
  const id = search.get('with') ?? ''
  const other = useQuery({ ...planQuery(id), enabled: id !== '' && plan.state === 'done' }).data
  const figure = (label: string, of: (p: Plan) => number | undefined, note?: string, tone?: string) => {
    const [now, then] = [of(plan), other && of(other)]
    const more = now !== undefined && then !== undefined ? now - then : undefined
    return (
      <div>
        <div className="t2">{label}</div>
        <div className={tone ? 'figure num ' + tone : 'figure num'}>{now?.toLocaleString('en') ?? '–'}</div>
        {more !== undefined ? (
          <div className="sm t2 num">
            {more > 0 ? '+' : more < 0 ? '−' : '±'}
            {Math.abs(more).toLocaleString('en')} <span className="t3">· {t('plans.than', { then: then!.toLocaleString('en') })}</span>
          </div>
        ) : (
          note && <div className="sm t3">{note}</div>
        )}
      </div>
    )
  }
  const open = (p: Plan) => (p.seats === undefined || p.filled === undefined ? undefined : p.seats - p.filled)
  return (
    <div className="figures even topline">
      {figure(
        t('plans.filled'),
        (p) => p.filled,
        plan.seats
          ? t('plans.ofOpen', {
              count: plan.seats,
              n: plan.seats.toLocaleString('en'),
              share: ((100 * (plan.filled ?? 0)) / plan.seats).toFixed(1),
            })
          : undefined,
      )}
      {figure(t('plans.left'), open, t('plans.leftNote'), (open(plan) ?? 0) > 0 ? 'miss' : undefined)}
      {figure(t('plans.offers'), (p) => p.offers, t('plans.moved', { count: plan.moved ?? 0 }))}
      {figure(t('plans.weight'), (p) => p.weight, t('plans.weightNote'))}
      {figure(t('plans.quality'), (p) => p.quality, t('plans.qualityNote'))}
      {figure(t('plans.agents'), (p) => p.agents, plan.parts ? t('plans.parts', { count: plan.parts }) : t('plans.agentsNote'))}
    </div>
  )
}

const longest = 28 // days that the map shows

/** After is where seats are open now, of what the run planned. */
function After({ plan }: { plan: Plan }) {
  const t = useWords('operator')
  const campaigns = useQuery({ queryKey: ['campaigns'], queryFn: () => body(api.GET('/api/v1/campaigns')), staleTime: 60_000 })
  const campaign = campaigns.data?.items.find((c) => c.id === plan.campaign_id)
  const from = midnight(Date.parse(plan.from ?? (campaign ? campaign.starts_on + 'T00:00:00+08:00' : plan.created_at)))
  const until = plan.to ? Date.parse(plan.to) : campaign ? Date.parse(campaign.ends_on + 'T00:00:00+08:00') + 2 * day : from + longest * day
  const to = Math.min(Math.max(until, from + day), from + 62 * day)
  const query = useQuery({
    queryKey: ['overview', 'plan', plan.id, from, to],
    enabled: !plan.campaign_id || campaigns.data !== undefined,
    queryFn: () =>
      body(
        api.GET('/api/v1/market/overview', { params: { query: { from: new Date(from).toISOString(), to: new Date(to).toISOString() } } }),
      ),
  })
  return (
    <Loaded
      query={query}
      framed
      skeleton={
        <div className="sec topline">
          <Skeleton lines={[20, 280]} />
        </div>
      }
    >
      {(o) => {
        const overview = plan.booking_id ? { ...o, hours: [], short: o.short.filter((s) => s.booking_id === plan.booking_id) } : o
        return overview.short.length === 0 ? (
          <div className="sec">
            {o.hours.length === 0 ? <Empty title={t('market.nothing')} /> : <Empty icon={Check} title={t('plans.allFull')} />}
          </div>
        ) : (
          <OpenSeats overview={overview} from={from} days={Math.min(longest, Math.ceil((to - from) / day))} title={t('plans.stillOpen')} />
        )
      }}
    </Loaded>
  )
}
