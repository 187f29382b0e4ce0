import type { Schema } from '@/api/client'

export type Mine = Schema<'Attendance'>
type Money = Schema<'Money'>

/**
 * Where an assignment stands now. ahead: check-in is not open; open: check in; late: it has started; missing: counted as missed,
 * the seat may still be free; working: on seat; over: nothing to do any more.
 */
export type Phase = 'ahead' | 'open' | 'late' | 'missing' | 'working' | 'over'

export function phaseOf(a: Pick<Mine, 'state' | 'starts_at' | 'ends_at' | 'check_in_opens_at' | 'missed_at'>, now: number): Phase {
  const before = (at: string) => now < Date.parse(at)
  if (a.state === 'present') return 'working'
  if ((a.state !== 'held' && a.state !== 'missing') || !before(a.ends_at)) return 'over'
  if (a.state === 'missing' || !before(a.missed_at)) return 'missing'
  return before(a.check_in_opens_at) ? 'ahead' : before(a.starts_at) ? 'open' : 'late'
}

/** nextOf is the assignment to think of first: the one being worked, else the earliest that is not over. */
export function nextOf(list: Mine[], now: number): Mine | undefined {
  const ahead = list.filter((a) => phaseOf(a, now) !== 'over').sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at))
  return ahead.find((a) => a.state === 'present') ?? ahead[0]
}

/** streakOf counts the shifts worked on time since the last one that was late or missed. */
export function streakOf(list: Mine[]): number {
  const done = list
    .filter((a) => a.state === 'finished' || a.state === 'missing')
    .sort((a, b) => Date.parse(b.starts_at) - Date.parse(a.starts_at))
  const broken = done.findIndex((a) => a.late || a.state === 'missing')
  return broken < 0 ? done.length : broken
}

export const minutesOf = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / 60_000)

/** payFor is minutes at a rate per hour, rounded half up to the fen once. */
export const payFor = (perHour: Money, minutes: number): Money => ({
  amount: Math.floor((perHour.amount * minutes + 30) / 60),
  currency: perHour.currency,
})

/** A day of the week that is shown: its date, and what its work brings, by how sure that is. */
export interface DayPay {
  date: string
  settled: number
  submitted: number
  planned: number
}

/**
 * weekPay sums what each day from the given seven brings, in minor units: settled and paid lines, timesheets that wait, and
 * seats still to be worked. A shift belongs to the day it starts on.
 */
export function weekPay(
  days: string[],
  dateOf: (at: string) => string,
  mine: Mine[],
  lines: Pick<Schema<'EarningLine'>, 'assignment_id' | 'starts_at' | 'state' | 'gross'>[],
): DayPay[] {
  const pays = new Map(days.map((date) => [date, { date, settled: 0, submitted: 0, planned: 0 }]))
  const told = new Set<string>()
  for (const line of lines) {
    const day = pays.get(dateOf(line.starts_at))
    told.add(line.assignment_id)
    if (day) day[line.state === 'payable' ? 'settled' : 'submitted'] += line.gross.amount
  }
  for (const a of mine) {
    const day = pays.get(dateOf(a.starts_at))
    if (!day || told.has(a.id)) continue
    if (a.state === 'finished') day.submitted += payFor(a.pay_per_hour, a.paid_minutes ?? 0).amount
    if (a.state === 'held' || a.state === 'present') day.planned += payFor(a.pay_per_hour, minutesOf(a.starts_at, a.ends_at)).amount
  }
  return [...pays.values()]
}

/** weekOf is the seven dates from Monday of the week that a date (2026-11-10) lies in, so many weeks on. */
export function weekOf(date: string, weeks = 0): string[] {
  const day = new Date(date + 'T00:00:00Z')
  const monday = day.getTime() - ((day.getUTCDay() + 6) % 7) * 86_400_000 + weeks * 7 * 86_400_000
  return Array.from({ length: 7 }, (_, i) => new Date(monday + i * 86_400_000).toISOString().slice(0, 10))
}
