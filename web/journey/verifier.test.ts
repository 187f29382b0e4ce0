import { expect } from 'vitest'
import { call, journey, open, people, settled, url } from './browser'
import { modulesOf, scan } from './qr'

interface Made {
  id: string
  public_id: string
}

// J22: a stranger scans a QR code. The states are told apart, nobody is named, and the reader's own browser repeats the checks.
journey(
  'a stranger checks a credential, before and after its revocation',
  async () => {
    const page = await open({ size: 'phone' })
    const me = await call<{ id: string }>(page, people.agent, 'GET', '/me')
    const template = await call<{ id: string }>(page, people.operator, 'POST', '/credential-templates', {
      code: 'journey_' + Date.now(),
      name_zh: '旅程证书',
      name_en: 'Journey',
      about_zh: '会',
      about_en: 'can',
      requirements: [],
      renewal_requirements: [],
      grants: [{ tag: 'function/review', level: 1 }],
      valid_days: 90,
    })
    const credential = await call<Made>(page, people.trainer, 'POST', '/credentials', {
      agent_id: me.id,
      template_id: template.id,
      evidence: '看过',
    })

    // The holder shows the code; a stranger's telephone reads it, and comes to the page without an account.
    const shown = await page.request.get(`${url}/credentials/${credential.public_id}/qr.svg`)
    expect(shown.headers()['content-type']).toContain('svg')
    const address = scan(modulesOf(await shown.text()))
    expect(address).toBe(`${url}/credentials/${credential.public_id}`)
    await page.goto(address)
    await settled(page)
    await page.getByText('有效', { exact: true }).first().waitFor()
    expect(await page.getByText('不显示姓名').count()).toBe(1)
    await page.getByRole('button', { name: '在这个浏览器里验证' }).click()
    await page.getByText('4 项通过 4 项').waitFor()

    const request = await call<{ id: string }>(page, people.trainer, 'POST', `/credentials/${credential.id}/revocation-requests`, {
      reason_code: 'cheating',
      reason: '替考',
    })
    await call(page, people.operator, 'POST', `/revocation-requests/${request.id}/confirmation`)
    await page.reload()
    await page.getByText('已吊销', { exact: true }).first().waitFor()
    await page.getByText('cheating', { exact: true }).waitFor()
    expect(await page.getByText('替考').count()).toBe(0)

    await page.goto(`${url}/credentials/AAAAAAAAAAAAAAAAAAAAAA`)
    await page.getByText('没有这个编号的证书').waitFor()
  },
  90_000,
)
