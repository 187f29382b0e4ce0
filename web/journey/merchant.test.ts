import { expect } from 'vitest'
import { barriers, call, journey, open, people, settled, signIn, url } from './browser'

const file = (rows: string[]) => ({
  name: '2025双11-咨询量.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from('时间,咨询量\n' + rows.join('\n') + '\n'),
})

// 60 contacts a half hour, 240 s each, three at once: four seats by Erlang A with 60 s of patience.
const night = Array.from({ length: 16 }, (_, i) => {
  const minute = 18 * 60 + i * 30
  return `2025-11-${minute < 1440 ? 10 : 11} ${String(Math.floor(minute / 60) % 24).padStart(2, '0')}:${minute % 60 ? '30' : '00'},60`
})

interface Booking {
  id: string
  title: string
  state: string
  core_team: string[]
  requirements: { tag: string; level: number }[]
  windows: { start: string; end: string; seats: number }[]
  time_zone: string
  seats: number
}

journey(
  "J1: a two-person shop books four seats from last year's contacts and confirms",
  async () => {
    const page = await open()
    const email = `shop-${crypto.randomUUID()}@journey.peakseat.test`
    const made = await page.request.post(url + '/api/v1/accounts', {
      data: { kind: 'merchant', email, password: 'peakseat-demo', name: '林小满', organisation: '木南服饰' },
    })
    expect(made.status()).toBe(201)
    await signIn(page, email, '/merchant/bookings/new')

    await page.getByLabel('店铺名称').fill('木南童装')
    await page.getByRole('combobox', { name: '卖什么' }).click()
    await page.getByTitle('服饰鞋包').click()
    await page.getByRole('button', { name: '开店铺' }).click()
    await page.getByRole('combobox', { name: '店铺' }).waitFor()

    // A line that cannot be read is named; the text stays, and mending it is enough.
    await page.locator('input[type=file]').setInputFiles(file(night.with(2, '2025-11-10 19:00,很多')))
    await page.getByText('次数应是数字').waitFor()
    const text = page.getByLabel('上次高峰的咨询量，一行一个时段')
    await text.fill((await text.inputValue()).replace('很多', '60'))
    await page.getByRole('button', { name: '就用这些' }).click()

    const slice = page.getByRole('button', { name: '4 席 18:00–02:00 次日' })
    await slice.waitFor()
    const confirm = page.getByRole('button', { name: /^确认，托管/ })
    const amount = () => confirm.textContent()
    await page.getByRole('button', { name: /^充值 ¥/ }).waitFor()
    const four = await amount()

    // The price follows the keyboard, and a reload keeps what was typed.
    await slice.focus()
    await page.keyboard.press('ArrowUp')
    await expect.poll(amount, { timeout: 10_000 }).not.toBe(four)
    await page.getByRole('button', { name: '5 席 18:00–02:00 次日' }).press('ArrowDown')
    await expect.poll(amount, { timeout: 10_000 }).toBe(four)
    await page.waitForURL(/draft=/)
    await page.reload()
    await slice.waitFor()
    await page.getByText('2025双11-咨询量.csv').waitFor()
    expect(await barriers(page)).toEqual([])

    await page.getByRole('button', { name: /^充值 ¥/ }).click()
    await expect.poll(() => confirm.isEnabled(), { timeout: 10_000 }).toBe(true)
    expect(await amount()).toBe(four)
    await confirm.click()
    await page.waitForURL(/\/merchant\/bookings\/[0-9a-f-]{36}$/)
    await page.getByText('席已开放，托管款已到位').waitFor()

    const id = page.url().split('/').at(-1)!
    const booking = await call<Booking>(page, email, 'GET', '/bookings/' + id)
    expect(booking).toMatchObject({ state: 'confirmed', time_zone: 'Asia/Shanghai', windows: [{ start: '18:00', end: '02:00', seats: 4 }] })
    const wallet = await call<{ available: { amount: number }; escrow: { amount: number } }>(page, email, 'GET', '/wallet')
    expect(wallet.available.amount).toBe(0)
    expect('确认，托管 ¥' + (wallet.escrow.amount / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })).toBe(four)
  },
  120_000,
)

// J7: again like an earlier one: the same windows, skills and people, on the next campaign's days.
journey(
  'a booking is made again like an earlier one, its core team asked first',
  async () => {
    const page = await open()
    const { items } = await call<{ items: Booking[] }>(page, people.booker, 'GET', '/bookings?state=confirmed&limit=200')
    const before = items.find((b) => b.core_team.length > 0)!
    await signIn(page, people.booker, '/merchant/bookings/' + before.id)
    await settled(page)
    await page.getByRole('button', { name: '照这张再订' }).click()
    await page.getByText(`照“${before.title}”`).waitFor()
    await page.getByText(/^核心团队 [1-9]/).waitFor()
    await page.waitForURL(/draft=/)
    const again = await call<Booking>(page, people.booker, 'GET', '/bookings/' + new URL(page.url()).searchParams.get('draft'))
    expect(again).toMatchObject({ state: 'draft', windows: before.windows, requirements: before.requirements, core_team: before.core_team })
    // who books and may not touch money is told who can
    await expect
      .poll(
        async () =>
          (await page.getByRole('button', { name: /^确认，托管 ¥/ }).isEnabled()) ||
          (await page.getByText('请主账号或财务充值').count()) > 0,
        { timeout: 15_000 },
      )
      .toBe(true)
    expect(await barriers(page)).toEqual([])
  },
  60_000,
)
