import { useCallback, useState } from 'react'
import type { Schema } from '@/api/client'

/** Form is all that somebody has said about a booking to be: the draft itself, and last peak with what it is planned by. */
export interface Form {
  shop: string
  campaign: string
  title: string
  starts_on: string
  ends_on: string
  windows: Schema<'Window'>[]
  byHand: boolean
  requirements: Schema<'Requirement'>[] | null
  core: string[]
  trial: boolean
  priority: 1 | 2
  peak: { name: string; text: string } | null
  handling: number
  concurrency: number
  patience: number | null
  target: number
  within: number
  growth: number
  model: 'a' | 'c'
  day: 'most' | number
}

export const blank: Form = {
  shop: '',
  campaign: '',
  title: '',
  starts_on: '',
  ends_on: '',
  windows: [],
  byHand: false,
  requirements: null,
  core: [],
  trial: false,
  priority: 1,
  peak: null,
  handling: 240,
  concurrency: 3,
  patience: 60,
  target: 80,
  within: 20,
  growth: 0,
  model: 'a',
  day: 'most',
}

const key = (draft: string | null) => 'peakseat.booking.' + (draft ?? 'new')

/** kept is what was typed before a reload; the version is that of the draft it was saved as. */
export function kept(draft: string | null): { form: Form; version: number } | null {
  try {
    const found = JSON.parse(localStorage.getItem(key(draft)) ?? 'null') as { form: Form; version: number } | null
    return found && { form: { ...blank, ...found.form }, version: found.version }
  } catch {
    return null
  }
}

export function keep(draft: string | null, form: Form, version: number) {
  try {
    localStorage.setItem(key(draft), JSON.stringify({ form, version }))
    if (draft) localStorage.removeItem(key(null))
  } catch {
    /* a full or closed storage loses the reload, nothing else */
  }
}

export const forgetKept = (draft: string | null) => localStorage.removeItem(key(draft))

/** fromBooking is the form of a booking that is there: a draft to go on with, or an earlier one to book again like. */
export const fromBooking = (b: Schema<'Booking'>): Partial<Form> => ({
  shop: b.shop_id,
  campaign: b.campaign_id ?? '',
  title: b.title,
  starts_on: b.starts_on,
  ends_on: b.ends_on,
  windows: b.windows,
  byHand: true,
  requirements: b.requirements,
  core: b.core_team,
  trial: b.trial_seats_allowed,
})

/** requestOf is the booking as the API takes it, or null while something is missing. */
export function requestOf(f: Form, title: string, requirements: Schema<'Requirement'>[]): Schema<'BookingRequest'> | null {
  if (!f.shop || !f.starts_on || !f.ends_on || f.windows.length === 0 || !title.trim()) return null
  return {
    shop_id: f.shop,
    campaign_id: f.campaign || undefined,
    title: title.trim(),
    starts_on: f.starts_on,
    ends_on: f.ends_on,
    windows: f.windows,
    requirements,
    core_team: f.core,
    trial_seats_allowed: f.trial,
  }
}

export function useForm(first: () => Form) {
  const [form, setForm] = useState(first)
  const change = useCallback(
    (part: Partial<Form> | ((f: Form) => Partial<Form>)) => setForm((f) => ({ ...f, ...(typeof part === 'function' ? part(f) : part) })),
    [],
  )
  return [form, change] as const
}
