import './design/base.css'
import { accessToken, signedIn } from './session/tokens'

// The page's first and smallest script: it asks for a token at once, while what asks with it is still on its way.
async function start() {
  const token = signedIn() ? accessToken().catch(() => null) : undefined
  if (token) await navigator.locks.request('peakseat.start', () => undefined) // granted after the token's own lock: by now the token is asked for
  const { begin } = await import('./first')
  await begin(token)
}
void start()
