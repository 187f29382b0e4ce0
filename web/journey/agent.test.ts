import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import { barriers, call, journey, open, overflow, people, settled, signIn, signUp, url } from './browser'
import { shiftIn } from './market'

/** sound is that a page as it stands has no barrier and is no wider than its window. */
async function sound(page: Page, what: string) {
  await settled(page)
  expect.soft(await barriers(page), what).toEqual([])
  expect.soft(await overflow(page), what).toBe(0)
}

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
  await page.getByRole('button', { name: '抢这一席' }).click()
  await page.getByText('你的席位，第 1 席').waitFor()

  await page.goto(new URL('/agent/home', page.url()).href)
  await page.getByRole('button', { name: '签到' }).click()
  await page.getByText('在岗').waitFor()
  await page.getByText(/^已签到，.* 开始$/).waitFor()
  await page.getByRole('button', { name: '休息一下' }).click()
  await page.getByText('休息中').waitFor()
  await page.getByRole('button', { name: '回到席位' }).click()
  await page.getByRole('button', { name: '休息一下' }).waitFor()
})

journey('an agent gives the real name, is told at the field what is wrong, and sees it masked', async () => {
  const page = await open({ size: 'phone' })
  await signIn(page, await signUp(page, '小满'), '/agent/me/identity')
  await page.getByText('未填写').waitFor()
  const send = page.getByRole('button', { name: '提交核验' })
  await send.click()
  expect(await page.getByText('请填写').count()).toBe(4)

  await page.getByLabel('姓名').fill('张伟民')
  const number = page.getByLabel('身份证号码')
  await number.fill('110105199001011031') // its last digit is wrong
  await page.getByLabel('手机号码').fill('138 0013 8000')
  await page.getByLabel('银行卡号').fill('6222 0212 3456 7890 128')
  await send.click()
  const field = page.locator('.ant-form-item').filter({ has: number })
  await field.locator('.ant-form-item-explain-error').waitFor()
  expect(await page.locator('.ant-form-item-explain-error').count()).toBe(1)
  expect(await number.getAttribute('aria-invalid')).toBe('true')

  await number.fill('11010519900101103X')
  await page.locator('.ant-form-item-explain-error').waitFor({ state: 'detached' })
  await send.click()
  await page.getByText('等待核验').waitFor()
  for (const masked of ['张*', '1****************X', '138****8000', '**** 0128']) await page.getByText(masked).waitFor()
  expect(await page.content()).not.toContain('1990')
})

journey('an examinee loses the network and loses nothing', async () => {
  const page = await open({ size: 'phone' })
  const examinee = await signUp(page, '考生')
  await signIn(page, examinee, '/agent/academy')
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
  await sound(page, 'without a network')
  await page.context().setOffline(false)
  await page.getByText('连上了，1 个答案都已保存').waitFor()
  await status.getByText('已保存').waitFor()

  const at = await page.locator('[aria-current=step]').innerText()
  page.on('dialog', (d) => void d.accept())
  await page.reload()
  await page.getByRole('button', { name: new RegExp(`^第 ${at} 题，已答`) }).click()
  expect(await options.nth(1).isChecked()).toBe(true)
  await sound(page, 'a question')

  // On another device the room says where the exam is.
  const desk = await open({ language: 'en', mode: 'dark' })
  await signIn(desk, examinee, new URL(page.url()).pathname)
  await desk.getByRole('heading', { name: 'This exam is open on another device' }).waitFor()
  await sound(desk, 'elsewhere')
})

journey('an agent serves customers in a simulation, sees how quick the first reply was, and how it went', async () => {
  const page = await open({ size: 'phone' })
  await signIn(page, people.newcomer, '/agent/academy/simulations/presale_sizes')
  await page.getByRole('button', { name: '开始模拟' }).click()
  await page.getByRole('log').locator('.said').first().waitFor()
  await page.getByRole('textbox').fill('您好，在的～您身高体重大概多少？')
  await page.keyboard.press('Enter')
  await page
    .locator('.chat')
    .getByText(/首次回复 \d+ 秒/)
    .waitFor()
  await sound(page, 'a run')
  await page.getByRole('button', { name: '离开' }).click()
  await page.getByRole('button', { name: '结束并打分' }).click()
  await page.getByRole('heading', { name: '成绩' }).waitFor()
  await sound(page, 'its score')

  const desk = await open({ language: 'en', mode: 'dark' })
  const [run] = (await call<{ items: { id: string }[] }>(desk, people.newcomer, 'GET', '/simulation-runs')).items
  await signIn(desk, people.newcomer, '/agent/simulation-runs/' + run!.id)
  await desk.getByRole('heading', { name: 'Score' }).waitFor()
  await sound(desk, 'its score on a desk')
  expect(desk.url()).toBe(`${url}/agent/academy/simulations/presale_sizes?run=${run!.id}`)
})
