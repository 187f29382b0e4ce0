import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import { Link } from 'react-router'
import { Skeleton } from '@/design/feedback'
import { SeatStrip } from '@/design/seat-strip'
import { useTagNames } from '@/design/skill-tag'
import { Span } from '@/design/time'
import { useWords } from '@/words'
import type { Running } from './live'

/** Strip is one running shift: what it is, how many are on seat, and its seats. onPick opens one seat's row, onAll those of the shift. */
export function Strip({ of: r, onPick, onAll }: { of: Running; onPick: (no: number) => void; onAll: () => void }) {
  const t = useWords('merchant')
  const seat = useWords()
  const name = useTagNames()
  const { shift: s, booking: b } = r
  const pick = useRef(onPick)
  useLayoutEffect(() => {
    pick.current = onPick
  })
  // The board is drawn every second; five hundred seats only where one of them changed.
  const shown = r.seats.map((x) => x.state + (x.entry?.assignment_id ?? '')).join()
  const [drawn, setDrawn] = useState({ shown, seats: r.seats })
  if (drawn.shown !== shown) setDrawn({ shown, seats: r.seats })
  const { seats } = drawn
  const strip = useMemo(
    () => (
      <SeatStrip
        seats={seats.map((x) => x.state)}
        onPick={(i) => pick.current(seats[i]!.no)}
        label={(i) => `${t('today.seat', { no: i + 1 })} ${seat('seat.' + seats[i]!.state)} ${seats[i]!.entry?.name ?? ''}`}
      />
    ),
    [seats, t, seat],
  )
  const functions = b.requirements.filter((q) => q.tag.startsWith('function/')).map((q) => name(q.tag))
  return (
    <section className="sec">
      <div className="row wrap g8 base mb8">
        <Link to={'/merchant/bookings/' + b.id} className="md b t1 break">
          {b.title}
        </Link>
        <span className="t2">{[b.shop_name, functions.join(t('list'))].filter(Boolean).join(' · ')}</span>
        <span className="t2">
          <Span from={s.starts_at} to={s.ends_at} zone={b.time_zone} day={false} showZone={false} />
        </span>
        <button type="button" className="opens sm t2 num" onClick={onAll}>
          <b className="b t1">{s.present}</b> / {s.seats} {t('today.onOf')}
        </button>
      </div>
      {r.read ? strip : <Skeleton lines={[24]} />}
    </section>
  )
}
