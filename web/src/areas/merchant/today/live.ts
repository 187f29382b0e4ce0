import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { api, body, type Schema } from '@/api/client'
import { useStream } from '@/api/stream'
import { seatsOf, type Seat } from '../bookings/roster'

export type LiveShift = Schema<'LiveShift'>
export interface Live {
  booking_id: string
  at: string
  shifts: LiveShift[]
}

/** Told is the last thing a stream said, and when it came by the browser's clock. */
export interface Told {
  live: Live
  came: number
  connected: boolean
}

/** A browser keeps six lines to one server, and notices have one of them. */
export const mostStreams = 4

/** Follow listens to one booking's stream and hands on what it says. It draws nothing. */
export function Follow({ id, onTold }: { id: string; onTold: (id: string, told: Told | null) => void }) {
  const [last, setLast] = useState<{ live: Live; came: number }>()
  const connected = useStream(`/api/v1/bookings/${id}/live`, { live: (data) => setLast({ live: data as Live, came: Date.now() }) })
  useEffect(() => {
    if (last) onTold(id, { ...last, connected })
  }, [id, last, connected, onTold])
  useEffect(() => () => onTold(id, null), [id, onTold])
  return null
}

export type Booking = Schema<'Booking'>

/** OfBooking is a shift as its booking's stream told it. */
export interface OfBooking {
  booking: Booking
  shift: LiveShift
}

/** Running is a shift of the board: its booking, its numbers, and its seats by number. */
export interface Running extends OfBooking {
  seats: Seat[]
  roster: Schema<'RosterEntry'>[]
  read: boolean
}

/** At a peak the numbers of a shift change several times a second; who sits where is read so often at most, in milliseconds. */
export const readEvery = 2000

/** useReread reads a shift's roster anew after a stream said that one of its numbers changed: at once, and then again when it may. */
function useReread(shifts: LiveShift[]) {
  const queries = useQueryClient()
  const known = useRef(new Map<string, { numbers: string; read: number; timer?: ReturnType<typeof setTimeout> }>())
  useEffect(() => {
    for (const s of shifts) {
      const numbers = `${s.filled} ${s.present} ${s.late} ${s.missing} ${s.offered} ${s.seats}`
      const last = known.current.get(s.id)
      if (!last) known.current.set(s.id, { numbers, read: Date.now() })
      else if (last.numbers !== numbers) {
        last.numbers = numbers
        last.timer ??= setTimeout(
          () => {
            last.timer = undefined
            last.read = Date.now()
            void queries.invalidateQueries({ queryKey: ['roster', s.id] })
          },
          Math.max(0, last.read + readEvery - Date.now()),
        )
      }
    }
  })
  useEffect(() => {
    const all = known.current
    return () =>
      all.forEach((k) => {
        clearTimeout(k.timer)
        k.timer = undefined
      })
  }, [])
}

/** useRunning reads who sits in the shifts that are on, and anew when a stream says that a number changed. */
export function useRunning(shifts: OfBooking[], now: number): Running[] {
  useReread(shifts.map(({ shift }) => shift))
  const rosters = useQueries({
    queries: shifts.map(({ shift: s }) => ({
      queryKey: ['roster', s.id],
      refetchOnMount: 'always' as const,
      refetchInterval: 30_000, // no number tells of a break
      queryFn: async () => (await body(api.GET('/api/v1/shifts/{id}/assignments', { params: { path: { id: s.id } } }))).items,
    })),
  })
  return shifts.map(({ booking, shift }, i) => {
    const roster = rosters[i]?.data ?? []
    return { booking, shift, roster, seats: seatsOf(shift, roster, now), read: rosters[i]?.data !== undefined }
  })
}

/** Which seats the list shows: those that nobody sits in, those of one state, those on a break, or all. */
export type Which = 'away' | 'missing' | 'late' | 'open' | 'standby' | 'break' | 'on' | 'held' | 'all'

/** SeatRow is one seat of a running shift, and since when it is as it is. */
export interface SeatRow {
  key: string
  seat: Seat
  of: Running
  since: number
  pause: boolean
}

const urgency: Record<string, number> = { missing: 0, late: 1, open: 2, standby: 3, held: 4, on: 5, finished: 6 }

/** So long after the start who has not checked in is missing. */
export const graceMinutes = 10

function since(seat: Seat, shift: LiveShift) {
  const e = seat.entry
  if (seat.state === 'missing') return Date.parse(e!.starts_at) + graceMinutes * 60_000
  if (seat.state === 'on' && e?.checked_in_at) return Math.max(Date.parse(e.checked_in_at), Date.parse(e.starts_at))
  return Date.parse(seat.before ? seat.before.starts_at : (e?.starts_at ?? shift.starts_at))
}

/** rowsOf are all seats of running shifts, the most urgent first; of one state the one that has lasted longest. */
export function rowsOf(running: Running[]): SeatRow[] {
  return running
    .flatMap((r) =>
      r.seats.map((seat) => ({
        key: seatKey(r.shift.id, seat.no),
        seat,
        of: r,
        since: since(seat, r.shift),
        pause: seat.state === 'on' && seat.entry?.on_break === true,
      })),
    )
    .sort(
      (a, b) =>
        urgency[a.seat.state]! - urgency[b.seat.state]! || Number(b.pause) - Number(a.pause) || a.since - b.since || a.seat.no - b.seat.no,
    )
}

export const seatKey = (shift: string, no: number) => `${shift} ${no}`

/** isOf tells whether a seat is one of those shown. */
export function isOf(r: SeatRow, which: Which) {
  if (which === 'all') return true
  if (which === 'break') return r.pause
  if (which === 'away') return urgency[r.seat.state]! <= 3
  return r.seat.state === which
}

/** found tells whether a seat is meant by what somebody typed: a name, a booking, a shop, or a seat's number. */
export function found(r: SeatRow, sought: string) {
  const words = sought.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const text = `${r.seat.entry?.name ?? ''} ${r.seat.before?.name ?? ''} ${r.of.booking.title} ${r.of.booking.shop_name}`.toLowerCase()
  return words.every((w) => text.includes(w) || String(r.seat.no) === w.replace(/^#/, ''))
}

/** Hour is how many seats an hour has, and how many of them somebody holds. */
export interface Hour {
  at: number
  seats: number
  filled: number
}

/** hoursOf counts the seats of each hour, from the one that runs. A shift counts in every hour that it touches. */
export function hoursOf(shifts: LiveShift[], now: number, count = 24): Hour[] {
  const first = Math.floor(now / 3_600_000) * 3_600_000
  return Array.from({ length: count }, (_, i) => {
    const at = first + i * 3_600_000
    const touching = shifts.filter((s) => touches(s, at, now))
    return { at, seats: touching.reduce((n, s) => n + s.seats, 0), filled: touching.reduce((n, s) => n + Math.min(s.filled, s.seats), 0) }
  })
}

/** inHour are the shifts that an hour counts. */
export const inHour = (shifts: OfBooking[], at: number, now: number) => shifts.filter(({ shift }) => touches(shift, at, now))

const touches = (s: LiveShift, at: number, now: number) =>
  s.state !== 'cancelled' && Date.parse(s.starts_at) < at + 3_600_000 && Date.parse(s.ends_at) > Math.max(at, now)
