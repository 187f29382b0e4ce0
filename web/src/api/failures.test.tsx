import { onlineManager, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { Loaded, Offline } from '@/design/feedback'
import { accessToken, refused, signedIn } from '@/session/tokens'
import { chooseLanguage, wordsReady } from '@/words'
import { api, body } from './client'
import { Problem } from './problem'
import { pause, queries } from './queries'

// One page that reads one thing, and a server that answers what each test says.
let answers: ((request: Request) => Response | Promise<Response>)[] = []
const asked: Request[] = []

const json = (status: number, said: object, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(said), { status, headers: { 'Content-Type': 'application/json', ...headers } })
const refusal = (status: number, headers?: Record<string, string>) => () =>
  json(status, { title: 'no', detail: 'refused ' + status, code: 'x', request_id: 'req-1' }, headers)
const book = () => json(200, { id: '1', items: [{}] })
const pair = (token: string) => (): Response => json(200, { access_token: token, refresh_token: token + '-refresh', expires_in: 900 })
let refreshes = pair('first')

function Book() {
  const query = useQuery({ queryKey: ['book'], queryFn: () => body(api.GET('/api/v1/me/tags')) })
  return (
    <>
      <Loaded query={query}>{() => <p>the book</p>}</Loaded>
      <Offline />
    </>
  )
}
const show = () =>
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={createMemoryRouter([{ path: '*', element: <Book /> }])} />
    </QueryClientProvider>,
  )

beforeAll(async () => {
  Object.defineProperty(navigator, 'locks', { value: { request: (_: string, held: () => unknown) => held() } }) // jsdom has none
  await wordsReady
  chooseLanguage('en')
  await vi.waitFor(() => expect(document.documentElement.lang).toBe('en'))
})
beforeEach(() => {
  localStorage.setItem('peakseat.refresh', 'refresh')
  vi.stubGlobal('fetch', async (input: RequestInfo, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(new URL(input, location.origin), init)
    asked.push(request)
    const answer = request.url.endsWith('/sessions/refresh') ? refreshes : answers.shift()
    if (!answer) throw new TypeError('Failed to fetch')
    return answer(request)
  })
  queries.setDefaultOptions({ queries: { ...queries.getDefaultOptions().queries, retryDelay: 0 } })
})
afterEach(() => {
  queries.clear()
  answers = []
  asked.length = 0
  refreshes = pair('first')
  sessionStorage.clear()
  onlineManager.setOnline(true)
  vi.unstubAllGlobals()
})

test.each([
  [403, 'Your role cannot see this.'],
  [404, 'The address may be wrong'],
])('%i offers the way home, not another try', async (status, hint) => {
  answers = [refusal(status)]
  show()
  expect((await screen.findByRole('alert')).textContent).toContain('refused ' + status)
  expect(screen.getByRole('alert').textContent).toContain(hint)
  expect(screen.getByRole('link').getAttribute('href')).toBe('/')
  expect(screen.queryByRole('button')).toBeNull()
})

test('500 is not tried again by itself; its id is shown, and a press tries again', async () => {
  answers = [refusal(500), book]
  show()
  expect((await screen.findByRole('alert')).textContent).toContain('Request req-1')
  expect(answers).toHaveLength(1)
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('the book')).toBeTruthy()
})

test('a busy server is asked again when it says, and then by the reader', async () => {
  answers = [refusal(503), refusal(503), book]
  show()
  expect(await screen.findByText('the book')).toBeTruthy()
  expect(pause(0, new Problem({ status: 503 }, 7))).toBe(7000)
  expect([0, 1, 2, 9].map((n) => pause(n, new Problem({ status: 503 })))).toEqual([1000, 2000, 4000, 30_000])
})

test('a server that stays busy says for how long', async () => {
  answers = [1, 2, 3].map(() => refusal(503, { 'Retry-After': '7' }))
  show()
  expect((await screen.findByRole('alert')).textContent).toContain('try again in 7 seconds')
})

test('a server that cannot be reached', async () => {
  show()
  expect((await screen.findByRole('alert')).textContent).toContain('Cannot reach the server')
  expect(asked.filter((r) => r.url.endsWith('/me/tags'))).toHaveLength(3)
})

test('without a network what was asked waits, says so, and goes on when it is back', async () => {
  onlineManager.setOnline(false)
  answers = [book]
  show()
  expect(await screen.findByText(/^You are offline/)).toBeTruthy()
  expect(asked).toEqual([])
  act(() => onlineManager.setOnline(true))
  expect(await screen.findByText('the book')).toBeTruthy()
  expect(screen.queryByText(/^You are offline/)).toBeNull()
})

test('a token that the server takes no more is renewed, and nobody notices', async () => {
  let tokens = 0
  refreshes = () => pair('token' + ++tokens)()
  answers = [refusal(401), book]
  show()
  expect(await screen.findByText('the book')).toBeTruthy()
  const [before, after] = asked.filter((r) => r.url.endsWith('/me/tags')).map((r) => r.headers.get('Authorization'))
  expect(before).not.toBe(after)
  expect(signedIn()).toBe(true)
})

test('a session that is over signs out', async () => {
  answers = [refusal(401)]
  refreshes = () => json(401, {})
  show()
  await vi.waitFor(() => expect(signedIn()).toBe(false))
})

test('a refresh whose answer is lost is asked again as the same attempt, the next as another', async () => {
  const attempts: string[] = []
  let lost = 0
  refreshes = () => {
    if (lost++ === 0) throw new TypeError('Failed to fetch')
    return pair('token')()
  }
  const fetched = fetch
  vi.stubGlobal('fetch', async (input: RequestInfo, init?: RequestInit) => {
    if (typeof init?.body === 'string') attempts.push((JSON.parse(init.body) as { attempt: string }).attempt)
    return fetched(input, init)
  })
  await expect(accessToken()).rejects.toThrow('Failed to fetch')
  expect(await accessToken()).toBe('token')
  await refused('token')
  expect(attempts).toHaveLength(3)
  expect(attempts[1]).toBe(attempts[0])
  expect(attempts[2]).not.toBe(attempts[1])
})
