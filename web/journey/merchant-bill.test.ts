import { expect } from 'vitest'
import { call, journey, open, people, settled, signIn } from './browser'

interface Money {
  amount: number
}
interface Sheet {
  id: string
  disputed_minutes: number
  minutes: number
  pay_per_hour: Money
  state: string
}
interface List<T> {
  items: T[]
}
interface Wallet {
  available: Money
  escrow: Money
  disputed: Money
}
interface Bill {
  quoted: Money
  held: Money
  charged: Money
  credited: Money
  disputed: Money
  extended: Money
}
interface Statement {
  merchant: { opening: Money; closing: Money; sums: { kind: string; amount: Money }[]; bills: Bill[] }
}

const waiting = (page: Awaited<ReturnType<typeof open>>) =>
  call<List<Sheet>>(page, people.finance, 'GET', '/timesheets?state=submitted&limit=200')

journey(
  'J5: finance disputes six minutes of one timesheet, approves the others at once, and the totals add up',
  async () => {
    const page = await open()
    const before = await call<Wallet>(page, people.finance, 'GET', '/wallet')
    const sheets = (await waiting(page)).items
    expect(sheets.length).toBeGreaterThan(3)
    await signIn(page, people.finance, '/merchant/timesheets')
    await settled(page)

    const row = page
      .getByRole('row')
      .filter({ has: page.getByRole('button', { name: '有异议', disabled: false }) })
      .first()
    await row.getByRole('button', { name: '有异议' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(/几分钟/).fill('6')
    await dialog.getByLabel('原因').fill('20:10 到 20:16 不在线，会话没人接')
    await dialog.getByRole('button', { name: '提出异议，冻结 6 分钟' }).click()
    await dialog.waitFor({ state: 'hidden' })

    // Six minutes and no more are frozen, in an account of their own.
    const disputed = (await waiting(page)).items.find(
      (s) => s.disputed_minutes === 6 && !sheets.some((x) => x.id === s.id && x.disputed_minutes > 0),
    )!
    const frozen = await call<Wallet>(page, people.finance, 'GET', '/wallet')
    const share = frozen.disputed.amount - before.disputed.amount
    expect(share).toBeGreaterThanOrEqual(Math.floor((disputed.pay_per_hour.amount * 6) / 60))
    expect(frozen.escrow.amount + frozen.disputed.amount).toBe(before.escrow.amount + before.disputed.amount)

    // Nine of ten at once.
    const boxes = page.locator('tbody').getByRole('checkbox')
    const all = await boxes.count()
    const chosen = Math.max(1, Math.floor(all * 0.9))
    for (let i = 0; i < chosen; i++) await boxes.nth(i).check()
    await page.getByRole('button', { name: new RegExp(`^通过 ${chosen} 张`) }).click()
    await expect.poll(async () => (await waiting(page)).items.length, { timeout: 20_000 }).toBe(all - chosen)

    // What left escrow was charged, and the statement's month closes at what the wallet has.
    const now = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7)
    const [statement, after] = [
      (await call<Statement>(page, people.finance, 'GET', '/statements?month=' + now)).merchant,
      await call<Wallet>(page, people.finance, 'GET', '/wallet'),
    ]
    expect(statement.opening.amount + statement.sums.reduce((n, s) => n + s.amount.amount, 0)).toBe(statement.closing.amount)
    expect(statement.closing.amount).toBe(after.available.amount)
    for (const b of statement.bills)
      expect(b.held.amount + b.charged.amount + b.credited.amount + b.disputed.amount).toBe(b.quoted.amount + b.extended.amount)
    expect(after.escrow.amount).toBeLessThan(frozen.escrow.amount)
  },
  120_000,
)
