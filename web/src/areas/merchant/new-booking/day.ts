import type { Peak } from './contacts'

/** Day is one working day of a peak, which may begin in the evening: contacts by slot from `from` on, in minutes after the midnight of its date. */
export interface Day {
  from: number
  interval: 15 | 30 | 60
  contacts: number[]
}

const round = 24 * 60

/** cutOf is the minute of the day at which the fewest contacts are cut apart: where one working day ends and the next begins. */
export function cutOf({ rows, interval }: Pick<Peak, 'rows' | 'interval'>): number {
  const by = new Array<number>(round / interval).fill(0)
  for (const r of rows) {
    const slot = Math.floor((r.at % round) / interval)
    by[slot] = Math.max(by[slot]!, r.contacts)
  }
  const near = Math.max(1, 120 / interval)
  const cost = by.map((_, i) => {
    let sum = 0
    for (let k = -near; k < near; k++) sum += by[(i + k + by.length) % by.length]!
    return sum
  })
  // Of equally quiet moments the middle of the longest stretch; of equally long ones the first after 03:00.
  const least = Math.min(...cost),
    quiet = cost.map((c) => c === least)
  const start = (3 * 60) / interval
  let best = { at: start, length: 0 }
  for (let i = 0; i < by.length; i++) {
    const at = (start + i) % by.length
    if (!quiet[at] || (quiet[(at - 1 + by.length) % by.length] && i > 0)) continue
    let length = 0
    while (length < by.length && quiet[(at + length) % by.length]) length++
    if (length > best.length) best = { at: (at + Math.floor(length / 2)) % by.length, length }
  }
  return best.at * interval
}

/** datesOf are the working days that the rows lie in, as days since 1970. */
export function datesOf(peak: Pick<Peak, 'rows' | 'interval'>, cut = cutOf(peak)): number[] {
  return [...new Set(peak.rows.map((r) => Math.floor((r.at - cut) / round)))]
}

/**
 * dayOf folds a peak into one working day, because a booking has the same windows on each of its dates: the most contacts that any of the days had at
 * that time, or those of one day. It covers whole hours from an hour before the first contact to an hour after the last, and 8 hours at least.
 */
export function dayOf(peak: Pick<Peak, 'rows' | 'interval'>, date: number | 'most' = 'most'): Day {
  const { interval, rows } = peak
  const cut = cutOf(peak)
  const slots = new Array<number>(round / interval).fill(0)
  for (const r of rows) {
    const own = Math.floor((r.at - cut) / round)
    if (date !== 'most' && own !== date) continue
    const slot = Math.floor(((((r.at - cut) % round) + round) % round) / interval)
    slots[slot] = Math.max(slots[slot]!, r.contacts)
  }
  const some = rows.map((r) => Math.floor(((((r.at - cut) % round) + round) % round) / interval)).sort((a, b) => a - b)
  const hour = 60 / interval
  let first = Math.floor((some[0] ?? 0) / hour) * hour - hour,
    last = Math.ceil(((some.at(-1) ?? 0) + 1) / hour) * hour + hour
  while (last - first < 8 * hour) {
    first -= hour
    last += hour
  }
  first = Math.max(0, first)
  last = Math.min(slots.length, last)
  return { from: cut + first * interval, interval, contacts: slots.slice(first, last) }
}

/** emptyDay is the axis for who has no contacts to show: a morning to the next. */
export const emptyDay: Day = { from: 6 * 60, interval: 30, contacts: new Array<number>(48).fill(0) }

/** clock is a minute of a working day as clocks show it: 1470 is 00:30. */
export const clock = (minute: number) => {
  const m = ((minute % round) + round) % round
  return `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`
}
