import { useQuery } from '@tanstack/react-query'
import { api, body, type Schema } from '@/api/client'

export type Window = Schema<'WeeklyWindow'>

export const useAvailability = () =>
  useQuery({ queryKey: ['availability'], queryFn: () => body(api.GET('/api/v1/availability')), staleTime: 60_000 })

const minutes = (clock: string) => {
  const [h = 0, m = 0] = clock.split(':').map(Number)
  return h * 60 + m
}

/** cover is what each day of the week, Monday first, has of windows, in minutes of the day; one past midnight goes on in the next day. */
export function cover(list: Window[]): { from: number; to: number }[][] {
  const days: { from: number; to: number }[][] = Array.from({ length: 7 }, () => [])
  for (const w of list) {
    const from = minutes(w.start),
      to = minutes(w.end)
    if (from < to) days[w.weekday - 1]!.push({ from, to })
    else {
      days[w.weekday - 1]!.push({ from, to: 1440 })
      if (to > 0) days[w.weekday % 7]!.push({ from: 0, to })
    }
  }
  return days
}

/** withWindow adds a window to days of the week; what it touches on the same day becomes one with it. A window with start = end is a whole day. */
export function withWindow(list: Window[], weekdays: number[], start: string, end: string): Window[] {
  const added = weekdays.map((weekday): Window => ({ weekday, start, end }))
  const whole = (w: Window) => ({ from: minutes(w.start), to: minutes(w.end) > minutes(w.start) ? minutes(w.end) : minutes(w.end) + 1440 })
  const clock = (m: number) => `${String(Math.floor((m % 1440) / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`
  const merged: Window[] = []
  for (const w of [...list, ...added].sort((a, b) => a.weekday - b.weekday || minutes(a.start) - minutes(b.start))) {
    const last = merged.at(-1)
    if (last && last.weekday === w.weekday && whole(w).from <= whole(last).to) {
      const to = Math.max(whole(last).to, whole(w).to)
      merged[merged.length - 1] = { ...last, end: clock(Math.min(to, whole(last).from + 1440)) }
    } else merged.push(w)
  }
  return merged
}

/** hoursOf is how many hours of the week are covered. */
export const hoursOf = (list: Window[]) =>
  cover(list)
    .flat()
    .reduce((s, p) => s + p.to - p.from, 0) / 60
