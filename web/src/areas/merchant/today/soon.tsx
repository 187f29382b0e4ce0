import { Link } from 'react-router'
import { Section } from '@/design/page'
import { State } from '@/design/state'
import { Span } from '@/design/time'
import { useWords } from '@/words'
import type { LiveShift, OfBooking } from './live'

/** Soon are the shifts that come next, and what they lack. */
export function Soon({ shifts }: { shifts: OfBooking[] }) {
  const t = useWords('merchant')
  return (
    <Section title={t('today.soon')}>
      {shifts.length === 0 ? (
        <p className="sm t2">{t('today.nothingMore')}</p>
      ) : (
        <ul>
          {shifts.slice(0, 12).map(({ booking, shift: s }) => (
            <li key={s.id} className="row g8 between py8">
              <span className="grow">
                <Link to={`/merchant/bookings/${booking.id}#${s.id}`} className="trunc line t1">
                  {booking.title}
                </Link>
                <span className="sm t3">
                  <Span from={s.starts_at} to={s.ends_at} zone={booking.time_zone} showZone={false} />
                </span>
              </span>
              <Filled shift={s} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

/** Filled is whether every seat of a shift is held, or how many are not. */
export function Filled({ shift: s }: { shift: LiveShift }) {
  const t = useWords('merchant')
  return s.filled < s.seats ? (
    <State plain tone="late">
      {t('bookings.short', { count: s.seats - s.filled })}
    </State>
  ) : (
    <State plain tone="ok">
      {t('bookings.full')}
    </State>
  )
}
