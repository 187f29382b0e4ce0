import { expect } from 'vitest'
import { barriers, journey, open, people, settled, signIn, url } from './browser'

// What was typed outlives the session: it ends while somebody types, and goes on with their password on the same page.
journey(
  'a session that ends while somebody types loses nothing',
  async () => {
    const page = await open()
    await signIn(page, people.owner, '/me/profile')
    await settled(page)
    const name = page.getByLabel('姓名')
    await name.fill('林晚晚')
    await page.route('**/api/v1/**', (route) => route.fulfill({ status: 401, json: { status: 401, code: 'unauthenticated' } }))
    await page.getByRole('button', { name: '保存' }).click()
    const again = page.getByRole('dialog', { name: '登录已过期' })
    await again.waitFor()
    expect(await barriers(page)).toEqual([])
    await page.keyboard.press('Escape') // it is no question that one can leave open
    await page.unroute('**/api/v1/**')
    await again.getByLabel(people.owner).fill('wrong password')
    await page.keyboard.press('Enter')
    await again.getByRole('alert').waitFor()
    await again.getByLabel(people.owner).fill('peakseat-demo')
    await page.keyboard.press('Enter')
    await again.waitFor({ state: 'detached' })
    expect(await name.inputValue()).toBe('林晚晚')
    expect(new URL(page.url()).pathname).toBe('/me/profile')
  },
  60_000,
)

// A program newer than the page has other files: the page is loaded anew once, and where that does not help it says so.
journey(
  'a page whose files are gone is loaded anew, once',
  async () => {
    const page = await open({ language: 'en' })
    await page.goto(url)
    await settled(page)
    let asked = 0
    await page.route(/assets\/log-.*\.js$/, (route) => (asked++ === 0 ? route.fulfill({ status: 404 }) : route.continue()))
    await page.getByRole('navigation').getByRole('link', { name: 'Transparency log' }).click()
    await page.getByRole('heading', { name: 'Transparency log' }).waitFor()
    expect(asked).toBe(2)

    await page.route(/assets\/sign-up-.*\.js$/, (route) => route.fulfill({ status: 404 }))
    await page.goto(url + '/sign-up')
    await page.getByRole('alert').getByText('Cannot reach the server').waitFor()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
  },
  60_000,
)
