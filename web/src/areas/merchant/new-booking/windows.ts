import type { Schema } from '@/api/client'
import { clock, type Day } from './day'

/** Slice is a window on the axis of a working day, in minutes after the midnight of its date; one that ends after 1440 ends on the next day. */
export interface Slice {
  id: number
  from: number
  to: number
  seats: number
}

const step = 30
const round = 24 * 60

/** The longest shift that the rule book allows a booking; the server has the last word. */
export const longest = 12 * 60
export const mostSlices = 12

/** fromWindows puts a booking's windows on the axis that begins at `start`. */
export function fromWindows(windows: Schema<'Window'>[], start: number): Slice[] {
  return windows
    .map((w, id) => {
      let from = minutes(w.start)
      while (from < start) from += round
      let to = minutes(w.end)
      while (to <= from) to += round
      return { id, from, to, seats: w.seats }
    })
    .sort((a, b) => a.from - b.from)
}

/** toWindows are the windows as the API takes them. */
export const toWindows = (slices: Slice[]): Schema<'Window'>[] =>
  slices.map((s) => ({ start: clock(s.from), end: clock(s.to), seats: s.seats }))

/** fromPlan turns the planner's windows, which are moments of the day that was asked about, into slices; zero is that day's midnight. */
export function fromPlan(windows: Schema<'SeatPlanWindow'>[], zero: number): Slice[] {
  return windows.slice(0, mostSlices).map((w, id) => ({
    id,
    from: Math.round((Date.parse(w.start) - zero) / 60_000),
    to: Math.round((Date.parse(w.end) - zero) / 60_000),
    seats: Math.max(1, w.seats),
  }))
}

/**
 * joined draws a window that begins after midnight to the one that it follows: the API counts it by its own calendar date, so on its own it would lie
 * in the morning before the peak instead of in the night after it. Both get the seats of the busier.
 */
export function joined(slices: Slice[]): Slice[] {
  return inOrder(slices).reduce<Slice[]>((all, s) => {
    const before = all.at(-1)
    if (!before || s.from < round || before.to !== s.from || s.to - before.from > longest) return [...all, s]
    return [...all.slice(0, -1), { ...before, to: s.to, seats: Math.max(before.seats, s.seats) }]
  }, [])
}

const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
const snap = (minute: number) => Math.round(minute / step) * step

/** room is how far a slice may reach: to its neighbours, and to the ends of the axis. */
function room(slices: Slice[], id: number, day: Day): { low: number; high: number } {
  const own = slices.find((s) => s.id === id)!
  const low = Math.max(day.from, ...slices.filter((s) => s.id !== id && s.to <= own.from).map((s) => s.to))
  const high = Math.min(endOf(day), day.from + round, ...slices.filter((s) => s.id !== id && s.from >= own.to).map((s) => s.from))
  return { low, high }
}

export const endOf = (day: Day) => day.from + day.contacts.length * day.interval

const changed = (slices: Slice[], id: number, change: (s: Slice) => Partial<Slice>) =>
  slices.map((s) => (s.id === id ? { ...s, ...change(s) } : s))
const clamp = (n: number, low: number, high: number) => Math.min(Math.max(n, low), high)

/** move keeps a slice's length and stops at its neighbours. */
export function move(slices: Slice[], id: number, from: number, day: Day): Slice[] {
  const { low, high } = room(slices, id, day)
  return changed(slices, id, (s) => {
    const at = clamp(snap(from), low, Math.max(low, high - (s.to - s.from)))
    return { from: at, to: at + (s.to - s.from) }
  })
}

/** resize moves one end, to half an hour of length at least and the longest shift at most. */
export function resize(slices: Slice[], id: number, end: 'from' | 'to', at: number, day: Day): Slice[] {
  const { low, high } = room(slices, id, day)
  return changed(slices, id, (s) =>
    end === 'from'
      ? { from: clamp(snap(at), Math.max(low, s.to - longest), s.to - step) }
      : { to: clamp(snap(at), s.from + step, Math.min(high, s.from + longest)) },
  )
}

export const setSeats = (slices: Slice[], id: number, seats: number) =>
  changed(slices, id, () => ({ seats: clamp(Math.round(seats), 1, 5000) }))

/** split cuts a slice in two at its middle half hour; one of half an hour stays whole. */
export function split(slices: Slice[], id: number): Slice[] {
  const s = slices.find((x) => x.id === id)
  if (!s || s.to - s.from < 2 * step || slices.length >= mostSlices) return slices
  const middle = snap((s.from + s.to) / 2)
  return inOrder([...changed(slices, id, () => ({ to: middle })), { id: fresh(slices), from: middle, to: s.to, seats: s.seats }])
}

/** add puts a slice of up to four hours into the widest gap; it has the seats that are needed there. */
export function add(slices: Slice[], day: Day, need: number[]): Slice[] {
  const gap = widest(slices, day)
  if (!gap || slices.length >= mostSlices) return slices
  const to = Math.min(gap.to, gap.from + 240)
  const seats = Math.max(1, ...need.slice((gap.from - day.from) / day.interval, Math.ceil((to - day.from) / day.interval)))
  return inOrder([...slices, { id: fresh(slices), from: gap.from, to, seats: Number.isFinite(seats) ? seats : 1 }])
}

/** widest is the widest stretch of the axis without a slice, if it holds one. */
export function widest(slices: Slice[], day: Day): { from: number; to: number } | null {
  const edges = [{ from: day.from, to: day.from }, ...inOrder(slices), { from: endOf(day), to: endOf(day) }]
  const gaps = edges
    .slice(1)
    .map((s, i) => ({ from: Math.ceil(edges[i]!.to / step) * step, to: Math.floor(s.from / step) * step }))
    .filter((g) => g.to - g.from >= step)
  return gaps.sort((a, b) => b.to - b.from - (a.to - a.from))[0] ?? null
}

export const remove = (slices: Slice[], id: number) => slices.filter((s) => s.id !== id)

const inOrder = (slices: Slice[]) => [...slices].sort((a, b) => a.from - b.from)
const fresh = (slices: Slice[]) => Math.max(-1, ...slices.map((s) => s.id)) + 1

/** booked is the seats that the slices give each slot of the day: the fewest at any moment of it. */
export function booked(slices: Slice[], day: Day): number[] {
  return day.contacts.map((_, i) => {
    const from = day.from + i * day.interval,
      to = from + day.interval
    const over = slices.filter((s) => s.from < to && s.to > from)
    const covered = over.reduce((sum, s) => sum + Math.min(s.to, to) - Math.max(s.from, from), 0)
    return over.length === 0 || covered < day.interval ? 0 : Math.min(...over.map((s) => s.seats))
  })
}

/** Short is a slot inside the booked hours whose seats do not suffice. */
export interface Short {
  from: number
  by: number
  slot: number
}

/** shortOf are the slots that are booked with too few seats; uncovered are those with a need and no window at all. */
export function shortOf(need: number[], slices: Slice[], day: Day): { short: Short[]; uncovered: Short[] } {
  const have = booked(slices, day)
  const all = need.map((n, slot) => ({ slot, from: day.from + slot * day.interval, by: n - have[slot]! })).filter((s) => s.by > 0)
  return { short: all.filter((s) => have[s.slot]! > 0), uncovered: all.filter((s) => have[s.slot] === 0) }
}

/** raised gives every slice the seats that its busiest slot needs, where it has fewer. */
export const raised = (slices: Slice[], need: number[], day: Day): Slice[] =>
  slices.map((s) => ({
    ...s,
    seats: Math.max(s.seats, ...need.filter((_, i) => day.from + i * day.interval < s.to && day.from + (i + 1) * day.interval > s.from)),
  }))

/** hoursOf is the seat hours of one day. */
export const hoursOf = (slices: Slice[]) => slices.reduce((sum, s) => sum + ((s.to - s.from) / 60) * s.seats, 0)
