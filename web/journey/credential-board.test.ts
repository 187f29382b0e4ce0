import { expect } from 'vitest'
import { barriers, call, journey, open, people, settled, signIn, url } from './browser'
import { shiftIn, type List } from './market'

// J17: the board shows the four inputs; one person suspends, two revoke, a third decides the appeal. The seat that stood on the credential is
// offered again, the holder is told and appeals, and the public page says when and why.
journey(
  'a credential is suspended by one, revoked by two, and its appeal decided by a third',
  async () => {
    const stamp = Date.now()
    const holder = `holder${stamp}@demo.peakseat.test`
    const trainer = await open()
    const anybody = { levels: [1, 2, 3, 4, 5].map((i) => ({ zh: `会 ${i}`, en: `can ${i}` })), reason: '活动要用' }
    await call(trainer, people.operator, 'POST', '/tags', {
      dimension: 'function',
      value: 'gift' + stamp,
      zh: '礼品顾问',
      en: 'Gift advice',
      ...anybody,
    })
    const template = await call<{ id: string }>(trainer, people.trainer, 'POST', '/credential-templates', {
      code: 'gift_' + stamp,
      name_zh: '礼品顾问 ' + stamp,
      name_en: 'Gift adviser ' + stamp,
      about_zh: '会挑礼品',
      about_en: 'Chooses gifts',
      valid_days: 365,
      requirements: [{ kind: 'paper', ref: 'gift', score: 80 }],
      renewal_requirements: [],
      grants: [{ tag: 'function/gift' + stamp, level: 1 }],
    })
    await trainer.request.post(url + '/api/v1/accounts', {
      data: { email: holder, kind: 'agent', name: '何小满', password: 'peakseat-demo' },
    })
    const agent = (await call<{ id: string }>(trainer, holder, 'GET', '/me')).id
    const credential = await call<{ id: string; public_id: string }>(trainer, people.trainer, 'POST', '/credentials', {
      agent_id: agent,
      template_id: template.id,
      evidence: '考试 92 分',
    })
    const shift = await shiftIn(trainer, 3 * 24 * 60, [{ tag: 'function/gift' + stamp, level: 1 }])
    await expect.poll(async () => (await call<List<{ tag: string }>>(trainer, holder, 'GET', '/me/tags')).items.length).toBe(1)
    await call(trainer, holder, 'POST', `/shifts/${shift}/claims`)

    // the second official, whom the first invites: whoever took part decides no appeal
    const second = `second${stamp}@demo.peakseat.test`
    const link = await call<{ token: string }>(trainer, people.operator, 'POST', '/invitations', { email: second, role: 'trainer' })
    await trainer.request.post(url + '/api/v1/invitations/acceptance', {
      data: { token: link.token, name: '沈一', password: 'peakseat-demo' },
    })

    // the evidence, then the suspension
    await signIn(trainer, people.trainer, '/trainer/credentials?view=issued')
    await trainer.getByRole('link', { name: '礼品顾问 ' + stamp }).click()
    await trainer.getByText('四项依据').waitFor()
    for (const input of ['培训', '考试', '模拟', '试岗']) await trainer.getByRole('term').filter({ hasText: input }).first().waitFor()
    const suspend = trainer.getByRole('button', { name: '暂停 72 小时' })
    await suspend.click()
    const dialog = trainer.getByRole('dialog')
    expect(await barriers(trainer)).toEqual([])
    await trainer.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(await suspend.evaluate((b) => b === document.activeElement), 'the dialog gives the focus back').toBe(true)
    await suspend.click()
    await dialog.getByLabel('理由').click()
    await trainer.getByTitle('作弊').click()
    await dialog.getByLabel('说明').fill('两份答卷错得一模一样')
    await dialog.getByRole('button', { name: '暂停 72 小时' }).click()
    await trainer.getByText('暂停期间技能无效').waitFor()

    // the seat is open again, and the holder is told
    await expect
      .poll(async () => (await call<List<{ state: string }>>(trainer, holder, 'GET', '/assignments')).items.map((a) => a.state), {
        timeout: 10_000,
      })
      .toEqual(['withdrawn'])

    // one asks, and cannot confirm
    await trainer.getByRole('button', { name: '申请吊销' }).click()
    await dialog.getByLabel('理由').click()
    await trainer.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden)').getByTitle('作弊').click()
    await dialog.getByLabel('说明').fill('本人承认代考')
    await dialog.getByRole('button', { name: '申请吊销' }).click()
    await trainer.getByText('这是你申请的，要由另一个人确认。').waitFor()
    expect(await trainer.getByRole('button', { name: '确认吊销' }).count()).toBe(0)

    // another confirms
    const other = await open()
    await signIn(other, second, '/trainer/credentials?view=revocations')
    await other.getByRole('listitem').filter({ hasText: '本人承认代考' }).getByRole('link', { name: '看经过再确认' }).click()
    await other.getByRole('button', { name: '确认吊销' }).click()
    await other.getByRole('dialog').getByRole('button', { name: '确认吊销' }).click()
    await other.getByText('永久失效').waitFor()

    // the holder is told and appeals
    const phone = await open({ size: 'phone' })
    await signIn(phone, holder, '/me/notices')
    await phone.getByRole('link', { name: /吊销/ }).first().click({ timeout: 15_000 })
    await expect
      .poll(() => phone.evaluate(() => document.activeElement?.id), { timeout: 10_000, message: 'the notice leads to the very credential' })
      .toBe(credential.id)
    await call(phone, holder, 'POST', `/credentials/${credential.id}/appeals`, { reason: '那天我在医院，不是我考的' })

    // who took part is told that another decides; a third person does
    await other.goto(url + '/trainer/appeals')
    const appeal = other.getByRole('listitem').filter({ hasText: '那天我在医院' })
    await appeal.getByText('你参与过原决定，要由别人裁定').waitFor()
    expect(await appeal.getByRole('button', { name: '裁定' }).count()).toBe(0)
    const operator = await open()
    await signIn(operator, people.operator, '/operator/appeals')
    const waiting = operator.getByRole('listitem').filter({ hasText: '那天我在医院' })
    await waiting.getByRole('button', { name: '裁定' }).click()
    await operator.getByRole('dialog').getByLabel('维持原决定').check()
    await operator.getByRole('dialog').getByLabel('理由').fill('监控与承认一致')
    await operator.getByRole('dialog').getByRole('button', { name: '裁定' }).click()
    await waiting.waitFor({ state: 'detached' })
    await operator.goto(url + '/operator/credentials/' + credential.id)
    for (const act of ['颁发', '暂停', '申请吊销', '吊销，第二个人确认', '持证人申诉', '申诉驳回，维持原决定'])
      await operator.getByRole('listitem').filter({ hasText: act }).first().waitFor()

    // anybody reads when and why
    const anyone = await open({ language: 'en', size: 'phone' })
    await anyone.goto(url + '/credentials/' + credential.public_id)
    await settled(anyone)
    await anyone.getByText('Revoked', { exact: true }).first().waitFor()
    expect(await anyone.getByText(/cheating/i).count()).toBeGreaterThan(0)
    expect(await anyone.locator('time').count()).toBeGreaterThan(1)
    expect(await anyone.getByText('何小满').count()).toBe(0)
  },
  120_000,
)
