import { expect } from 'vitest'
import { call, journey, open, people, settled, signIn, url } from './browser'

// An operator runs a plan, watches it end, and asks why seats are still open.
journey(
  'an operator runs a plan and asks why seats are open',
  async () => {
    const page = await open({ language: 'en' })
    await signIn(page, people.operator, '/operator/plans')
    await settled(page)
    await page.getByRole('button', { name: 'Run a plan' }).first().click()
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click()
    await page.waitForURL(/\/operator\/plans\/[0-9a-f-]{36}$/)
    await page.getByText('Done', { exact: true }).first().waitFor({ timeout: 40_000 })
    await page.getByRole('heading', { name: 'Shifts still open now' }).waitFor()
    await page.getByText(/Why \d+ seats? (is|are) open/).waitFor()
    expect(await page.getByText('May take it now').count()).toBe(1)

    // and why one agent is not there
    const agent = await call<{ id: string }>(page, people.operator, 'POST', '/accounts/lookup', { email: people.newcomer })
    await page.getByLabel('E-mail or id of a person').fill(people.newcomer)
    await page.getByRole('button', { name: 'Ask', exact: true }).click()
    await page.getByText(/Passes every rule|rules? says? no/).waitFor()
    await page.locator(`aside a[href$="${agent.id}"]`).waitFor()
  },
  90_000,
)

interface Quote {
  pay: { amount: number }
}

// A campaign that an operator opens raises what a merchant pays, and what the agents earn.
journey(
  'an operator opens a campaign, and a booking in it is priced by its multiplier',
  async () => {
    const page = await open()
    const name = '年货节 ' + crypto.randomUUID().slice(0, 6)
    const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10)
    await signIn(page, people.operator, '/operator/campaigns')
    await settled(page)
    await page.getByRole('button', { name: '开一个活动' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('名称').fill(name)
    const dates = dialog.getByLabel('日期')
    await dates.fill(day)
    await dates.press('Enter')
    await page.keyboard.type(day)
    await page.keyboard.press('Enter')
    await dialog.getByLabel('时薪系数').fill('1.5')
    await dialog.getByRole('button', { name: /^保\s?存$/ }).click()
    await page.getByRole('cell', { name }).waitFor()

    const email = `shop-${crypto.randomUUID()}@journey.peakseat.test`
    expect(
      (
        await page.request.post(url + '/api/v1/accounts', {
          data: { kind: 'merchant', email, password: 'peakseat-demo', name: '林小满', organisation: '木南服饰' },
        })
      ).status(),
    ).toBe(201)
    const shop = await call<{ id: string }>(page, email, 'POST', '/shops', { name: '木南童装', industry: 'apparel', channels: ['chat'] })
    const draft = await call<{ id: string }>(page, email, 'POST', '/bookings', {
      shop_id: shop.id,
      title: '平日',
      starts_on: day,
      ends_on: day,
      requirements: [],
      windows: [{ start: '18:00', end: '22:00', seats: 1 }],
    })
    const paid = async () => (await call<Quote>(page, email, 'POST', `/bookings/${draft.id}/quotes`)).pay.amount
    const plain = await paid()
    await signIn(page, email, '/merchant/bookings/new?draft=' + draft.id)
    await settled(page)
    await page.getByRole('combobox', { name: '活动' }).click()
    await page.getByTitle(name).click()
    await expect.poll(paid, { timeout: 15_000 }).toBe(Math.round(plain * 1.5))
  },
  90_000,
)
