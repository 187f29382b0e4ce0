import { useMemo } from 'react'
import { useBookings } from '../bookings/queries'

/** useTitles are the titles of the merchant's bookings, by id. */
export function useTitles() {
  const confirmed = useBookings('confirmed'),
    finished = useBookings('finished'),
    cancelled = useBookings('cancelled')
  return useMemo(
    () => new Map([...(confirmed.items ?? []), ...(finished.items ?? []), ...(cancelled.items ?? [])].map((b) => [b.id, b.title])),
    [confirmed.items, finished.items, cancelled.items],
  )
}
