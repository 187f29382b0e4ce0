import type { Page } from 'playwright-core'
import { call, people } from './browser'

/** A list as the API answers it. */
export interface List<T> {
  items: T[]
}

/** A confirmed booking of the demo's owner whose only shift starts so many minutes from now; its id is answered once it is open. */
export async function shiftIn(page: Page, minutes: number, requirements: { tag: string; level: number }[]) {
  const shops = await call<List<{ id: string }>>(page, people.owner, 'GET', '/shops')
  const at = (plus: number) => new Date(Date.now() + (plus + 8 * 60) * 60_000).toISOString()
  const [from, to] = [at(minutes), at(minutes + 240)]
  const booking = await call<{ id: string }>(page, people.owner, 'POST', '/bookings', {
    shop_id: shops.items[0]!.id,
    title: 'journey',
    starts_on: from.slice(0, 10),
    ends_on: from.slice(0, 10),
    requirements,
    windows: [{ start: from.slice(11, 16), end: to.slice(11, 16), seats: 2 }],
  })
  const quote = await call<{ id: string }>(page, people.owner, 'POST', `/bookings/${booking.id}/quotes`, {})
  await call(page, people.owner, 'POST', `/bookings/${booking.id}/confirmation`, { quote_id: quote.id })
  const shifts = await call<List<{ id: string }>>(page, people.owner, 'GET', `/bookings/${booking.id}/shifts`)
  return shifts.items[0]!.id
}
