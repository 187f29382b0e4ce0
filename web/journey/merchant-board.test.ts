import { expect } from 'vitest'
import { barriers, call, journey, open, overflow, people, settled, signIn } from './browser'

interface List<T> { items: T[] }
interface Shift { id: string; starts_at: string; ends_at: string; seats: number }
interface Entry { name: string; seat: number; state: string; on_break?: boolean }

/** What the rosters say of the shifts that run now. */
async function rosters(page: Awaited<ReturnType<typeof open>>) {
  const bookings = await call<List<{ id: string }>>(page, people.owner, 'GET', '/bookings?state=confirmed&limit=200')
  const entries: Entry[] = []
  let seats = 0
  for (const b of bookings.items) {
    const shifts = await call<List<Shift>>(page, people.owner, 'GET', `/bookings/${b.id}/shifts`)
    for (const s of shifts.items.filter((x) => Date.parse(x.starts_at) - 15 * 60_000 <= Date.now() && Date.parse(x.ends_at) > Date.now())) {
      seats += s.seats
      entries.push(...(await call<List<Entry>>(page, people.owner, 'GET', `/shifts/${s.id}/assignments`)).items)
    }
  }
  return { seats, present: entries.filter((e) => e.state === 'present') }
}

journey('J4: a merchant sees the peak, every number opens its rows, and they add up', async () => {
  const page = await open()
  await signIn(page, people.owner, '/merchant/today')
  await settled(page)
  const figures = page.getByRole('region', { name: '现在的数' })
  const on = figures.getByRole('button').first()
  const rows = page.getByRole('region', { name: '一席一席看' })
  const listed = async () => Number(/列出 (\d+) 席/.exec((await rows.getByRole('status').textContent()) ?? '')?.[1])

  // The demo's agents go on meanwhile: the board and the rosters agree within moments.
  await expect.poll(async () => {
    const told = await rosters(page)
    await on.click()
    return [Number(await on.textContent()), await listed(), told.present.length > 10].join() === [told.present.length, told.present.length, true].join()
  }, { timeout: 30_000 }).toBe(true)
  expect(await figures.getByText(/秒前|刚刚/).count()).toBeGreaterThan(0)

  // A name finds its seat; a seat of the strip opens its row, by keyboard too.
  const everybody = await listed()
  const { present } = await rosters(page)
  await rows.getByLabel('姓名、预订或席号').fill(present[0]!.name)
  await expect.poll(listed).toBeLessThan(everybody)
  expect(await listed()).toBeGreaterThan(0)
  await rows.getByLabel('姓名、预订或席号').fill('')
  const strip = page.getByRole('group', { name: /席/ }).getByRole('button').first()
  await strip.focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect.poll(listed).toBe(1)
  await rows.getByText('2 号席').waitFor()
  await rows.getByRole('button', { name: '看所有席位' }).click()
  await expect.poll(listed).toBeGreaterThan(10)
  expect(await barriers(page)).toEqual([])

  const phone = await open({ size: 'phone', language: 'en' })
  await signIn(phone, people.owner, '/merchant/today')
  await settled(phone)
  await phone.getByText('Seat by seat').waitFor()
  expect(await overflow(phone)).toBe(0)
}, 120_000)
