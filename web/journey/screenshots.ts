import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'
import { journey, open, people, settled, signIn, sizes, url } from './browser'
import { pages, pathOf, readers } from './pages'

const folder = fileURLToPath(new URL('../screenshots', import.meta.url))
const forms = (['zh', 'en'] as const).flatMap((language) =>
  (['desk', 'phone'] as const).flatMap((size) => (['light', 'dark'] as const).map((mode) => [language, size, mode] as const)),
)

// Not a test of anything: it draws every page for somebody to look at, of one form with `-t 'en phone dark'`.
describe.each(forms)('%s %s %s', (language, size, mode) => {
  journey.each(readers)('the pages of $who', async ({ as }) => {
    mkdirSync(folder, { recursive: true })
    const page = await open({ language, size, mode })
    if (as) await signIn(page, people[as], '/mark.svg')
    for (const one of pages.filter((p) => p.as === as)) {
      await page.goto(url + (await pathOf(page, one)))
      await settled(page)
      // A window as high as the page, so that what stands at its foot is drawn there and not across its middle.
      const height = await page.evaluate(() => document.documentElement.scrollHeight)
      await page.setViewportSize({ ...sizes[size], height })
      await page.screenshot({ path: `${folder}/${one.name}.${language}.${size}.${mode}.png` })
      await page.setViewportSize(sizes[size])
    }
  })
})
