import { expect } from 'vitest'
import { barriers, journey, open, overflow, people, settled, signIn, token, url } from './browser'

interface List<T> {
  items: T[]
}
interface Shift {
  id: string
  starts_at: string
  ends_at: string
  seats: number
}
interface Entry {
  name: string
  seat: number
  state: string
  on_break?: boolean
}

/** Who is at a seat now, by the rosters of the shifts that run. */
async function presentNow(page: Awaited<ReturnType<typeof open>>, bearer: string) {
  const items = async <T>(path: string) =>
    ((await (await page.request.get(url + '/api/v1' + path, { headers: { Authorization: 'Bearer ' + bearer } })).json()) as List<T>).items
  const day = new Date(Date.now() + 32 * 3_600_000).toISOString().slice(0, 10)
  const bookings = (await items<{ id: string; starts_on: string }>('/bookings?state=confirmed&limit=200')).filter((b) => b.starts_on <= day)
  const shifts = (await Promise.all(bookings.map((b) => items<Shift>(`/bookings/${b.id}/shifts`)))).flat()
  const running = shifts.filter((x) => Date.parse(x.starts_at) - 15 * 60_000 <= Date.now() && Date.parse(x.ends_at) > Date.now())
  return (await Promise.all(running.map((s) => items<Entry>(`/shifts/${s.id}/assignments`)))).flat().filter((e) => e.state === 'present')
}

journey(
  'J4: a merchant sees the peak, every number opens its rows, and they add up',
  async () => {
    const page = await open()
    await signIn(page, people.owner, '/merchant/today')
    await settled(page)
    const figures = page.getByRole('region', { name: '现在的数' })
    const on = figures.getByRole('button').first()
    const rows = page.getByRole('region', { name: '一席一席看' })
    const listed = async () => Number(/列出 (\d+) 席/.exec((await rows.getByRole('status').textContent()) ?? '')?.[1])

    // The demo's agents go on meanwhile: the board and the rosters agree within moments.
    const bearer = await token(page, people.owner)
    await on.click()
    await expect.poll(listed, { timeout: 30_000 }).toBeGreaterThan(8)
    await expect
      .poll(
        async () => {
          const there = (await presentNow(page, bearer)).length
          return { figure: Number(/\d+/.exec((await on.textContent()) ?? '')?.[0]) - there, rows: (await listed()) - there }
        },
        { timeout: 60_000 },
      )
      .toEqual({ figure: 0, rows: 0 })
    expect(await figures.getByText(/秒前|刚刚/).count()).toBeGreaterThan(0)

    // A name finds its seat; a seat of the strip opens its row, by keyboard too.
    const everybody = await listed()
    const present = await presentNow(page, bearer)
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
    await expect.poll(listed).toBeGreaterThan(8)
    expect(await barriers(page)).toEqual([])

    const phone = await open({ size: 'phone', language: 'en' })
    await signIn(phone, people.owner, '/merchant/today')
    await settled(phone)
    await phone.getByText('Seat by seat').waitFor()
    expect(await overflow(phone)).toBe(0)
  },
  180_000,
)
