import { X } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { Button } from '@/design/button'
import { Choices } from '@/design/choices'
import { Person } from '@/design/person'
import { Search } from '@/design/search'
import { Glyph, State, type Shape, type Tone } from '@/design/state'
import { clockTime, span } from '@/design/time'
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

/** So many rows are drawn before somebody asks for more; the most urgent stand first. */
const atOnce = 60

/** Filter is what the list shows: seats of one state, what somebody typed, or only one seat or one shift. */
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
  const { which, sought, only } = filter
  const [most, setMost] = useState(atOnce)
  const shown = rows.filter((r) => (only ? r.key === only || r.of.shift.id === only : isOf(r, which)) && found(r, sought))
  const count = (w: Which) => rows.filter((r) => isOf(r, w)).length
  const label = (w: Which) =>
    w === 'away' ? t('today.notOn') : w === 'break' ? t('today.break') : w === 'all' ? seat('all') : seat('seat.' + w)
  const shift = rows.find((r) => r.of.shift.id === only)?.of
  return (
    <section className="sec grow" ref={refer} aria-label={t('today.seats')}>
      <div className="sechead">
        <h2>{t('today.seats')}</h2>
        <span className="sm t3">{t('today.urgent')}</span>
        <span className="end fullrow">
          <Search label={t('today.search')} value={sought} onChange={(said) => onFilter({ ...filter, sought: said, only: undefined })} />
        </span>
      </div>
      <div className="scroll tabsrow mb8">
        {only ? (
          <div className="row wrap g8">
            {shift && (
              <span className="m">
                {shift.booking.title}{' '}
                <span className="num t2">{span(shift.shift.starts_at, shift.shift.ends_at, seat('nextDay'), shift.booking.time_zone)}</span>
              </span>
            )}
            <Button size="small" icon={<X size={13} aria-hidden />} onClick={() => onFilter({ ...filter, only: undefined })}>
              {t('today.allSeats')}
            </Button>
          </div>
        ) : (
          <Choices<Which>
            label={t('today.filter')}
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
      ) : (
        <ol>
          {shown.slice(0, most).map((r) => (
            <Row key={r.key} of={r} now={now} />
          ))}
        </ol>
      )}
      {shown.length > most && (
        <div className="mt12">
          <Button onClick={() => setMost(most + atOnce)}>{seat('loadMore')}</Button>
        </div>
      )}
    </section>
  )
}

/** Row is one seat: how it is, who sits there, since when, and what happens next. */
function Row({ of: r, now }: { of: SeatRow; now: number }) {
  const t = useWords('merchant')
  const seat = useWords()
  const { state, entry, before, no } = r.seat
  const { time_zone: zone, title, id } = r.of.booking
  const lasts = Math.floor((now - r.since) / 1000)
  const next = () => {
    switch (state) {
      case 'late':
        return t('today.turns', { time: clockTime(Date.parse(entry!.starts_at) + graceMinutes * 60_000, zone) })
      case 'missing':
        return t('today.reopened')
      case 'standby':
        return before ? t('today.replaces', { name: before.name }) : t('today.coming')
      case 'on':
        return [
          r.pause && t('today.onBreak'),
          entry?.late && t('today.wasLate', { time: clockTime(entry.checked_in_at!, zone) }),
          before && t('today.replaces', { name: before.name }),
        ]
          .filter(Boolean)
          .join(t('list'))
      case 'held':
        return t('today.expected', { time: clockTime(entry!.starts_at, zone) })
      case 'finished':
        return ''
      default:
        return lasts < 0 ? t('today.notYet') : t('today.inHall')
    }
  }
  const two = (n: number) => String(n).padStart(2, '0')
  return (
    <li className="seatrow">
      {r.pause ? (
        <State plain tone="open" shape="clock">
          {t('today.break')}
        </State>
      ) : (
        <State plain {...tones[state]!}>
          {seat('seat.' + state)}
        </State>
      )}
      <span className="name min0" title={entry?.name}>
        {entry ? <Person name={entry.name} /> : <span className="t3 nobody">{t('today.nobody')}</span>}
      </span>
      <span className="where t2 trunc" title={title}>
        {t('today.seat', { no })} · {title}
      </span>
      <span className="next t2">{next()}</span>
      <span className="age t2 num nowrap">
        {lasts >= 0 &&
          (lasts >= 3600
            ? t('today.hm', { h: Math.floor(lasts / 3600), m: two(Math.floor(lasts / 60) % 60) })
            : t('today.ms', { m: Math.floor(lasts / 60), s: two(lasts % 60) }))}
      </span>
      <Link className="nowrap right hit" to={`/merchant/bookings/${id}#${r.of.shift.id}`}>
        {t(state === 'open' ? 'decide.why' : 'today.see')}
      </Link>
    </li>
  )
}
