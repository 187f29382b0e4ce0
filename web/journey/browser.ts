import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { run } from './stack'

/** Where the program is that a file's journeys use. */
export let url = inject('url')

/** apart gives the journeys of this file a program of their own: they move the rules' clock, which is everybody's. */
export function apart() {
  beforeAll(async () => {
    if (!inject('chromium')) return undefined
    const program = await run()
    url = program.url
    return program.stop
  })
}

/** moveClock sets the rules' clock ahead; the machine's, and the browser's, go on as they are. */
export const moveClock = (page: Page, to: number) =>
  call(page, people.operator, 'PUT', '/dev/clock', { now: new Date(to).toISOString(), rate: 1 })

/** journey is a test in the browser; where there is none it is skipped, and the set-up has said so. */
export const journey = test.skipIf(!inject('chromium'))

export type Language = 'zh' | 'en'
export type Size = 'desk' | 'phone'
export type Mode = 'light' | 'dark'

export const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The demo's people; their password is everybody's. */
export const people = {
  owner: 'owner@demo.peakseat.test',
  booker: 'booker@demo.peakseat.test',
  finance: 'finance@demo.peakseat.test',
  agent: 'agent@demo.peakseat.test',
  newcomer: 'agent2@demo.peakseat.test',
  aftersale: 'agent3@demo.peakseat.test',
  trainer: 'trainer@demo.peakseat.test',
  operator: 'operator@demo.peakseat.test',
}
const password = 'peakseat-demo'

let browser: Browser | undefined
const contexts: BrowserContext[] = []
const complaints: string[] = []

beforeAll(async () => {
  if (inject('chromium')) browser = await chromium.launch({ executablePath: inject('chromium'), args: flags })
})
afterAll(() => browser?.close())
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((c) => c.close()))
  const said = complaints.splice(0)
  expect(said, 'the console complained').toEqual([])
})

/** open is a new browser with nobody signed in. Whatever its console complains of fails the test. */
export async function open(o: { language?: Language; size?: Size; mode?: Mode } = {}): Promise<Page> {
  const size = o.size ?? 'desk'
  const context = await browser!.newContext({
    viewport: sizes[size],
    locale: o.language === 'en' ? 'en-GB' : 'zh-CN',
    isMobile: size === 'phone',
    hasTouch: size === 'phone',
    reducedMotion: 'reduce',
  })
  contexts.push(context)
  await context.addInitScript(
    ([l, m]) => {
      if (!localStorage.getItem('peakseat.language')) localStorage.setItem('peakseat.language', l)
      if (!localStorage.getItem('peakseat.theme')) localStorage.setItem('peakseat.theme', m)
    },
    [o.language ?? 'zh', o.mode ?? 'light'] as const,
  )
  const page = await context.newPage()
  // What the server refuses is the test's to judge; the browser's own line about it is no complaint.
  page.on(
    'console',
    (m) =>
      ['error', 'warning'].includes(m.type()) &&
      !m.text().startsWith('Failed to load resource') &&
      complaints.push(`${page.url()}: ${m.text()}`),
  )
  page.on('pageerror', (e) => complaints.push(`${page.url()}: ${String(e)}`))
  return page
}

/** signIn makes a page somebody's: it gets a session of its own and goes to the path. */
export async function signIn(page: Page, email: string, path: string) {
  const answer = await page.request.post(url + '/api/v1/sessions', { data: { email, password } })
  expect(answer.status()).toBe(201)
  const { refresh_token } = (await answer.json()) as { refresh_token: string }
  await page.goto(url + '/mark.svg')
  await page.evaluate((t) => {
    sessionStorage.clear()
    localStorage.setItem('peakseat.refresh', t)
  }, refresh_token)
  await page.goto(url + path)
}

/** settled waits until the page has read what it shows; the gallery shows a skeleton for itself. */
export async function settled(page: Page) {
  await page.waitForSelector('h1')
  await page.waitForFunction(() => !document.querySelector('.skeleton:not(.gallery *)'))
}

/** token is an access token, for what a journey needs done by somebody else. */
export async function token(page: Page, email: string) {
  const answer = await page.request.post(url + '/api/v1/sessions', { data: { email, password } })
  return ((await answer.json()) as { access_token: string }).access_token
}

/** signUp makes an agent who is nobody's but the test's, and answers their e-mail; the password is everybody's. */
export async function signUp(page: Page, name: string) {
  const email = `journey-${crypto.randomUUID().slice(0, 8)}@demo.peakseat.test`
  const answer = await page.request.post(url + '/api/v1/accounts', { data: { kind: 'agent', name, email, password } })
  expect(answer.status(), await answer.text()).toBe(201)
  return email
}

/** call asks the API as somebody and answers its body. */
export async function call<T>(page: Page, as: string, method: string, path: string, data?: unknown): Promise<T> {
  const answer = await page.request.fetch(url + '/api/v1' + path, {
    method,
    data,
    headers: { Authorization: 'Bearer ' + (await token(page, as)) },
  })
  expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true)
  return (answer.status() === 204 ? undefined : await answer.json()) as T
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** barriers are axe's serious and critical findings on the page as it stands. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axeSource)
  return page.evaluate(async () => {
    const axe = (
      window as unknown as {
        axe: {
          run: (
            o: object,
          ) => Promise<{ violations: { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }[] }>
        }
      }
    ).axe
    const { violations } = await axe.run({ resultTypes: ['violations'] })
    return violations
      .filter((v) => v.impact === 'serious' || v.impact === 'critical')
      .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')} ${n.failureSummary.split('\n')[1]?.trim() ?? ''}`))
  })
}

/** overflow is how many pixels the page is wider than its window; a phone's window grows with what does not fit, its screen does not. */
export const overflow = (page: Page) =>
  page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - Math.min(window.innerWidth, screen.width)))
