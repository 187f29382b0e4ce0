import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, body, type Schema } from '@/api/client'
import type { Day } from './day'
import type { Form } from './form'

/** A day of no date in particular: the planner wants moments, and only their distance from midnight matters. */
export const zero = Date.UTC(2001, 0, 1)

/** Planned is the seats of one day by slot: by the model chosen, at 80% and 120% of the contacts, and by Erlang C beside it. */
export interface Planned {
  need: number[]
  low: number[]
  high: number[]
  c: number[]
  contacts: number[]
  windows: Schema<'SeatPlanWindow'>[]
  intervals: Schema<'SeatPlanInterval'>[]
  approximate: boolean
}

export type Parameters = Pick<Form, 'handling' | 'concurrency' | 'patience' | 'target' | 'within' | 'growth' | 'model'>

/** useSeatPlan asks the planner, a moment after the last key was pressed; what it said before stays until it answers. */
export function useSeatPlan(day: Day | null, p: Parameters) {
  const asked = useSettled(JSON.stringify(day && { day, p: pick(p) }), 250)
  return useQuery({
    queryKey: ['seat-plan', asked],
    enabled: asked !== 'null',
    staleTime: Infinity,
    placeholderData: keepPreviousData,
    retry: 1,
    queryFn: async () => {
      const { day: d, p: q } = JSON.parse(asked) as { day: Day; p: Parameters }
      const patient = q.model === 'a' && q.patience ? q.patience : undefined
      const ask = (share: number) =>
        body(
          api.POST('/api/v1/seat-plans', {
            body: {
              interval_minutes: d.interval,
              handling_seconds: q.handling,
              concurrency: q.concurrency,
              patience_seconds: patient,
              service_level: q.target / 100,
              threshold_seconds: q.within,
              contacts: d.contacts.map((n, i) => ({
                starts_at: new Date(zero + (d.from + i * d.interval) * 60_000).toISOString(),
                contacts: Math.round(n * (1 + q.growth / 100) * share * 10) / 10,
              })),
            },
          }),
        )
      const [at, low, high] = await Promise.all([ask(1), ask(0.8), ask(1.2)])
      const seats = (plan: Schema<'SeatPlan'>) => plan.intervals.map((i) => (patient ? (i.erlang_a ?? i.erlang_c) : i.erlang_c).scheduled)
      return {
        need: seats(at),
        low: seats(low),
        high: seats(high),
        c: at.intervals.map((i) => i.erlang_c.scheduled),
        contacts: at.intervals.map((i) => i.contacts),
        windows: at.windows,
        intervals: at.intervals,
        approximate: at.approximate,
      } satisfies Planned
    },
  })
}

const pick = ({ handling, concurrency, patience, target, within, growth, model }: Parameters): Parameters => ({
  handling,
  concurrency,
  patience,
  target,
  within,
  growth,
  model,
})

/** useSettled is a value once it has not changed for so many milliseconds. */
function useSettled(value: string, after: number) {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), after)
    return () => clearTimeout(timer)
  }, [value, after])
  return settled
}
