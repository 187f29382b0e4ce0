import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { journey, open, people, settled, signIn, url } from './browser'
import { pages, pathOf } from './pages'

const folder = fileURLToPath(new URL('../screenshots', import.meta.url))

// Not a test of anything: it draws every page for somebody to look at.
journey('every page is drawn', async () => {
  mkdirSync(folder, { recursive: true })
  for (const one of pages)
    for (const language of ['zh', 'en'] as const)
      for (const size of ['desk', 'phone'] as const)
        for (const mode of ['light', 'dark'] as const) {
          const page = await open({ language, size, mode })
          const path = await pathOf(page, one)
          if (one.as) await signIn(page, people[one.as], path)
          else await page.goto(url + path)
          await settled(page)
          await page.screenshot({ path: `${folder}/${one.name}.${language}.${size}.${mode}.png`, fullPage: true })
          await page.context().close()
        }
})
