import { expect } from 'vitest'
import { barriers, call, journey, open, overflow, people, settled, signIn } from './browser'

interface List<T> {
  items: T[]
}
type Shop = { id: string; name: string }

/** The demo's shop with a brand pack. */
async function packShop(page: Awaited<ReturnType<typeof open>>) {
  const shops = await call<List<Shop>>(page, people.owner, 'GET', '/shops')
  return shops.items.find((s) => s.name === '云杉童装旗舰店')!.id
}

journey('an agent sees that a shift waits for the quiz of its shop, reads the pack and comes to the exam', async () => {
  const page = await open({ size: 'phone' })
  const shop = await packShop(page)
  await signIn(page, people.newcomer, '/agent/hall?show=nearly')
  const card = page.getByRole('listitem').filter({ hasText: '云杉童装旗舰店' }).first()
  await card.getByText('没通过本店资料包的测验').waitFor()
  await card.getByRole('button', { name: '读资料，去考' }).click()
  await page.getByRole('heading', { name: '云杉童装旗舰店' }).waitFor()
  await page.getByText('绝对不会掉色、不起球').waitFor()
  await settled(page)
  expect(await barriers(page)).toEqual([])
  expect(await overflow(page)).toBe(0)
  await page.getByRole('link', { name: '去考试' }).click()
  await page.getByRole('button', { name: '开始考试' }).waitFor()

  await page.goto(new URL('/agent/academy', page.url()).href)
  await page.getByRole('link', { name: /云杉童装旗舰店/ }).waitFor()
  const english = await open({ language: 'en', mode: 'dark' })
  await signIn(english, people.newcomer, '/agent/packs/' + shop)
  await english.getByRole('link', { name: 'Take the quiz' }).waitFor()
  await settled(english)
  expect(await barriers(english)).toEqual([])
  expect(await overflow(english)).toBe(0)
})

journey('a merchant writes the next version, is told what it does, and publishes it', async () => {
  const page = await open()
  const shop = await packShop(page)
  await signIn(page, people.owner, '/merchant/shops')
  await page
    .getByRole('row', { name: /云杉童装旗舰店/ })
    .getByRole('link', { name: '资料包' })
    .click()
  await page.getByRole('heading', { name: '云杉童装旗舰店' }).waitFor()
  await settled(page)
  expect(await barriers(page)).toEqual([])

  await page.getByRole('button', { name: '加一条' }).click()
  await page
    .getByLabel(/第 \d+ 行 绝不能说/)
    .last()
    .fill('赠品一定会有')
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByText('已存为草稿').waitFor()
  await page.getByRole('button', { name: /测验/ }).click()
  await page.getByRole('button', { name: '重新出题' }).click()
  await page.getByText(/\d+ 道题/).waitFor()
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByRole('button', { name: '发布', exact: true }).click()
  await page.getByLabel('改了什么').fill('双12 满减和定金')
  await page.getByText(/没通过的人抢不到/).waitFor()
  await settled(page)
  expect(await barriers(page)).toEqual([])
  await page.getByRole('button', { name: '发布，不能再改' }).click()
  await page.getByText('双12 满减和定金').waitFor()

  const phone = await open({ size: 'phone', language: 'en', mode: 'dark' })
  await signIn(phone, people.owner, `/merchant/shops/${shop}/pack`)
  await phone.getByRole('heading', { name: 'Published versions' }).waitFor()
  await settled(phone)
  expect(await barriers(phone)).toEqual([])
  expect(await overflow(phone)).toBe(0)
})
