import { Input, Segmented } from 'antd'
import { Search, X } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { Button } from '@/design/button'
import { Person } from '@/design/person'
import { Glyph, State, type Shape, type Tone } from '@/design/state'
import { Table } from '@/design/table'
import { clockTime } from '@/design/time'
import { usePhone } from '@/design/theme'
import { useWords } from '@/words'
import { found, graceMinutes, isOf, type SeatRow, type Which } from './live'

const tones: Record<string, { tone: Tone; shape?: Shape }> = {
  missing: { tone: 'miss' },
  late: { tone: 'late' },
  open: { tone: 'open' },
  standby: { tone: 'info', shape: 'diamond' },
  on: { tone: 'ok' },
  held: { tone: 'open', shape: 'clock' },
  finished: { tone: 'open', shape: 'bar' },
}
const views: Which[] = ['away', 'missing', 'late', 'open', 'standby', 'break', 'on', 'held', 'all']

/** So many rows are drawn on a phone before somebody asks for more. */
const atOnce = 60

export interface Filter {
  which: Which
  sought: string
  only?: string
}

/** Seats is every seat of the running shifts that the filter leaves, the most urgent first, each with what happens next. */
export function Seats({
  rows,
  filter,
  onFilter,
  now,
  refer,
}: {
  rows: SeatRow[]
  filter: Filter
  onFilter: (f: Filter) => void
  now: number
  refer: React.Ref<HTMLElement>
}) {
  const t = useWords('merchant')
  const seat = useWords()
  const phone = usePhone()
  const { which, sought, only } = filter
  const [most, setMost] = useState(atOnce)
  const shown = rows.filter((r) => (only ? r.key === only : isOf(r, which)) && found(r, sought))
  const count = (w: Which) => rows.filter((r) => isOf(r, w)).length
  const label = (w: Which) =>
    w === 'away' ? t('today.notOn') : w === 'break' ? t('today.break') : w === 'all' ? seat('all') : seat('seat.' + w)
  const age = (since: number) => {
    const s = Math.max(0, Math.floor((now - since) / 1000))
    return since > now
      ? ''
      : s >= 3600
        ? t('today.hm', { h: Math.floor(s / 3600), m: String(Math.floor(s / 60) % 60).padStart(2, '0') })
        : t('today.ms', { m: Math.floor(s / 60), s: String(s % 60).padStart(2, '0') })
  }
  const then = (r: SeatRow) => {
    const zone = r.of.booking.time_zone
    switch (r.seat.state) {
      case 'late':
        return t('today.turns', { time: clockTime(Date.parse(r.seat.entry!.starts_at) + graceMinutes * 60_000, zone) })
      case 'missing':
        return t('today.reopened')
      case 'standby':
        return r.seat.before ? t('today.replaces', { name: r.seat.before.name }) : t('today.coming')
      case 'on':
        return [
          r.pause && t('today.onBreak'),
          r.seat.entry?.late && t('today.wasLate', { time: clockTime(r.seat.entry.checked_in_at!, zone) }),
          r.seat.before && t('today.replaces', { name: r.seat.before.name }),
        ]
          .filter(Boolean)
          .join(t('list'))
      case 'held':
        return t('today.expected', { time: clockTime(r.seat.entry!.starts_at, zone) })
      case 'finished':
        return ''
      default:
        return r.since > now ? t('today.notYet') : t('today.inHall')
    }
  }
  const badge = (r: SeatRow) =>
    r.pause ? (
      <State plain tone="open" shape="clock">
        {t('today.break')}
      </State>
    ) : (
      <State plain {...tones[r.seat.state]!}>
        {seat('seat.' + r.seat.state)}
      </State>
    )
  const link = (r: SeatRow) => (
    <Link className="nowrap" to={'/merchant/bookings/' + r.of.booking.id}>
      {t(r.seat.state === 'open' ? 'decide.why' : 'today.see')}
    </Link>
  )
  return (
    <section className="sec" ref={refer} style={{ flex: 1 }} aria-label={t('today.seats')}>
      <div className="sechead row wrap g8">
        <h2>{t('today.seats')}</h2>
        <span className="sm t3">{t('today.urgent')}</span>
        <span className={phone ? undefined : 'end'} style={{ width: phone ? '100%' : undefined }}>
          <Input
            size={phone ? 'middle' : 'small'}
            allowClear
            aria-label={t('today.search')}
            placeholder={t('today.search')}
            prefix={<Search size={13} color="var(--text3)" aria-hidden />}
            value={sought}
            onChange={(e) => onFilter({ ...filter, sought: e.target.value, only: undefined })}
            style={{ width: phone ? '100%' : 190 }}
          />
        </span>
      </div>
      <div className="scroll tabsrow mb8">
        {only ? (
          <Button size="small" icon={<X size={13} aria-hidden />} onClick={() => onFilter({ ...filter, only: undefined })}>
            {t('today.allSeats')}
          </Button>
        ) : (
          <Segmented<Which>
            size="small"
            aria-label={t('today.filter')}
            value={which}
            onChange={(w) => onFilter({ ...filter, which: w })}
            options={views
              .filter((w) => w === 'away' || w === 'on' || w === 'all' || w === which || count(w) > 0)
              .map((w) => ({
                value: w,
                label: (
                  <>
                    {label(w)} <span className="num t3">{count(w)}</span>
                  </>
                ),
              }))}
          />
        )}
      </div>
      <div role="status" className="hidden">
        {t('today.shown', { count: shown.length })}
      </div>
      {shown.length === 0 ? (
        <p className="row g8">
          <Glyph tone={which === 'away' && sought === '' ? 'ok' : 'open'} />{' '}
          {which === 'away' && sought === '' ? t('today.allOn') : t('today.noneOfThese')}
        </p>
      ) : phone ? (
        <>
          <ul>
            {shown.slice(0, most).map((r) => (
              <li key={r.key} className="col g4" style={{ padding: '10px 0', borderTop: '1px solid var(--line)' }}>
                <span className="row between g8">
                  <span className="row g8 min0">
                    {badge(r)}
                    {r.seat.entry && <Person name={r.seat.entry.name} />}
                  </span>
                  <span className="t2 num sm nowrap">{age(r.since)}</span>
                </span>
                <span className="row between g8 sm">
                  <span className="t2">
                    {[t('today.seat', { no: r.seat.no }), then(r), r.of.booking.title].filter(Boolean).join(' · ')}
                  </span>
                  {link(r)}
                </span>
              </li>
            ))}
          </ul>
          {shown.length > most && (
            <div>
              <Button onClick={() => setMost(most + atOnce)}>{seat('loadMore')}</Button>
            </div>
          )}
        </>
      ) : (
        <Table<SeatRow>
          size="small"
          rowKey="key"
          dataSource={shown}
          pagination={false}
          showHeader={false}
          virtual={shown.length > 60}
          scroll={shown.length > 60 ? { x: 800, y: 420 } : { x: 640 }}
          columns={[
            { width: 96, render: (_, r) => badge(r) },
            {
              width: 130,
              render: (_, r) =>
                r.seat.entry ? (
                  <span className="trunc" style={{ display: 'block', maxWidth: 120 }} title={r.seat.entry.name}>
                    <Person name={r.seat.entry.name} />
                  </span>
                ) : (
                  <span className="t3" style={{ paddingLeft: 26 }}>
                    {t('today.nobody')}
                  </span>
                ),
            },
            {
              width: 180,
              render: (_, r) => (
                <span className="t2 trunc" style={{ display: 'block', maxWidth: 170 }} title={r.of.booking.title}>
                  {t('today.seat', { no: r.seat.no })} · {r.of.booking.title}
                </span>
              ),
            },
            { width: 240, render: (_, r) => <span className="t2">{then(r)}</span> },
            { width: 92, align: 'right', render: (_, r) => <span className="t2 num nowrap">{age(r.since)}</span> },
            { width: 64, align: 'right', render: (_, r) => link(r) },
          ]}
        />
      )}
    </section>
  )
}
