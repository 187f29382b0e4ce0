import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { apart, call, journey, moveClock, open, people, settled, signIn, signUp } from './browser'
import type { List } from './market'

apart()

interface Assigned {
  id: string
  shift_id: string
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000)
const local = (at: Date) => new Date(at.getTime() + 8 * 3_600_000).toISOString() // the demo's shop is in Shanghai

/** school makes a course of one lesson, and a credential that takes it and a trial shift; it grants what live seats ask for. */
async function school(page: Page) {
  const code = 'trial_' + Date.now()
  const course = await call<{ id: string; version_id: string }>(page, people.trainer, 'POST', '/courses', {
    code,
    name_zh: '试岗前的一课',
    name_en: 'Before the trial',
    about_zh: '一课',
    about_en: 'One lesson',
    lessons: [{ key: 'one', minutes: 5, title_zh: '一', title_en: 'One', body_zh: '正文', body_en: 'Text' }],
  })
  await call(page, people.trainer, 'POST', `/course-versions/${course.version_id}/publication`)
  await call(page, people.operator, 'POST', '/credential-templates', {
    code,
    name_zh: '退款云客服',
    name_en: 'Refund agent',
    about_zh: '能处理退款',
    about_en: 'Handles refunds',
    requirements: [
      { kind: 'course', ref: code },
      { kind: 'trial_shift', ref: 'presale', score: 70 },
    ],
    renewal_requirements: [{ kind: 'course', ref: code }],
    grants: [{ tag: 'function/refund', level: 3 }],
    valid_days: 365,
  })
  return course.id
}

/** booked is the only shift of a booking that allows trial seats; it begins at a moment's full minute. */
async function booked(page: Page, from: Date, seats: number) {
  const shops = await call<List<{ id: string }>>(page, people.owner, 'GET', '/shops')
  const [begin, end] = [local(from), local(new Date(from.getTime() + 4 * 3_600_000))]
  const booking = await call<{ id: string }>(page, people.owner, 'POST', '/bookings', {
    shop_id: shops.items[0]!.id,
    title: '试岗',
    starts_on: begin.slice(0, 10),
    ends_on: begin.slice(0, 10),
    trial_seats_allowed: true,
    requirements: [{ tag: 'function/refund', level: 3 }],
    windows: [{ start: begin.slice(11, 16), end: end.slice(11, 16), seats }],
  })
  const quote = await call<{ id: string }>(page, people.owner, 'POST', `/bookings/${booking.id}/quotes`, {})
  await call(page, people.owner, 'POST', `/bookings/${booking.id}/confirmation`, { quote_id: quote.id })
  return (await call<List<{ id: string; starts_at: string }>>(page, people.owner, 'GET', `/bookings/${booking.id}/shifts`)).items[0]!
}

/** mentorOf is a new agent with the tags who is willing to have a newcomer beside them. */
async function mentorOf(page: Page) {
  const email = await signUp(page, '导师')
  const me = await call<{ id: string }>(page, email, 'GET', '/me')
  await call(page, people.operator, 'PUT', `/agents/${me.id}/tags`, [
    { tag: 'function/refund', level: 3, evidence: 'journey', expires_at: inDays(200).toISOString() },
  ])
  const profile = await call<object>(page, email, 'GET', '/profile')
  await call(page, email, 'PUT', '/profile', { ...profile, mentors: true })
  return email
}

async function learned(page: Page, course: string) {
  const email = await signUp(page, '新人')
  await call(page, email, 'POST', `/courses/${course}/enrolment`)
  await call(page, email, 'POST', `/courses/${course}/lessons-done`, { lesson: 'one' })
  return email
}

// J10. Two newcomers try out beside their mentors: one card fails and quotes why, the other passes and opens live seats; both are paid.
journey(
  'a newcomer takes a paid trial: failing quotes why, passing opens live seats',
  async () => {
    const page = await open({ size: 'phone' })
    const course = await school(page)
    const [failing, passing, mentor, other] = [
      await learned(page, course),
      await learned(page, course),
      await mentorOf(page),
      await mentorOf(page),
    ]
    const eligible = (email: string, shift: string) =>
      expect
        .poll(() => call<{ eligible: boolean }>(page, email, 'GET', `/shifts/${shift}/eligibility?kind=trial`).then((e) => e.eligible), {
          timeout: 20_000,
        })
        .toBe(true)

    const shift = await booked(page, new Date(Math.ceil((Date.now() + 75_000) / 60_000) * 60_000), 5)
    const starts = Date.parse(shift.starts_at)
    const assigned = new Map<string, string>()
    for (const email of [mentor, other]) assigned.set(email, (await call<Assigned>(page, email, 'POST', `/shifts/${shift.id}/claims`)).id)
    await eligible(passing, shift.id)
    assigned.set(passing, (await call<Assigned>(page, passing, 'POST', `/shifts/${shift.id}/claims?kind=trial`)).id)
    await eligible(failing, shift.id)

    // The way in the academy leads to the trial seat; it is taken and worked from the phone.
    await signIn(page, failing, '/agent/academy')
    await settled(page)
    await page.getByRole('link', { name: /^接着做：/ }).waitFor()
    await page
      .getByRole('link', { name: /^试岗 · / })
      .first()
      .click()
    await page.getByRole('button', { name: '抢这一席' }).click()
    await page.getByText(/抢到了/).waitFor()
    await page.goto(new URL('/agent/home', page.url()).href)
    await page.getByRole('button', { name: '签到' }).click()
    await page.getByText('在岗').waitFor()
    for (const [email, id] of assigned) await call(page, email, 'POST', `/assignments/${id}/check-in`)

    await moveClock(page, starts + 65_000) // a minute of work
    for (const [email, id] of assigned) await call(page, email, 'POST', `/assignments/${id}/check-out`)
    await page.getByRole('button', { name: '签退' }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /现在签退/ })
      .click()
    await page.getByRole('button', { name: '签退', exact: true }).waitFor({ state: 'detached' })

    const trials = () => call<List<{ id: string; agent_id: string }>>(page, failing, 'GET', '/trials').then((l) => l.items)
    await expect.poll(async () => (await trials()).length, { timeout: 20_000 }).toBe(1)
    const trial = (await trials())[0]!.id
    const [scorer, second] = await call(page, mentor, 'GET', `/trials/${trial}`).then(
      () => [mentor, other] as const,
      () => [other, mentor] as const,
    )

    // The mentor fills in the five items; what is not met needs its quote.
    const desk = await open({ size: 'phone' })
    await signIn(desk, scorer, '/agent/academy/trials')
    await desk.getByRole('button', { name: '填试岗卡' }).click()
    const card = desk.getByRole('dialog')
    const items = card.getByRole('radiogroup')
    expect(await items.count()).toBe(5)
    for (let i = 0; i < 5; i++)
      await items
        .nth(i)
        .getByText(i === 1 || i === 3 ? '0' : '3', { exact: true })
        .click()
    await card.getByRole('button', { name: '填试岗卡' }).click()
    await card.getByText('引一句对话里的原话').first().waitFor()
    const quotes = card.getByRole('textbox', { name: '引一句对话里的原话' })
    await quotes.nth(0).fill('顾客：有推荐吗？客服：都挺好的')
    await quotes.nth(1).fill('顾客：什么时候发货？（没有答）')
    await card.getByRole('button', { name: '填试岗卡' }).click()
    await card.waitFor({ state: 'hidden' })
    const points = await call<{ card: { items: { code: string }[] } }>(page, passing, 'GET', `/trials/${assigned.get(passing)!}`)
    await call(page, second, 'POST', `/trials/${assigned.get(passing)!}/assessment`, {
      items: points.card.items.map((i) => ({ item: i.code, score: 4 })),
    })

    // Failing: the items with what was said; and paid all the same.
    await page.goto(new URL('/agent/academy/trials', page.url()).href)
    await page.getByText('没过').first().waitFor()
    await page.getByText('顾客：有推荐吗？客服：都挺好的').waitFor()
    await page.getByText('顾客：什么时候发货？（没有答）').waitFor()
    for (const email of [failing, passing])
      await expect
        .poll(() => call<{ payable: { amount: number } }>(page, email, 'GET', '/earnings').then((e) => e.payable.amount), {
          timeout: 20_000,
        })
        .toBeGreaterThan(0)
    await page.goto(new URL('/agent/me/earnings', page.url()).href)
    await page.getByText('试岗，平台付').first().waitFor()

    // Passing: the credential came by itself, and a live seat is taken.
    const live = await booked(page, new Date(Math.ceil((Date.now() + 26 * 3_600_000) / 3_600_000) * 3_600_000), 1)
    await expect
      .poll(() => call<{ eligible: boolean }>(page, passing, 'GET', `/shifts/${live.id}/eligibility`).then((e) => e.eligible), {
        timeout: 20_000,
      })
      .toBe(true)
    const passer = await open({ size: 'phone' })
    await signIn(passer, passing, '/agent/me/credentials')
    await passer.getByText('退款云客服').first().waitFor()
    await passer.goto(new URL('/agent/hall', passer.url()).href)
    const seat = passer.getByRole('listitem').filter({ has: passer.locator(`a[href="/agent/shifts/${live.id}"]`) })
    await seat.getByRole('button', { name: '抢这一席' }).click()
    await seat.getByText(/抢到了/).waitFor()
  },
  90_000,
)
