import { expect } from 'vitest'
import { call, journey, open, people, settled, signIn } from './browser'
import { shiftIn } from './market'

journey('an agent sees why a shift is closed, takes the step it names, claims and checks in', async () => {
  const page = await open({ size: 'phone' })
  const shift = await shiftIn(page, 12, [
    { tag: 'channel/chat', level: 1 },
    { tag: 'function/presale', level: 1 },
  ])
  const profile = await call<{ longest_shift_minutes: number }>(page, people.newcomer, 'GET', '/profile')
  await call(page, people.newcomer, 'PUT', '/profile', { ...profile, longest_shift_minutes: 120 })

  await signIn(page, people.newcomer, '/agent/hall?show=nearly')
  const card = page.getByRole('listitem').filter({ has: page.locator(`a[href="/agent/shifts/${shift}"]`) })
  await card.getByText('比你设的最长班次长').waitFor()
  expect(await card.getByText('最多 2 小时').count()).toBe(1)

  await card.getByRole('button', { name: '改上限' }).click()
  const limit = page.getByLabel('一班最长')
  await limit.fill('8')
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByRole('button', { name: '回到刚才那一班' }).click()

  await settled(page)
  await page.getByRole('button', { name: /我能接/ }).click()
  const open_ = page.getByRole('listitem').filter({ has: page.locator(`a[href="/agent/shifts/${shift}"]`) })
  await open_.getByRole('button', { name: '抢这一席' }).click()
  await open_.getByText(/抢到了/).waitFor()

  await page.goto(new URL('/agent/home', page.url()).href)
  await page.getByRole('button', { name: '签到' }).click()
  await page.getByText('在岗').waitFor()
  await page.getByRole('button', { name: '休息一下' }).click()
  await page.getByText('休息中').waitFor()
  await page.getByRole('button', { name: '回到席位' }).click()
  await page.getByRole('button', { name: '休息一下' }).waitFor()
})

journey('an examinee loses the network and loses nothing', async () => {
  const page = await open({ size: 'phone' })
  await signIn(page, people.aftersale, '/agent/academy')
  await page
    .getByRole('link', { name: /上岗基础考试/ })
    .last()
    .click()
  await page.getByRole('button', { name: '开始考试' }).click()
  await page.getByText('第 1 题').first().waitFor()
  // The first question with choices that is on the form.
  const options = page.locator('.option input')
  for (let i = 0; i < 20 && (await options.count()) < 2; i++) await page.getByRole('button', { name: '下一题' }).click()
  await options.first().check()
  const status = page.locator('.examstatus')
  await status.getByText('已保存').waitFor()

  await page.context().setOffline(true)
  await options.nth(1).check()
  await page.getByText(/断网了，1 个答案存在本机/).waitFor()
  await status.getByText('1 个未保存').waitFor()
  await page.context().setOffline(false)
  await page.getByText('连上了，1 个答案都已保存').waitFor()
  await status.getByText('已保存').waitFor()

  const at = await page.locator('[aria-current=step]').innerText()
  page.on('dialog', (d) => void d.accept())
  await page.reload()
  await page.getByRole('button', { name: new RegExp(`^第 ${at} 题，已答`) }).click()
  expect(await options.nth(1).isChecked()).toBe(true)
})
