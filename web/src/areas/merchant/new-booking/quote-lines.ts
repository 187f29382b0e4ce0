import type { Schema } from '@/api/client'
import { clockTime } from '@/design/time'

type Line = Schema<'QuoteLine'>

/** Group is one daily window over all its dates, or the priority bought for it: what a person compares. Its sums are those of its lines. */
export interface Group {
  key: string
  kind: Line['kind']
  from: string
  to: string
  days: number
  seats: number
  minutes: number
  charge: number
  least: number
  most: number
  chance: number | null
  shift: string
  lines: Line[]
}

/** groups adds a quote's lines up by window, in the order of a day that begins at the minute given. chance is weighed by seats; shift is the one that is hardest to fill. */
export function groups(lines: Line[], zone: string, start = 0): Group[] {
  const by = new Map<string, Line[]>()
  for (const l of lines) {
    const key = `${l.kind} ${clockTime(l.starts_at, zone)} ${clockTime(l.ends_at, zone)}`
    by.set(key, [...(by.get(key) ?? []), l])
  }
  return [...by]
    .map(([key, own]) => {
      const first = own[0]!
      const known = own.filter((l) => l.fill_chance !== undefined)
      const seats = known.reduce((n, l) => n + l.seats, 0)
      const rates = own.map((l) => l.charge_per_hour.amount)
      return {
        key,
        kind: first.kind,
        from: clockTime(first.starts_at, zone),
        to: clockTime(first.ends_at, zone),
        days: own.length,
        seats: first.seats,
        lines: own,
        minutes: own.reduce((n, l) => n + l.minutes, 0),
        charge: own.reduce((n, l) => n + l.charge.amount, 0),
        least: Math.min(...rates),
        most: Math.max(...rates),
        chance: seats > 0 ? known.reduce((n, l) => n + l.fill_chance! * l.seats, 0) / seats : null,
        shift: [...known].sort((a, b) => a.fill_chance! - b.fill_chance!)[0]?.shift_id ?? first.shift_id,
      }
    })
    .sort((a, b) => a.kind.localeCompare(b.kind) * -1 || after(a.from, start) - after(b.from, start))
}

const after = (time: string, start: number) => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3)) - start + 2880) % 1440
