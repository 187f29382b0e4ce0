import { useCallback, useEffect, useMemo } from 'react'
import type { Schema } from '@/api/client'
import { readContacts } from './contacts'
import { cutOf, datesOf, dayOf, emptyDay, type Day } from './day'
import type { Form } from './form'
import { useSeatPlan, zero, type Planned } from './seat-plan'
import { booked, endOf, fromPlan, fromWindows, joined, longest, shortOf, split, toWindows, type Slice } from './windows'

/**
 * usePlanning is what follows from the contacts and the windows that a form has: the day that is asked about, the seats that it needs, the
 * windows on its axis, where they do not suffice, and the windows that the planner proposes. Those are taken until somebody drags one.
 */
export function usePlanning(form: Form, zone: string, change: (part: Partial<Form>) => void) {
  const text = form.peak?.text ?? null
  const peak = useMemo(() => (text === null ? null : readContacts(text, zone)), [text, zone])
  const days = useMemo(() => (peak && peak.rows.length > 0 ? datesOf(peak, cutOf(peak)) : []), [peak])
  const chosen: 'most' | number = form.day !== 'most' && days.includes(form.day) ? form.day : 'most'
  const asked = useMemo(() => (peak && peak.rows.length > 0 ? dayOf(peak, chosen) : null), [peak, chosen])
  const day = useMemo(() => covering(asked ?? emptyDay, form.windows), [asked, form.windows])
  const plan = useSeatPlan(asked, form)
  const slices = useMemo(() => fromWindows(form.windows, day.from), [form.windows, day.from])
  const need = useMemo(() => widened(plan.data?.need ?? [], asked, day), [plan.data, asked, day])
  const shown = useMemo(
    () => (plan.data && asked && plan.data.need.length === asked.contacts.length ? spread(plan.data, asked, day) : undefined),
    [plan.data, asked, day],
  )
  const have = useMemo(() => booked(slices, day), [slices, day])
  const { short, uncovered } = useMemo(() => shortOf(need, slices, day), [need, slices, day])
  const setSlices = useCallback((s: Slice[]) => change({ windows: toWindows(s), byHand: true }), [change])
  const proposal = useMemo(
    () => (plan.data && plan.data.windows.length > 0 ? toWindows(joined(whole(fromPlan(plan.data.windows, zero)))) : null),
    [plan.data],
  )
  const differs = proposal !== null && JSON.stringify(proposal) !== JSON.stringify(form.windows)
  useEffect(() => {
    if (proposal && !form.byHand && differs) change({ windows: proposal })
  }, [proposal, form.byHand, differs, change])
  return {
    peak,
    days,
    chosen,
    asked,
    day,
    plan,
    slices,
    need,
    shown,
    have,
    short,
    uncovered,
    setSlices,
    proposal: differs ? proposal : null,
  }
}

export type Planning = ReturnType<typeof usePlanning>

/** covering lengthens a day until it holds all the windows. */
function covering(day: Day, windows: Schema<'Window'>[]): Day {
  const slices = fromWindows(windows, day.from)
  const end = Math.max(endOf(day), ...slices.map((s) => s.to))
  const slots = Math.ceil((end - day.from) / day.interval)
  return slots === day.contacts.length
    ? day
    : { ...day, contacts: [...day.contacts, ...new Array<number>(slots - day.contacts.length).fill(0)] }
}

/** widened and spread put figures of the day that was asked about on the axis that is shown, which may be longer. */
const widened = (list: number[], asked: Day | null, day: Day) =>
  asked ? day.contacts.map((_, i) => list[i] ?? 0) : day.contacts.map(() => 0)
const spread = (plan: Planned, asked: Day, day: Day): Planned => {
  const wide = (list: number[]) => widened(list, asked, day)
  return { ...plan, need: wide(plan.need), low: wide(plan.low), high: wide(plan.high), c: wide(plan.c), contacts: wide(plan.contacts) }
}

/** whole cuts what is longer than a shift may be. */
const whole = (slices: Slice[]): Slice[] => slices.reduce((all, s) => (s.to - s.from > longest ? split(all, s.id) : all), slices)
