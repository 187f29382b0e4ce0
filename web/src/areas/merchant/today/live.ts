import { useQueries, keepPreviousData } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, body, type Schema } from '@/api/client'
import { useStream } from '@/api/stream'
import type { Booking } from './today'
import { seatsOf, type Seat } from '../bookings/roster'

export type LiveShift = Schema<'LiveShift'>
export interface Live { booking_id: string; at: string; shifts: LiveShift[] }

/** Told is the last thing a stream said, and when it came by the browser's clock. */
export interface Told { live: Live; came: number; connected: boolean }

/** A browser keeps six lines to one server, and notices have one of them. */
export const mostStreams = 4

/** Follow listens to one booking's stream and hands on what it says. It draws nothing. */
export function Follow({ id, onTold }: { id: string; onTold: (id: string, told: Told | null) => void }) {
  const [last, setLast] = useState<{ live: Live; came: number }>()
  const connected = useStream(`/api/v1/bookings/${id}/live`, { live: (data) => setLast({ live: data as Live, came: Date.now() }) })
  useEffect(() => { if (last) onTold(id, { ...last, connected }) }, [id, last, connected, onTold])
  useEffect(() => () => onTold(id, null), [id, onTold])
  return null
}

/** Running is a shift of the board: its booking, its numbers, and its seats by number. */
export interface Running { booking: Booking; shift: LiveShift; seats: Seat[]; roster: Schema<'RosterEntry'>[]; read: boolean }

/** useRunning reads who sits in the shifts that are on; it reads anew whenever a stream says that a number changed. */
export function useRunning(shifts: { booking: Booking; shift: LiveShift }[], now: number): Running[] {
  const rosters = useQueries({
    queries: shifts.map(({ shift: s }) => ({
      queryKey: ['roster', s.id, `${s.filled} ${s.present} ${s.late} ${s.missing} ${s.offered} ${s.seats}`], placeholderData: keepPreviousData, staleTime: 60_000,
      queryFn: async () => (await body(api.GET('/api/v1/shifts/{id}/assignments', { params: { path: { id: s.id } } }))).items,
    })),
  })
  return shifts.map(({ booking, shift }, i) => {
    const roster = rosters[i]?.data ?? []
    return { booking, shift, roster, seats: seatsOf(shift, roster, now), read: rosters[i]?.data !== undefined }
  })
}

/** Away is a seat that nobody sits in, and how pressing that is. */
export interface Away { key: string; seat: Seat; of: Running; since: number }

const urgency: Record<string, number> = { missing: 0, late: 1, open: 2, standby: 3 }

/** awayOf are the seats of running shifts that are not on, the most urgent first; graceMinutes after the start, late becomes missing. */
export function awayOf(running: Running[]): Away[] {
  return running.flatMap((r) => r.seats.filter((s) => s.state in urgency).map((seat) => ({
    key: `${r.shift.id} ${seat.no}`, seat, of: r,
    since: seat.state === 'missing' ? Date.parse(seat.entry!.starts_at) + graceMinutes * 60_000 : Date.parse(seat.before ? seat.before.starts_at : (seat.entry?.starts_at ?? r.shift.starts_at)),
  }))).sort((a, b) => urgency[a.seat.state]! - urgency[b.seat.state]! || a.since - b.since)
}

/** So long after the start who has not checked in is missing. */
export const graceMinutes = 10
