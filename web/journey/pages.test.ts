import { describe, expect } from 'vitest'
import { barriers, journey, open, overflow, people, settled, signIn, url } from './browser'
import { pages, pathOf, readers } from './pages'

const forms = [
  { language: 'zh', size: 'desk', mode: 'light' },
  { language: 'en', size: 'phone', mode: 'dark' },
] as const

// Each page in both languages, on a desk and on a phone, light and dark: no barrier, no complaint in the console, nothing wider than its window.
// Who reads it signs in once and goes from page to page.
describe.each(forms)('$language $size $mode', (form) => {
  journey.each(readers)(
    'the pages of $who',
    async ({ as }) => {
      const page = await open(form)
      if (as) await signIn(page, people[as], '/mark.svg')
      for (const one of pages.filter((p) => p.as === as)) {
        await page.goto(url + (await pathOf(page, one)))
        await settled(page)
        expect.soft(await barriers(page), one.name).toEqual([])
        expect.soft(await overflow(page), one.name).toBe(0)
      }
    },
    240_000,
  )
})
