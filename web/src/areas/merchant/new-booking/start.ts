import dayjs from 'dayjs'
import type { Schema } from '@/api/client'
import { defaultZone, localDate } from '@/design/time'
import { blank, fromBooking, kept, type Form } from './form'

/** first is the form as it is when the page opens: a draft gone on with, what was typed before a reload, an earlier booking again, or the next campaign's days. */
export function first(
  draft: Schema<'Booking'> | undefined,
  like: Schema<'Booking'> | undefined,
  shops: Schema<'Shop'>[],
  campaigns: Schema<'Campaign'>[],
): Form {
  const before = like ? null : kept(draft?.id ?? null)
  if (draft) return before?.version === draft.version ? before.form : { ...(before?.form ?? blank), ...fromBooking(draft) }
  if (before) return shops.some((s) => s.id === before.form.shop) ? before.form : { ...before.form, shop: shops[0]?.id ?? '' }
  const today = localDate(Date.now(), shops[0]?.time_zone)
  const next = campaigns.filter((c) => c.starts_on > today).sort((a, b) => a.starts_on.localeCompare(b.starts_on))[0]
  const base = { ...blank, shop: shops[0]?.id ?? '', ...ofCampaign(next, shops[0]?.time_zone) }
  if (!like) return base
  const days = dayjs(like.ends_on).diff(dayjs(like.starts_on), 'day') // as long as it was, where no campaign says otherwise
  return {
    ...base,
    ...fromBooking(like),
    title: '',
    campaign: base.campaign,
    starts_on: base.starts_on,
    ends_on: next ? base.ends_on : dayjs(base.starts_on).add(days, 'day').format('YYYY-MM-DD'),
  }
}

/** ofCampaign takes a campaign's dates along, those that are left of it; without one, three days from a week on. */
export function ofCampaign(c: Schema<'Campaign'> | undefined, zone = defaultZone): Pick<Form, 'campaign' | 'starts_on' | 'ends_on'> {
  const today = localDate(Date.now(), zone)
  if (c) return { campaign: c.id, starts_on: c.starts_on > today ? c.starts_on : today, ends_on: c.ends_on > today ? c.ends_on : today }
  return { campaign: '', starts_on: localDate(Date.now() + 7 * 86_400_000), ends_on: localDate(Date.now() + 9 * 86_400_000) }
}

/** usual is what a shop's pre-sale seats need when nothing else is said. */
export const usual = (shop: Schema<'Shop'> | undefined): Schema<'Requirement'>[] =>
  shop
    ? [
        ...shop.channels.slice(0, 1).map((c) => ({ tag: 'channel/' + c, level: 1 })),
        { tag: 'function/presale', level: 1 },
        { tag: 'industry/' + shop.industry, level: 1 },
      ]
    : []

/** nightsOf is how many dates a form has. */
export const nightsOf = (f: Form) => (f.starts_on && f.ends_on ? dayjs(f.ends_on).diff(dayjs(f.starts_on), 'day') + 1 : 0)
