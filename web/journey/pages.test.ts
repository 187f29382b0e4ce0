import { describe, expect } from 'vitest'
import { barriers, journey, open, overflow, people, settled, signIn, url } from './browser'
import { pages, pathOf } from './pages'

// Each page in both languages, on a desk and on a phone, light and dark: no barrier, no complaint in the console, nothing wider than its window.
describe.each(pages)('$name', (one) => {
  const forms = [
    { language: 'zh', size: 'desk', mode: 'light' },
    { language: 'en', size: 'phone', mode: 'dark' },
  ] as const
  journey.each(forms)('$language $size $mode', async (form) => {
    const page = await open(form)
    const path = await pathOf(page, one)
    if (one.as) await signIn(page, people[one.as], path)
    else await page.goto(url + path)
    await settled(page)
    expect(await barriers(page)).toEqual([])
    expect(await overflow(page)).toBe(0)
  })
})
