import './design/base.css'
import { agentHome, areas } from './areas'
import { queries } from './api/queries'
import { meQuery } from './session/session'
import { signedIn } from './session/tokens'
import { wordsReady } from './words'

// The page's first and small script. It asks for what the address will need, all of it at once: who asks, the words, the
// code of the pages and their first answer; and for the app itself, which draws when they are there (index.html shows the frame until then).
const here = location.pathname.split('/')[1] as keyof typeof areas
const wanted: Promise<unknown>[] = [wordsReady]
if (signedIn()) {
  wanted.push(queries.prefetchQuery(meQuery))
  if (here in areas) wanted.push(areas[here]())
  if (location.pathname === '/agent/home') wanted.push(agentHome(), import('./areas/agent/queries').then(({ mineQuery }) => void queries.prefetchQuery(mineQuery)))
}
void import('./root').then(async ({ draw }) => {
  await Promise.allSettled(wanted) // what failed says so where it is drawn
  draw()
})
