import { useQuery } from '@tanstack/react-query'
import { InputNumber, Radio } from 'antd'
import { CheckCircle2, Radio as RadioIcon, RotateCcw, X } from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'
import { Link, useLocation, useNavigate, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { FillBar } from '@/design/fill-bar'
import { Money } from '@/design/money'
import { Page, Section } from '@/design/page'
import { Person } from '@/design/person'
import { SeatLegend, SeatStrip } from '@/design/seat-strip'
import { SkillTag, useTagNames } from '@/design/skill-tag'
import { Glyph, State, type Shape, type Tone } from '@/design/state'
import { Table } from '@/design/table'
import { clockTime, localDate, Span, When, zoneName } from '@/design/time'
import { usePhone } from '@/design/theme'
import type { Me } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { useColleagues } from '../new-booking/core-team'
import { seatsOf, useRoster, type Seat } from './roster'
import { BookingState, dates } from './state'

type Shift = Schema<'Shift'>

export default function BookingDetail({ me }: { me: Me }) {
  const { id = '' } = useParams()
  const t = useWords('merchant')
  const booking = useQuery({
    queryKey: ['bookings', 'one', id],
    queryFn: () => body(api.GET('/api/v1/bookings/{id}', { params: { path: { id } } })),
    refetchInterval: 60_000,
  })
  const shifts = useQuery({
    queryKey: ['bookings', 'shifts', id],
    queryFn: async () => (await body(api.GET('/api/v1/bookings/{id}/shifts', { params: { path: { id } } }))).items,
    refetchInterval: 60_000,
  })
  const both = {
    data: booking.data && shifts.data ? { booking: booking.data, shifts: shifts.data } : undefined,
    error: booking.error ?? shifts.error,
    refetch: () => {
      void booking.refetch()
      void shifts.refetch()
    },
  }
  const trail = <Link to="/merchant/bookings">{t('nav.bookings')}</Link>
  const waiting = (content: ReactNode) => (
    <Page title={t('bookings.booking')} trail={trail}>
      <section className="sec">{content}</section>
    </Page>
  )
  if (!both.data)
    return waiting(
      <Loaded query={both} skeleton={<Skeleton lines={[28, 20, 64, 64, 64]} />}>
        {() => null}
      </Loaded>,
    )
  return <Detail key={id} me={me} {...both.data} trail={trail} />
}

function Detail({ me, booking: b, shifts, trail }: { me: Me; booking: Schema<'Booking'>; shifts: Shift[]; trail: ReactNode }) {
  const t = useWords('merchant')
  const language = useLanguage()
  const go = useNavigate()
  const justNow = (useLocation().state as { confirmed?: boolean } | null)?.confirmed
  const books = me.role === 'owner' || me.role === 'booker'
  const colleagues = useColleagues()
  const [cancelling, setCancelling] = useState<string[] | null>(null)
  const [chosen, setChosen] = useState<string[]>([])
  const now = Date.now()
  const waiting = shifts.filter((s) => s.state === 'open' && Date.parse(s.starts_at) > now && s.seats > 0)
  const running = shifts.some((s) => s.state === 'open' && Date.parse(s.starts_at) <= now + 15 * 60_000 && Date.parse(s.ends_at) > now)
  return (
    <Page
      title={b.title}
      trail={trail}
      note={
        <>
          <BookingState booking={b} />
          <span className="sm t3">{b.shop_name}</span>
        </>
      }
      actions={
        <>
          {running && (
            <Button icon={<RadioIcon size={14} aria-hidden />} onClick={() => void go('/merchant/today')}>
              {t('detail.live')}
            </Button>
          )}
          {books && (
            <Button icon={<RotateCcw size={14} aria-hidden />} onClick={() => void go('/merchant/bookings/new?like=' + b.id)}>
              {t('detail.again')}
            </Button>
          )}
          {books && waiting.length > 0 && (
            <Button danger icon={<X size={14} aria-hidden />} onClick={() => setCancelling(chosen)}>
              {chosen.length > 0 ? t('detail.cancelChosen', { count: chosen.length }) : t('detail.cancel')}
            </Button>
          )}
        </>
      }
    >
      {justNow && (
        <div role="status" className="sec row g12" style={{ background: 'var(--ok-soft)', color: 'var(--ok-text)' }}>
          <CheckCircle2 size={18} aria-hidden />
          <span className="m">{t('detail.confirmed', { count: b.seats })}</span>
        </div>
      )}
      <div className="split">
        <div className="col">
          <section className="sec facts">
            <Fact label={t('new.dates')}>
              <span className="num">{dates(b, t('bookings.to'))}</span> <span className="sm t3">{zoneName(b.time_zone, language)}</span>
            </Fact>
            <Fact label={t('detail.windows')}>
              <span className="num">
                {b.windows
                  .toSorted((x, y) => x.start.localeCompare(y.start))
                  .map((w) => `${w.start}–${w.end}`)
                  .join(t('list'))}
              </span>
            </Fact>
            {b.seats > 0 && (
              <Fact label={t('bookings.fill')}>
                <FillBar filled={b.filled} seats={b.seats} width={80} />
              </Fact>
            )}
            <Fact label={t('skill.title')}>
              <span className="row wrap g4">
                {b.requirements.map((r) => (
                  <SkillTag key={r.tag} tag={r.tag} level={r.level} atLeast />
                ))}
              </span>
            </Fact>
            {b.priority > 1 && <Fact label={t('price.priority')}>{b.priority}</Fact>}
          </section>
          <Section title={t('detail.shifts')} note={t('detail.shiftsNote')}>
            <Shifts shifts={shifts} booking={b} selectable={books ? waiting.map((s) => s.id) : []} chosen={chosen} onChoose={setChosen} />
          </Section>
        </div>
        <aside className="col">
          <Account booking={b} />
          <Section title={t('detail.core')}>
            {b.core_team.length === 0 ? (
              <p className="sm t2">{t('detail.noCore')}</p>
            ) : (
              <ul className="col g8">
                {b.core_team.map((id) => {
                  const known = colleagues.data?.find((a) => a.agent_id === id)
                  return (
                    <li key={id}>
                      <Person
                        name={known?.name ?? t('core.somebody', { id: id.slice(-4) })}
                        fact={known && t('core.shifts', { count: known.shifts })}
                      />
                    </li>
                  )
                })}
              </ul>
            )}
          </Section>
          <Timeline booking={b} shifts={shifts} />
        </aside>
      </div>
      {cancelling && (
        <Cancel
          booking={b}
          shifts={waiting}
          chosen={cancelling}
          onClose={(done) => {
            setCancelling(null)
            if (done) setChosen([])
          }}
        />
      )}
    </Page>
  )
}

const Fact = ({ label, children }: { label: ReactNode; children: ReactNode }) => (
  <div className="col g4">
    <span className="sm t3">{label}</span>
    <div>{children}</div>
  </div>
)

function Shifts({
  shifts,
  booking,
  selectable,
  chosen,
  onChoose,
}: {
  shifts: Shift[]
  booking: Schema<'Booking'>
  selectable: string[]
  chosen: string[]
  onChoose: (ids: string[]) => void
}) {
  const t = useWords('merchant')
  const phone = usePhone()
  const today = localDate(Date.now(), booking.time_zone)
  const start = Math.max(0, Math.floor(shifts.findIndex((s) => localDate(s.ends_at, booking.time_zone) >= today) / 40))
  const shown = shifts.filter((s) => s.seats > 0 || s.state !== 'cancelled')
  if (shown.length === 0) return <Empty title={t('detail.noShifts')} />
  return (
    <Table<Shift>
      size="small"
      rowKey="id"
      dataSource={shown}
      scroll={{ x: phone ? 260 : 640 }}
      pagination={shown.length > 40 ? { pageSize: 40, defaultCurrent: start + 1, showSizeChanger: false } : false}
      rowSelection={
        selectable.length > 0
          ? {
              selectedRowKeys: chosen,
              onChange: (keys) => onChoose(keys as string[]),
              getCheckboxProps: (s) => ({ disabled: !selectable.includes(s.id), 'aria-label': t('detail.choose') }),
              columnWidth: phone ? 32 : undefined,
            }
          : undefined
      }
      expandable={{
        columnWidth: phone ? 32 : undefined,
        expandedRowRender: (s) => <Who shift={s} zone={booking.time_zone} />,
        defaultExpandedRowKeys: shown
          .filter((s) => s.state === 'open')
          .slice(0, 1)
          .map((s) => s.id),
        expandRowByClick: true,
      }}
      columns={
        phone
          ? [
              {
                title: t('price.shift'),
                render: (_, s) => (
                  <div className="col g4">
                    <Span from={s.starts_at} to={s.ends_at} zone={booking.time_zone} showZone={false} />
                    <FillBar filled={s.filled} seats={s.seats} width={64} />
                    <ShiftState shift={s} />
                  </div>
                ),
              },
            ]
          : [
              {
                title: t('price.shift'),
                render: (_, s) => <Span from={s.starts_at} to={s.ends_at} zone={booking.time_zone} showZone={false} />,
              },
              { title: t('bookings.fill'), width: 200, render: (_, s) => <FillBar filled={s.filled} seats={s.seats} width={96} /> },
              { title: t('bookings.state'), width: 150, render: (_, s) => <ShiftState shift={s} /> },
              { title: t('detail.pay'), width: 110, align: 'right', render: (_, s) => s.pay_per_hour && <Money value={s.pay_per_hour} /> },
            ]
      }
    />
  )
}

function ShiftState({ shift: s }: { shift: Shift }) {
  const t = useWords('merchant')
  const now = Date.now()
  if (s.state === 'cancelled')
    return (
      <State plain tone="miss">
        {t('state.cancelled')}
      </State>
    )
  if (s.state === 'ended' || Date.parse(s.ends_at) <= now)
    return (
      <State plain tone="open" shape="bar">
        {t('state.finished')}
      </State>
    )
  if (s.filled < s.seats)
    return (
      <State plain tone="late">
        {s.offered > 0
          ? t('detail.shortOffered', { count: s.seats - s.filled, offered: s.offered })
          : t('bookings.short', { count: s.seats - s.filled })}
      </State>
    )
  return Date.parse(s.starts_at) <= now ? (
    <State plain tone="info">
      {t('bookings.running')}
    </State>
  ) : (
    <State plain tone="ok">
      {t('bookings.full')}
    </State>
  )
}

/** Who is a shift opened: its seats, the people in them with how often they were here, and why the others are open. */
function Who({ shift, zone }: { shift: Shift; zone: string }) {
  const t = useWords('merchant')
  const seatWords = useWords()
  const [most, setMost] = useState(48)
  const roster = useRoster(shift.id)
  const seats = useMemo(() => seatsOf(shift, roster.data ?? [], Date.now()), [shift, roster.data])
  const held = seats.filter((s): s is Seat & { entry: Schema<'RosterEntry'> } => s.entry !== undefined)
  const open = shift.state === 'open' && Date.parse(shift.ends_at) > Date.now() && seats.some((s) => s.state === 'open')
  return (
    <div className="col g12" style={{ padding: '4px 0 8px' }}>
      <Loaded query={roster} skeleton={<Skeleton lines={[24, 20]} />}>
        {() => (
          <>
            <SeatStrip
              seats={seats.map((s) => s.state)}
              label={(i) => `${i + 1} ${seatWords('seat.' + seats[i]!.state)} ${seats[i]!.entry?.name ?? ''}`}
            />
            <SeatLegend states={[...new Set(seats.map((s) => s.state))]} />
            {held.length > 0 && (
              <ul className="people">
                {held.slice(0, most).map((s) => (
                  <li key={s.no} className="row wrap g8 sm">
                    <Person
                      name={s.entry.name}
                      fact={s.entry.shifts_here > 0 ? t('detail.here', { count: s.entry.shifts_here }) : t('detail.firstHere')}
                    />
                    <span className="t3 nowrap">{t('detail.by.' + s.entry.taken_by)}</span>
                    {s.entry.checked_in_at && (
                      <span className="t3 nowrap num">
                        {t('detail.in')} {clockTime(s.entry.checked_in_at, zone)}
                      </span>
                    )}
                  </li>
                ))}
              </ul>
            )}
            {held.length > most && (
              <div>
                <Button size="small" onClick={() => setMost(held.length)}>
                  {t('detail.allPeople', { count: held.length })}
                </Button>
              </div>
            )}
          </>
        )}
      </Loaded>
      {open && <Why shift={shift} zone={zone} />}
    </div>
  )
}

/** Why says where the agents are lost, rule by rule, and what would help. */
function Why({ shift, zone }: { shift: Shift; zone: string }) {
  const t = useWords('merchant')
  const name = useTagNames()
  const query = useQuery({
    queryKey: ['gaps', shift.id],
    queryFn: () => body(api.GET('/api/v1/shifts/{id}/gaps', { params: { path: { id: shift.id } } })),
  })
  const ruleName = (rule: string, tag?: string) => (rule === 'tag' ? name(tag ?? '') : t('rule.' + rule))
  return (
    <Loaded query={query} skeleton={<Skeleton lines={[20, 20]} />}>
      {(g) => {
        const lost = g.rules.filter((r) => (r.lost ?? 0) > 0)
        return (
          <div className="soft col g8">
            <div className="row wrap g8">
              <h3>{t('why.title', { count: g.unfilled })}</h3>
              <span className="sm t2">
                {g.bottleneck
                  ? g.bottleneck.rule === 'asked'
                    ? t('why.asked')
                    : t('why.at', { rule: ruleName(g.bottleneck.rule, g.bottleneck.tag) })
                  : t('why.enough')}
              </span>
            </div>
            {lost.length > 0 && (
              <ul className="row wrap g16 sm">
                {lost.map((r) => (
                  <li key={r.rule + (r.tag ?? '')} className="row g4">
                    <Glyph tone="miss" size={11} />
                    {ruleName(r.rule, r.tag)} <b className="m num">{t('why.lost', { count: r.lost })}</b>
                  </li>
                ))}
              </ul>
            )}
            <p className="sm t3">
              {[
                g.agents !== undefined && t('why.agents', { count: g.agents }),
                g.eligible !== undefined && t('why.eligible', { count: g.eligible }),
                g.asked ? t('why.askedCount', { count: g.asked }) : '',
                g.refused ? t('why.refused', { count: g.refused }) : '',
                g.offered > 0 && t('why.offered', { count: g.offered }),
              ]
                .filter(Boolean)
                .join(t('list')) || t('why.few')}
            </p>
            {g.remedies && g.remedies.length > 0 && (
              <ul className="col g4">
                {g.remedies.map((r, i) => (
                  <li key={i} className="row g8 sm start">
                    <span style={{ paddingTop: 2 }}>
                      <Glyph tone={r.enough ? 'ok' : 'open'} />
                    </span>
                    <span>
                      {r.kind === 'level' ? (
                        t('remedy.level', { what: change(shift.requirements, r.requirements ?? [], name, t) })
                      ) : r.kind === 'pay' ? (
                        <>
                          {t('remedy.pay')} {r.pay_per_hour && <Money value={r.pay_per_hour} />}
                        </>
                      ) : r.kind === 'window' ? (
                        <>
                          {t('remedy.window')}{' '}
                          {r.starts_at && r.ends_at && <Span from={r.starts_at} to={r.ends_at} zone={zone} showZone={false} />}
                        </>
                      ) : (
                        t('remedy.agents')
                      )}{' '}
                      <span className="t3">{r.enough ? t('remedy.enough') : t('remedy.some')}</span>
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </div>
        )
      }}
    </Loaded>
  )
}

function change(
  asked: Schema<'Requirement'>[],
  then: Schema<'Requirement'>[],
  name: (tag: string) => string,
  t: ReturnType<typeof useWords>,
) {
  return asked
    .flatMap((r) => {
      const now = then.find((x) => x.tag === r.tag)
      return !now
        ? [t('price.without', { tag: name(r.tag) })]
        : now.level < r.level
          ? [t('price.lowered', { tag: name(r.tag), level: now.level })]
          : []
    })
    .join(t('list'))
}

/** Account is what the booking's money is doing, from the statement of the month in which it was confirmed. */
function Account({ booking: b }: { booking: Schema<'Booking'> }) {
  const t = useWords('merchant')
  const month = b.confirmed_at && localDate(b.confirmed_at).slice(0, 7)
  const query = useQuery({
    queryKey: ['statement', month],
    enabled: Boolean(month),
    queryFn: () => body(api.GET('/api/v1/statements', { params: { query: { month: month! } } })),
  })
  if (!month) return null
  return (
    <Section title={t('money.title')} note={b.price_book !== undefined ? t('price.book', { version: b.price_book }) : undefined}>
      <Loaded query={query} skeleton={<Skeleton lines={[20, 20, 20]} />}>
        {(s) => {
          const bill = s.merchant?.bills.find((x) => x.booking_id === b.id)
          if (!bill) return <p className="sm t2">{t('money.none')}</p>
          const lines = (['held', 'charged', 'credited', 'disputed', 'extended'] as const).filter((k) => k === 'held' || bill[k].amount > 0)
          return (
            <dl className="col g8">
              {lines.map((k) => (
                <div key={k} className="row between">
                  <dt className="t2">{t('money.' + k)}</dt>
                  <dd>
                    <Money value={bill[k]} credit={k === 'credited' && bill[k].amount > 0} />
                  </dd>
                </div>
              ))}
              <div className="row between base" style={{ borderTop: '1px solid var(--text)', paddingTop: 8 }}>
                <dt className="b">{t('money.quoted')}</dt>
                <dd>
                  <Money value={bill.quoted} size={20} />
                </dd>
              </div>
            </dl>
          )
        }}
      </Loaded>
    </Section>
  )
}

interface Event {
  key: string
  at: string
  tone: Tone
  shape?: Shape
  text: ReactNode
  amount?: Schema<'Money'>
}

/** Timeline is what happened to the booking, the newest first, and what comes next. */
function Timeline({ booking: b, shifts }: { booking: Schema<'Booking'>; shifts: Shift[] }) {
  const t = useWords('merchant')
  const entries = useQuery({
    queryKey: ['wallet', 'entries', 'recent'],
    queryFn: async () => (await body(api.GET('/api/v1/wallet/entries', { params: { query: { limit: 200 } } }))).items,
  })
  const left = shifts.filter((s) => s.seats > 0)
  const first = left[0],
    last = left.at(-1)
  const now = Date.now()
  const happened: Event[] = [
    { key: 'made', at: b.created_at, tone: 'open', shape: 'bar', text: t('line.made') },
    ...(b.confirmed_at && !entries.data?.some((e) => e.booking_id === b.id && e.kind === 'hold')
      ? [{ key: 'confirmed', at: b.confirmed_at, tone: 'ok' as const, text: t('line.hold') }]
      : []),
    ...(entries.data ?? [])
      .filter((e) => e.booking_id === b.id)
      .map((e) => ({
        key: e.id,
        at: e.at,
        tone: e.kind === 'hold' ? ('ok' as const) : e.kind === 'cancellation' ? ('miss' as const) : ('info' as const),
        text: t('line.' + e.kind),
        amount: { ...e.amount, amount: Math.abs(e.amount.amount) },
      })),
    ...(first && b.state !== 'draft'
      ? [
          {
            key: 'first',
            at: first.starts_at,
            tone: Date.parse(first.starts_at) > now ? ('open' as const) : ('ok' as const),
            text: t('line.first'),
          },
        ]
      : []),
    ...(last && b.state !== 'draft' && left.length > 1
      ? [
          {
            key: 'last',
            at: last.ends_at,
            tone: Date.parse(last.ends_at) > now ? ('open' as const) : ('ok' as const),
            text: t('line.last'),
          },
        ]
      : []),
  ]
  const list = happened.sort((x, y) => Date.parse(y.at) - Date.parse(x.at))
  return (
    <Section title={t('line.title')}>
      <ol>
        {list.slice(0, 30).map((x) => (
          <li key={x.key} className="row g8 start" style={{ padding: '6px 0' }}>
            <span className="pt4">
              <Glyph tone={x.tone} shape={x.shape} />
            </span>
            <div className="grow">
              <div>
                {x.text}
                {x.amount && (
                  <>
                    {' '}
                    <Money value={x.amount} />
                  </>
                )}
              </div>
              <div className="sm t3">
                <When at={x.at} zone={b.time_zone} />
              </div>
            </div>
          </li>
        ))}
      </ol>
    </Section>
  )
}

/** Cancel says what giving seats up means before it happens, and its button names the price. */
function Cancel({
  booking: b,
  shifts,
  chosen,
  onClose,
}: {
  booking: Schema<'Booking'>
  shifts: Shift[]
  chosen: string[]
  onClose: (done: boolean) => void
}) {
  const t = useWords('merchant')
  const some = shifts.filter((s) => chosen.length === 0 || chosen.includes(s.id))
  const most = Math.max(1, ...some.map((s) => s.seats))
  const [all, setAll] = useState(true)
  const [each, setEach] = useState(1)
  const act = useAct(
    (r: Schema<'CancellationRequest'>, header) =>
      body(api.POST('/api/v1/bookings/{id}/cancellation', { params: { path: { id: b.id }, header }, body: r })),
    [['bookings'], ['wallet'], ['statement'], ['roster'], ['gaps']],
  )
  const seats = some.reduce((n, s) => n + (all ? s.seats : Math.min(each, s.seats)), 0)
  const empty = some.reduce((n, s) => n + Math.min(all ? s.seats : each, s.open), 0)
  if (act.data) {
    return (
      <Dialog
        open
        title={t('cancel.done')}
        onCancel={() => onClose(true)}
        footer={
          <Button type="primary" onClick={() => onClose(true)}>
            {t('cancel.ok')}
          </Button>
        }
      >
        <p>{t('cancel.was', { count: act.data.seats, agents: act.data.withdrawn })}</p>
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      title={t('cancel.title')}
      onCancel={() => onClose(false)}
      footer={
        <div className="row wrap g8 to-end">
          <Button onClick={() => onClose(false)}>{t('cancel.keep')}</Button>
          <Button
            danger
            loading={act.isPending}
            onClick={() => act.mutate({ shift_ids: some.map((s) => s.id), seats: all ? undefined : each })}
          >
            {t('cancel.button', { count: seats })}
          </Button>
        </div>
      }
    >
      <div className="col g12">
        <p className="t2">
          {chosen.length === 0 ? t('cancel.allShifts', { count: some.length }) : t('cancel.someShifts', { count: some.length })}
        </p>
        <Radio.Group
          value={all}
          onChange={(e) => setAll(e.target.value as boolean)}
          className="col g8"
          style={{ alignItems: 'flex-start' }}
        >
          <Radio value={true}>{t('cancel.whole')}</Radio>
          <Radio value={false}>
            <span className="row g8">
              {t('cancel.each')}
              <InputNumber
                size="small"
                aria-label={t('cancel.each')}
                min={1}
                max={most}
                value={each}
                onFocus={() => setAll(false)}
                onChange={(n) => n && setEach(n)}
                style={{ width: 64 }}
              />
              {t('track.seats', { count: each })}
            </span>
          </Radio>
        </Radio.Group>
        <ul className="col g4 soft sm">
          <li>{t('cancel.money')}</li>
          <li>{empty >= seats ? t('cancel.nobody') : t('cancel.people', { count: seats - empty })}</li>
          <li>{t('cancel.started')}</li>
        </ul>
        {act.error && <Failure problem={act.error} kept />}
      </div>
    </Dialog>
  )
}
