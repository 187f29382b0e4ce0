import { readHome } from './areas/agent/home-queries'
import { nearQuery } from './areas/merchant/today/near'
import { areas, entrances } from './areas'
import { queries } from './api/queries'
import { meQuery } from './session/session'
import { language } from './words/language'

// What the first pages read, by address.
const reads: Record<string, () => Promise<unknown>> = {
  '/agent/home': () => readHome(language()),
  '/merchant/today': () => queries.prefetchQuery(nearQuery),
}

const patience = 500 // milliseconds: answers that take longer come into the page when they come

/**
 * begin asks for what the address will need, all of it at once: who asks, the first page's answers, its code, and the app itself,
 * which draws when they are there (index.html shows the frame until then). No token is for strangers.
 */
export async function begin(token?: Promise<unknown>) {
  if (document.readyState === 'loading') await new Promise((read) => document.addEventListener('DOMContentLoaded', read, { once: true })) // start.js has said the language
  const wanted: Promise<unknown>[] = []
  const { pathname } = location
  if (token) {
    wanted.push(queries.prefetchQuery(meQuery))
    const read = reads[pathname]?.()
    if (read) wanted.push(Promise.race([read, new Promise((later) => setTimeout(later, patience))]))
    await Promise.all([token, import('react-dom/client')]) // the rest of the code, once it runs, would keep a slow processor from sending what waits for the token
  }
  const app = import('./root')
  const area = pathname.split('/')[1] as keyof typeof areas
  if (token && area in areas) wanted.push(areas[area]())
  if (token && pathname in entrances) wanted.push(entrances[pathname as keyof typeof entrances]())
  await Promise.allSettled(wanted) // what failed says so where it is drawn
  await (await app).draw()
}
