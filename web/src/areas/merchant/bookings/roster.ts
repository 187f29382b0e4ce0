import { useQuery } from '@tanstack/react-query'
import { api, body, type Schema } from '@/api/client'
import type { SeatState } from '@/design/seat-strip'

type Entry = Schema<'RosterEntry'>

/** useRoster is who holds or held the seats of a shift. */
export const useRoster = (shift: string, enabled = true) =>
  useQuery({
    queryKey: ['roster', shift],
    enabled,
    queryFn: async () => (await body(api.GET('/api/v1/shifts/{id}/assignments', { params: { path: { id: shift } } }))).items,
  })

/** Seat is one seat of a shift as it stands: who holds it, and what state it is in. */
export interface Seat {
  no: number
  state: SeatState
  entry?: Entry
  before?: Entry
}

/**
 * seatsOf puts a roster on the shift's seats, by seat number, so that a seat never moves. Of those who had a seat one after the other the last that
 * still counts is shown; before is whom they replaced.
 */
export function seatsOf(shift: Pick<Schema<'Shift'>, 'seats' | 'starts_at' | 'ends_at'>, roster: Entry[], now: number): Seat[] {
  const bySeat = new Map<number, Entry[]>()
  for (const e of roster) if (counts(e)) bySeat.set(e.seat, [...(bySeat.get(e.seat) ?? []), e])
  const most = Math.max(shift.seats, ...bySeat.keys())
  const over = Date.parse(shift.ends_at) <= now
  return Array.from({ length: most }, (_, i): Seat => {
    const had = bySeat.get(i + 1) ?? []
    const last = had.findLast((e) => e.state !== 'missing') ?? had.at(-1)
    const before = had.find((e) => e !== last && e.state === 'missing')
    if (!last) return { no: i + 1, state: over ? 'finished' : 'open' }
    return { no: i + 1, state: stateOf(last, now), entry: last, before }
  })
}

const counts = (e: Entry) => e.state !== 'released' && e.state !== 'withdrawn'

function stateOf(e: Entry, now: number): SeatState {
  switch (e.state) {
    case 'present':
      return 'on'
    case 'finished':
      return 'finished'
    case 'missing':
      return 'missing'
    default:
      return e.taken_by === 'replacement' && !e.checked_in_at ? 'standby' : Date.parse(e.starts_at) <= now ? 'late' : 'held'
  }
}
