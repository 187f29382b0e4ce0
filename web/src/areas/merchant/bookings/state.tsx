import type { Schema } from '@/api/client'
import { State } from '@/design/state'
import { localDate, useClock } from '@/design/time'
import { useWords } from '@/words'

/** BookingState is what a booking is now: a confirmed one is told by its days and by what it lacks. */
export function BookingState({ booking: b, plain }: { booking: Schema<'Booking'>; plain?: boolean }) {
  const t = useWords('merchant')
  const today = localDate(useClock(), b.time_zone)
  if (b.state !== 'confirmed')
    return (
      <State plain={plain} tone={b.state === 'cancelled' ? 'miss' : 'open'} shape={b.state === 'cancelled' ? 'cross' : 'bar'}>
        {t('state.' + b.state)}
      </State>
    )
  if (b.filled < b.seats)
    return (
      <State plain={plain} tone="late">
        {t('bookings.short', { count: b.seats - b.filled })}
      </State>
    )
  return b.starts_on <= today ? (
    <State plain={plain} tone="info">
      {t('bookings.running')}
    </State>
  ) : (
    <State plain={plain} tone="ok">
      {t('bookings.full')}
    </State>
  )
}

/** pageOf is where one goes on with a booking. */
export const pageOf = (b: Schema<'Booking'>) =>
  b.state === 'draft' ? `/merchant/bookings/new?draft=${b.id}` : `/merchant/bookings/${b.id}`
