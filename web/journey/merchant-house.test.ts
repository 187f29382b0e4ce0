import { expect } from 'vitest'
import { barriers, call, journey, open, people, settled, signIn, url } from './browser'

journey(
  'an owner invites somebody, who accepts in another browser, loses a role at once and is removed again',
  async () => {
    const page = await open()
    const email = `colleague-${crypto.randomUUID()}@journey.peakseat.test`
    await signIn(page, people.owner, '/merchant/team')
    await settled(page)
    await page.getByLabel('邮箱').fill(email)
    await page.getByRole('button', { name: '生成邀请链接' }).click()
    const link = await page.getByRole('status').locator('code').innerText()
    await page.getByText(email).waitFor()

    const other = await open()
    await other.goto(url + new URL(link).pathname + new URL(link).search + new URL(link).hash)
    await settled(other)
    await other.getByLabel('姓名').fill('新同事')
    await other.getByLabel('密码').first().fill('peakseat-demo-2')
    await other.getByRole('button', { name: '加入', exact: true }).click()
    await other.waitForURL(/\/merchant\//)
    await settled(other)

    await page.reload()
    const row = page.getByRole('row').filter({ hasText: email })
    await row.waitFor()
    await row.getByRole('button', { name: /^改角色/ }).click()
    await page.getByRole('radio', { name: /^财务/ }).check()
    await page.getByRole('dialog').getByText('对方马上退出登录').waitFor()
    expect(await barriers(page)).toEqual([])
    await page.getByRole('button', { name: '改为财务' }).click()
    await row.getByRole('cell', { name: '财务', exact: true }).waitFor()
    await other.goto(url + '/merchant/bookings')
    await other.waitForURL(/\/sign-in/)
    await row.getByRole('button', { name: /^移除/ }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^移除 / })
      .click()
    await row.waitFor({ state: 'detached' })
  },
  90_000,
)

journey(
  'a key is shown once, works, and is refused once it is deleted',
  async () => {
    const page = await open()
    await signIn(page, people.owner, '/merchant/keys')
    await settled(page)
    const name = 'journey ' + crypto.randomUUID().slice(0, 8)
    await page.getByLabel('名称').fill(name)
    await page.getByRole('button', { name: '新建密钥' }).click()
    const key = await page.getByRole('status').locator('code').innerText()
    const ask = async () => (await page.request.get(url + '/api/v1/bookings', { headers: { Authorization: 'Bearer ' + key } })).status()
    expect(await ask()).toBe(200)
    await page.reload()
    await settled(page)
    expect(await page.getByText(key).count()).toBe(0)
    await page.getByRole('row').filter({ hasText: name }).getByRole('button', { name: '删除' }).click()
    await page.getByRole('dialog').getByRole('button', { name: /^删除/ }).click()
    await page.getByRole('row').filter({ hasText: name }).waitFor({ state: 'detached' })
    await expect.poll(ask, { timeout: 70_000 }).toBe(401)
  },
  120_000,
)

journey(
  'a shop is renamed, and keeps its zone once it has bookings',
  async () => {
    const page = await open()
    const email = `shop-${crypto.randomUUID()}@journey.peakseat.test`
    expect(
      (
        await page.request.post(url + '/api/v1/accounts', {
          data: { kind: 'merchant', email, password: 'peakseat-demo', name: '林小满', organisation: '木南服饰' },
        })
      ).status(),
    ).toBe(201)
    const shop = await call<{ id: string }>(page, email, 'POST', '/shops', { name: '木南童装', industry: 'apparel', channels: ['chat'] })
    const shops = async () => (await call<{ items: { name: string; time_zone: string }[] }>(page, email, 'GET', '/shops')).items[0]
    await signIn(page, email, '/merchant/shops')
    await settled(page)
    await page.getByRole('button', { name: '修改 木南童装' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: '时区' }).fill('Tokyo')
    await page.keyboard.press('Enter')
    await dialog.getByLabel('店铺名称').fill('木南童装旗舰店')
    await dialog.getByRole('button', { name: '保存' }).click()
    await page.getByText('木南童装旗舰店').waitFor()
    expect(await shops()).toMatchObject({ name: '木南童装旗舰店', time_zone: 'Asia/Tokyo' })

    const day = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10)
    await call(page, email, 'POST', '/bookings', {
      shop_id: shop.id,
      title: '双11',
      starts_on: day,
      ends_on: day,
      requirements: [],
      windows: [{ start: '18:00', end: '22:00', seats: 1 }],
    })
    await page.reload()
    await settled(page)
    await page.getByRole('button', { name: '修改 木南童装旗舰店' }).click()
    await dialog.getByText('已有预订，不能再改').waitFor()
    expect(await dialog.getByRole('combobox', { name: '时区' }).count()).toBe(0)
    expect(await barriers(page)).toEqual([])
  },
  90_000,
)

interface Agent {
  agent_id: string
  name: string
  blocked?: boolean
}

journey('a merchant blocks somebody who worked there, and lifts it', async () => {
  const page = await open()
  await signIn(page, people.booker, '/merchant/shops')
  await settled(page)
  const blocked = async () =>
    (await call<{ items: Agent[] }>(page, people.booker, 'GET', '/agents?limit=200')).items.filter((a) => a.blocked).length
  const gate = page.getByRole('switch').first()
  const name = await gate.getAttribute('aria-label')
  await gate.click()
  await expect.poll(blocked).toBe(1)
  expect(await barriers(page)).toEqual([])
  await page.getByRole('switch', { name: name! }).click()
  await expect.poll(blocked).toBe(0)
})

interface Shift {
  id: string
  seats: number
  state: string
}

journey(
  'seats are dragged on the curve and by keyboard across midnight, booked, and half of them given up',
  async () => {
    const page = await open()
    const shops = await call<{ items: { id: string }[] }>(page, people.owner, 'GET', '/shops')
    const day = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10)
    const title = 'drag ' + crypto.randomUUID().slice(0, 8)
    const draft = await call<{ id: string }>(page, people.owner, 'POST', '/bookings', {
      shop_id: shops.items[0]!.id,
      title,
      starts_on: day,
      ends_on: day,
      requirements: [{ tag: 'channel/chat', level: 1 }],
      windows: [{ start: '18:00', end: '22:00', seats: 4 }],
    })
    await signIn(page, people.owner, '/merchant/bookings/new?draft=' + draft.id)
    await settled(page)
    const windows = async () =>
      (await call<{ windows: { start: string; end: string; seats: number }[] }>(page, people.owner, 'GET', '/bookings/' + draft.id)).windows
    const slice = page.locator('[data-slice]').first()
    await slice.waitFor()
    await slice.scrollIntoViewIfNeeded()

    // The right end by pointer, an hour or more; then by keyboard past midnight.
    const box = (await slice.boundingBox())!
    await page.mouse.move(box.x + box.width - 3, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width + box.width / 4, box.y + box.height / 2, { steps: 6 })
    await page.mouse.up()
    await expect.poll(async () => (await windows())[0]!.end, { timeout: 15_000 }).toBe('23:00')
    await slice.focus()
    for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+ArrowRight')
    await expect.poll(windows, { timeout: 15_000 }).toEqual([{ start: '18:00', end: '01:00', seats: 4 }])

    const confirm = page.getByRole('button', { name: /^确认，托管/ })
    const topUp = page.getByRole('button', { name: /^充值 ¥/ })
    await expect.poll(async () => (await confirm.isEnabled()) || (await topUp.count()) > 0, { timeout: 15_000 }).toBe(true)
    if (await topUp.count()) await topUp.click()
    await expect.poll(() => confirm.isEnabled(), { timeout: 15_000 }).toBe(true)
    await confirm.click()
    await page.waitForURL(/\/merchant\/bookings\/[0-9a-f-]{36}$/)

    await page.getByRole('button', { name: '取消席位' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('radio').nth(1).check()
    await dialog.getByRole('spinbutton').fill('2')
    await dialog.getByRole('button', { name: '取消 2 席，付 ¥0' }).click()
    await dialog.getByText('取消了 2 席').waitFor()
    await dialog.getByRole('button', { name: '知道了' }).click()
    const shifts = await call<{ items: Shift[] }>(page, people.owner, 'GET', `/bookings/${draft.id}/shifts`)
    expect(shifts.items.map((s) => s.seats)).toEqual([2])
  },
  120_000,
)
