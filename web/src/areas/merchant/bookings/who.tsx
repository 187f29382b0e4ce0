import { useMemo, useState } from 'react'
import type { Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Loaded, Skeleton } from '@/design/feedback'
import { Person } from '@/design/person'
import { countSeats, SeatLegend, SeatStrip } from '@/design/seat-strip'
import { State } from '@/design/state'
import { clockTime, useClock } from '@/design/time'
import { useWords } from '@/words'
import { seatsOf, useRoster, type Seat } from './roster'
import type { Shift } from './shifts'
import { Why } from './why'

type Held = Seat & { entry: Schema<'RosterEntry'> }

/** So many people are named before somebody asks for the others. */
const atOnce = 48

/** Who has a seat and is not on it comes first, with a word about it. */
const away = { missing: 'miss', late: 'late', standby: 'info' } as const
const isAway = (s: Seat): s is Seat & { state: keyof typeof away } => s.state in away

/** Who is a shift opened: its seats, the people in them with how often they were here, and why the others are open. */
export function Who({ shift, zone }: { shift: Shift; zone: string }) {
  const t = useWords('merchant')
  const seatWords = useWords()
  const [most, setMost] = useState(atOnce)
  const roster = useRoster(shift.id)
  const now = useClock()
  const seats = useMemo(() => seatsOf(shift, roster.data ?? [], now), [shift, roster.data, now])
  const held = seats.filter((s): s is Held => s.entry !== undefined).sort((a, b) => Number(isAway(b)) - Number(isAway(a)))
  const states = seats.map((s) => s.state)
  const open = shift.state === 'open' && Date.parse(shift.ends_at) > now && states.includes('open')
  return (
    <div className="col g12 opened">
      <Loaded query={roster} skeleton={<Skeleton lines={[24, 20]} />}>
        {() => (
          <>
            <SeatStrip seats={states} label={(i) => `${i + 1} ${seatWords('seat.' + states[i]!)} ${seats[i]!.entry?.name ?? ''}`} />
            <SeatLegend states={countSeats(states).map((c) => c.state)} />
            {held.length > 0 && (
              <ul className="people">
                {held.slice(0, most).map((s) => (
                  <li key={s.no} className="row wrap g8 sm">
                    <Person
                      name={s.entry.name}
                      fact={s.entry.shifts_here > 0 ? t('detail.here', { count: s.entry.shifts_here }) : t('detail.firstHere')}
                    />
                    {isAway(s) && (
                      <State plain tone={away[s.state]} shape={s.state === 'standby' ? 'diamond' : undefined}>
                        {seatWords('seat.' + s.state)}
                      </State>
                    )}
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
