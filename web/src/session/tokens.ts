import { Problem } from '@/api/problem'

/**
 * The access token is kept for the tab, so that a reload asks for none; the refresh token, which works once, is kept for the
 * browser. Tabs share it: a lock keeps two of them from using the same one, which would end the session as if it were stolen.
 */
interface Pair {
  access_token: string
  refresh_token: string
  expires_in: number
}

const kept = 'peakseat.refresh'
const ofAttempt = 'peakseat.refresh.attempt'
const ofTab = 'peakseat.access'
let access = JSON.parse(sessionStorage.getItem(ofTab) ?? 'null') as { token: string; until: number } | null
const listeners = new Set<() => void>()
const changed = () => listeners.forEach((l) => l())

export const onSession = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
export const signedIn = () => localStorage.getItem(kept) !== null
const drop = () => {
  access = null
  sessionStorage.removeItem(ofTab)
}
export const forget = () => end(false)
let over = false
/** sessionOver tells that the server ended the session, and not the reader: what was on the page still is. */
export const sessionOver = () => over
function end(byServer: boolean) {
  over = byServer
  drop()
  localStorage.removeItem(kept)
  localStorage.removeItem(ofAttempt)
  changed()
}
export function keep(pair: Pair) {
  over = false
  access = { token: pair.access_token, until: Date.now() + (pair.expires_in - 30) * 1000 }
  sessionStorage.setItem(ofTab, JSON.stringify(access))
  localStorage.setItem(kept, pair.refresh_token)
  localStorage.removeItem(ofAttempt)
  changed()
}
window.addEventListener('storage', (e) => {
  if (e.key !== kept) return
  if (e.newValue === null || access === null) {
    over = false
    drop()
    changed()
  }
})

let renewal: Promise<string | null> | undefined

/** accessToken is a token good for now, or null for somebody signed out. All who ask while a new one is on its way wait for the same. */
export async function accessToken(): Promise<string | null> {
  if (access && access.until > Date.now()) return access.token
  if (!signedIn()) return null
  return (renewal ??= renew().finally(() => {
    renewal = undefined
  }))
}

/** attempt is the number of a renewal whose answer has not come: by it the server knows the second asking after a lost network or a page left. */
function attempt() {
  const number = localStorage.getItem(ofAttempt) ?? crypto.randomUUID()
  localStorage.setItem(ofAttempt, number)
  return number
}

const renew = async () =>
  navigator.locks.request(kept, async () => {
    if (access && access.until > Date.now()) return access.token // whoever held the lock before was us
    const refresh_token = localStorage.getItem(kept)
    if (!refresh_token) return null
    const answer = await fetch('/api/v1/sessions/refresh', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ refresh_token, attempt: attempt() }),
    })
    if (answer.status === 401) {
      end(true)
      return null
    }
    if (!answer.ok) throw await Problem.from(answer)
    keep((await answer.json()) as Pair)
    return access?.token ?? null
  })

/** refused tells that the server did not take a token: the next call gets a new one, and who has no session any more is signed out. */
export async function refused(token: string) {
  if (access?.token === token) drop()
  await accessToken().catch(() => undefined) // what else is wrong, the next call will say
}
