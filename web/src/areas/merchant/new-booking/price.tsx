import { useQuery } from '@tanstack/react-query'
import { Checkbox } from 'antd'
import { Lightbulb, Lock } from 'lucide-react'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import type { Problem } from '@/api/problem'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Failure, Skeleton } from '@/design/feedback'
import { figures, Money, plainMoney } from '@/design/money'
import { ChanceBar, PricePanel } from '@/design/price-panel'
import { useTagNames } from '@/design/skill-tag'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { Countdown, Span } from '@/design/time'
import type { Role } from '@/session/session'
import { useWords } from '@/words'
import { softer } from '../bookings/softer'
import { groups, type Group } from './quote-lines'

interface Props {
  quote?: Schema<'Quote'>
  fresh: boolean
  missing: string[]
  problem?: Problem
  zone: string
  dayStart: number
  campaign?: string
  role: Role
  requirements: Schema<'Requirement'>[]
  priority: 1 | 2
  onPriority: (p: 1 | 2) => void
  onRequirements: (r: Schema<'Requirement'>[]) => void
  onRequote: () => void
  onConfirmed: (b: Schema<'Booking'>) => void
}

const cny = (amount: number): Schema<'Money'> => ({ amount, currency: 'CNY' })

/** Price is what the booking costs and how likely it fills, as it stands; it confirms, and finds the money where it lacks. */
export function Price(p: Props) {
  const t = useWords('merchant')
  const { quote } = p
  const [open, setOpen] = useState(false)
  if (!quote) {
    return (
      <div className="col g12">
        <h2>{t('price.title')}</h2>
        {p.missing.length > 0 ? (
          <>
            <p className="sm t2">{t('price.missing')}</p>
            <ul className="col g4">
              {p.missing.map((m) => (
                <li key={m} className="sm">
                  <State tone="open" plain>
                    {m}
                  </State>
                </li>
              ))}
            </ul>
          </>
        ) : p.problem ? (
          <Failure problem={p.problem} kept onRetry={p.onRequote} />
        ) : (
          <Skeleton lines={[20, 20, 20, 32, 48]} />
        )}
      </div>
    )
  }
  const list = groups(quote.lines, p.zone, p.dayStart)
  const hours = (g: Group) =>
    t('price.hours', { days: g.days, seats: g.seats, hours: figures((g.minutes * 100) / 60, g.minutes % 60 !== 0) })
  const rate = (g: Group) =>
    t('price.rate', { rate: g.least === g.most ? '¥' + figures(g.least) : `¥${figures(g.least)}–${figures(g.most)}` })
  return (
    <PricePanel
      title={t('price.title')}
      aside={
        <>
          {t('price.book', { version: quote.price_book })} · {t('price.frozen')}{' '}
          <b className="m t1">
            <Countdown until={quote.expires_at} />
          </b>
        </>
      }
      stale={!p.fresh}
      total={quote.total}
      totalLabel={t('price.total')}
      lines={list.map((g) => ({
        key: g.key,
        label: (
          <span className="num">
            {g.kind === 'priority' ? t('price.priorityOf', { window: `${g.from}–${g.to}` }) : `${g.from}–${g.to}`}
          </span>
        ),
        rule: (
          <>
            {hours(g)}
            <br />
            {rate(g)}
          </>
        ),
        amount: cny(g.charge),
      }))}
      made={[
        { key: 'pay', label: t('price.pay'), amount: quote.pay },
        { key: 'commission', label: t('price.commission'), amount: quote.commission },
      ]}
    >
      <div className="row between mt8">
        <button type="button" className="linkbtn sm" onClick={() => setOpen(true)}>
          {t('price.how')}
        </button>
        <Checkbox checked={p.priority === 2} onChange={(e) => p.onPriority(e.target.checked ? 2 : 1)}>
          <span className="sm">{t('price.priority')}</span>
        </Checkbox>
      </div>
      <hr className="rule spaced" />
      <Chance quote={quote} list={list} stale={!p.fresh} asked={p.requirements} onRequirements={p.onRequirements} />
      <Confirm {...p} quote={quote} />
      {open && <Lines quote={quote} zone={p.zone} campaign={p.campaign} onClose={() => setOpen(false)} />}
    </PricePanel>
  )
}

function Chance({
  quote,
  list,
  stale,
  asked,
  onRequirements,
}: {
  asked: Schema<'Requirement'>[]
  quote: Schema<'Quote'>
  list: Group[]
  stale: boolean
  onRequirements: Props['onRequirements']
}) {
  const t = useWords('merchant')
  const chance = quote.fill_chance
  const seats = list.filter((g) => g.kind === 'seats')
  const hardest = [...seats].filter((g) => g.chance !== null).sort((a, b) => a.chance! - b.chance!)[0]
  return (
    <div className={stale ? 'stale' : undefined} aria-live="polite">
      <div className="row between base">
        <h2>{t('price.chance')}</h2>
        {chance === null ? (
          <span className="t3">{t(quote.fill_chance_pending ? 'price.chancePending' : 'price.chanceUnknown')}</span>
        ) : (
          <b className="xl b num">{Math.round(chance * 100)}%</b>
        )}
      </div>
      {seats.length > 1 && (
        <ul className="col g8 mt8">
          {seats.map((g) => g.chance !== null && <ChanceBar key={g.key} label={`${g.from}–${g.to}`} share={g.chance} />)}
        </ul>
      )}
      <p className="sm t3 mt8">
        {quote.eligible_free !== null && t('price.free', { count: quote.eligible_free })}{' '}
        {quote.competing_seats !== null && quote.competing_seats > 0 && t('price.competing', { count: quote.competing_seats })}
      </p>
      {hardest && hardest.chance! < 0.9 && <Advice group={hardest} asked={asked} onRequirements={onRequirements} />}
    </div>
  )
}

/** Advice is the smallest change that lets more agents take the hardest shift, from the engine that would fill it. */
function Advice({
  group,
  asked,
  onRequirements,
}: {
  group: Group
  asked: Schema<'Requirement'>[]
  onRequirements: Props['onRequirements']
}) {
  const t = useWords('merchant')
  const name = useTagNames()
  const { data } = useQuery({
    queryKey: ['gaps', group.shift],
    queryFn: () => body(api.GET('/api/v1/shifts/{id}/gaps', { params: { path: { id: group.shift } } })),
    staleTime: 60_000,
  })
  const level = data?.remedies?.find((r) => r.kind === 'level')
  const wanted = level?.requirements
  const lost = data?.bottleneck?.tag
  if (!wanted) return null
  const less = softer(asked, wanted, name, t)
  if (less.length === 0) return null
  return (
    <div className="row g8 start soft sm mt12">
      <Lightbulb size={15} aria-hidden color="var(--text2)" className="rigid" />
      <span>
        {t('price.hardest', { window: `${group.from}–${group.to}` })} {lost && t('price.lostAt', { tag: name(lost) })}{' '}
        {t(level.enough ? 'price.lowerEnough' : 'price.lower', { change: less.join(t('list')) })}{' '}
        <button type="button" className="linkbtn sm" onClick={() => onRequirements(wanted)}>
          {t('price.apply')}
        </button>
      </span>
    </div>
  )
}

/** Confirm repeats the amount. Where the wallet lacks money it says how much, and tops up there and then. */
function Confirm({ quote, fresh, problem, role, onConfirmed, onRequote }: Props & { quote: Schema<'Quote'> }) {
  const t = useWords('merchant')
  const wallet = useQuery({ queryKey: ['wallet'], queryFn: () => body(api.GET('/api/v1/wallet')) })
  const topUp = useAct(
    (amount: number, header) => body(api.POST('/api/v1/wallet/top-ups', { params: { header }, body: { amount: cny(amount) } })),
    [['wallet']],
  )
  const confirm = useAct(
    ({ id, quote: q }: { id: string; quote: string }, header) =>
      body(api.POST('/api/v1/bookings/{id}/confirmation', { params: { path: { id }, header }, body: { quote_id: q } })),
    [['wallet'], ['bookings']],
  )
  const lacks = wallet.data ? quote.total.amount - wallet.data.available.amount + wallet.data.owed.amount : 0
  const pays = role === 'owner' || role === 'finance'
  const books = role === 'owner' || role === 'booker'
  const outdated = confirm.error?.code === 'quote_expired' || confirm.error?.code === 'quote_outdated'
  return (
    <div className="col g8 confirm">
      {wallet.data && (
        <div className="row between sm t2">
          <span>{t('price.wallet')}</span>
          <Money value={wallet.data.available} />
        </div>
      )}
      {wallet.data && lacks > 0 && (
        <div className="col g8 soft">
          <State tone="late" plain>
            {t('price.lacks', { amount: plainMoney(cny(lacks)) })}
          </State>
          {topUp.data?.state === 'pending' ? (
            <span className="sm t2">{t('price.pending')}</span>
          ) : pays ? (
            <div>
              <Button loading={topUp.isPending} onClick={() => topUp.mutate(Math.max(100, lacks))}>
                {t('price.topUp', { amount: plainMoney(cny(lacks)) })}
              </Button>
            </div>
          ) : (
            <span className="sm t2">{t('price.askFinance')}</span>
          )}
          {topUp.error && <Failure problem={topUp.error} kept />}
        </div>
      )}
      {problem && problem.fields.length === 0 && <Failure problem={problem} kept onRetry={onRequote} />}
      {confirm.error &&
        (outdated ? (
          <Failure
            problem={confirm.error}
            kept
            onRetry={() => {
              confirm.reset()
              onRequote()
            }}
          />
        ) : (
          <Failure problem={confirm.error} kept />
        ))}
      {books && (
        <Button
          type="primary"
          size="large"
          block
          icon={<Lock size={15} aria-hidden />}
          disabled={!fresh || lacks > 0 || problem !== undefined}
          loading={confirm.isPending}
          onClick={() => confirm.mutate({ id: quote.booking_id, quote: quote.id }, { onSuccess: onConfirmed })}
        >
          {t('price.confirm')} <Money value={quote.total} />
        </Button>
      )}
      <p className="sm t3 center">{!fresh ? t('price.working') : lacks > 0 ? t('price.firstMoney') : t('price.both')}</p>
      <p className="sm t3 center">{t('price.cancel')}</p>
    </div>
  )
}

/** Lines are the quote as the bill will have it: one line a shift, with all that its rate is made of. */
export function Lines({
  quote,
  zone,
  campaign,
  onClose,
}: {
  quote: Schema<'Quote'>
  zone: string
  campaign?: string
  onClose: () => void
}) {
  const t = useWords('merchant')
  const name = useTagNames()
  const factor = (f: Schema<'Factor'>) => {
    switch (f.kind) {
      case 'base':
        return t('factor.base', { rate: figures(f.per_hour ?? 0) })
      case 'tag':
        return `+ ${name(f.name ?? '')} ¥${figures(f.per_hour ?? 0)}`
      case 'priority':
        return t('factor.priority', { rate: figures(f.per_hour ?? 0) })
      case 'commission':
        return t('factor.commission', { percent: (f.multiplier ?? 0) / 100 })
      default:
        return f.multiplier === 10_000 || f.multiplier === undefined
          ? ''
          : `× ${f.multiplier / 10_000} ${f.kind === 'campaign' && campaign ? campaign : t('factor.' + f.kind)}`
    }
  }
  return (
    <Dialog open onCancel={onClose} footer={null} width={980} title={t('price.how')}>
      <p className="sm t2 mb12">{t('price.howHint', { book: quote.price_book, rules: quote.rules_version })}</p>
      <Table<Schema<'QuoteLine'>>
        size="small"
        rowKey="id"
        dataSource={quote.lines}
        virtual={quote.lines.length > 100}
        scroll={{ x: 860, y: 440 }}
        pagination={false}
        columns={[
          {
            title: t('price.shift'),
            width: 220,
            render: (_, l) => <Span from={l.starts_at} to={l.ends_at} zone={zone} showZone={false} />,
          },
          { title: t('price.seats'), width: 60, align: 'right', render: (_, l) => l.seats },
          {
            title: t('price.rateTitle'),
            render: (_, l) => <span className="sm t2">{l.factors.map(factor).filter(Boolean).join(' ')}</span>,
          },
          { title: t('price.perHour'), width: 90, align: 'right', render: (_, l) => <Money value={l.charge_per_hour} /> },
          { title: t('price.amount'), width: 110, align: 'right', render: (_, l) => <Money value={l.charge} /> },
        ]}
      />
      <div className="row between base sumline">
        <span className="b">{t('price.total')}</span>
        <Money value={quote.total} size={20} />
      </div>
    </Dialog>
  )
}
