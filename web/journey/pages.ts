import type { Page } from 'playwright-core'
import { call, people } from './browser'

/** Get asks the API as whoever sees the page, or for a stranger as an operator. */
export type Get = <T>(path: string) => Promise<T>

/** A page of something that the demo has is found by asking the API for it. */
export interface OnePage {
  as?: keyof typeof people
  path: string | ((get: Get) => Promise<string>)
  name: string
}

interface Found {
  items: { id: string; title: string }[]
}

/** bookingCalled is the path of the page of the demo's newest booking of a state whose title begins so. */
const bookingCalled = (state: string, title: string, path: (id: string) => string) => async (get: Get) => {
  const { items } = await get<Found>(`/bookings?state=${state}&limit=200`)
  const found = items.find((b) => b.title.startsWith(title))
  if (!found) throw new Error(`The demo has no ${state} booking called ${title}.`)
  return path(found.id)
}

/** ownPack is the page of the pack of the merchant's first shop that has one. */
const ownPack = async (get: Get) => {
  const { items } = await get<{ items: { id: string }[] }>('/shops?limit=100')
  for (const { id } of items) if ((await get<{ newest: number }>(`/shops/${id}/pack/draft`)).newest > 0) return `/merchant/shops/${id}/pack`
  throw new Error('The demo has no brand pack.')
}

/** waitingSheet is the list of timesheets with one open, whose minutes are disputed unless a journey has settled them. */
const waitingSheet = async (get: Get) => {
  const { items } = await get<{ items: { id: string; disputed_minutes: number }[] }>('/timesheets?state=submitted&limit=200')
  const found = items.find((s) => s.disputed_minutes > 0) ?? items[0]
  if (!found) throw new Error('The demo has no timesheet that waits.')
  return '/merchant/timesheets#' + found.id
}

/** packCalled is the page on which trainers add to the demo's brand pack. */
const packCalled = async (get: Get) => {
  const { items } = await get<{ items: { shop_id: string }[] }>('/packs')
  if (!items[0]) throw new Error('The demo has no brand pack.')
  return '/trainer/packs/' + items[0].shop_id
}

/** coded is the path of the page of what has a code, among the first that a list answers. */
const coded = (list: string, code: string, path: (one: { id: string; paper_id: string }) => string) => async (get: Get) => {
  const { items } = await get<{ items: { id: string; paper_id: string; code: string }[] }>(list + '?limit=200')
  const found = items.find((x) => x.code === code)
  if (!found) throw new Error(`The demo has no ${code} in ${list}.`)
  return path(found)
}

/** threadThatIs is the path of a question among agents that has an accepted answer, or waits for one. */
const threadThatIs = (accepted: boolean) => async (get: Get) => {
  const { items } = await get<{ items: { id: string; accepted: boolean; answers: number; mine: boolean }[] }>('/peer-questions?limit=100')
  const found = items.find((q) => !q.mine && (accepted ? q.accepted : q.answers === 0))
  if (!found) throw new Error('The demo has no such question.')
  return '/agent/academy/questions/' + found.id
}

interface Rows {
  items: { id: string; code: string; version_id: string; paper_id: string; version: number; questions: number }[]
}

/** firstOf is the path of a page about the first of a list that the demo has. */
const firstOf = (list: string, path: (one: Rows['items'][number]) => string) => async (get: Get) => {
  const { items } = await get<Rows>(list)
  if (!items[0]) throw new Error(`The demo has nothing at ${list}.`)
  return path(items[0])
}

/** firstQuestion is the page of the first question of the demo's first bank. */
const firstQuestion = async (get: Get) => {
  const bank = await firstOf('/question-banks', (b) => b.id)(get)
  return firstOf(`/question-banks/${bank}/questions?limit=1`, (q) => `/trainer/banks/${bank}/questions/${q.id}`)(get)
}

/** analysisOf is the item analysis of one of the demo's papers. */
const analysisOf = (code: string) => async (get: Get) => {
  const { items } = await get<Rows>('/papers?limit=200')
  const paper = items.find((p) => p.code === code)
  if (!paper) throw new Error(`The demo has no paper ${code}.`)
  return `/trainer/items?paper=${paper.paper_id}&v=${paper.version}`
}

/** credentialThatIs is the path of a page about the demo's newest credential of a state. */
const credentialThatIs = (state: string, path: (c: { id: string; public_id: string }) => string) => async (get: Get) => {
  const { items } = await get<{ items: { id: string; public_id: string; state: string; code: string }[] }>('/credentials?limit=200')
  const found = items.find((c) => c.state === state && ['aftersale_agent', 'peak_duty'].includes(c.code))
  if (!found) throw new Error(`The demo has no ${state} credential.`)
  return path(found)
}
const publicPage = (c: { public_id: string }) => '/credentials/' + c.public_id

/** pathOf is where a page is; an operator finds what a stranger is led to. */
export const pathOf = async (page: Page, { as, path }: OnePage) =>
  typeof path === 'string' ? path : path((at) => call(page, people[as ?? 'operator'], 'GET', at))

/** Every page there is: who sees it, where, and the name of its picture. A new page belongs here. */
export const pages: OnePage[] = [
  { path: '/', name: 'landing' },
  { path: '/sign-in', name: 'sign-in' },
  { path: '/sign-up', name: 'sign-up' },
  { path: '/nowhere', name: 'not-found' },
  { path: '/log', name: 'transparency-log' },
  { path: '/design', name: 'components' },
  ...['valid', 'expiring', 'expired', 'suspended', 'revoked'].map((state) => ({
    path: credentialThatIs(state, publicPage),
    name: 'credential-' + state,
  })),
  { path: '/credentials/AAAAAAAAAAAAAAAAAAAAAA', name: 'credential-unknown' },
  { path: '/credentials', name: 'credential-find' },
  { path: '/welcome#nothing', name: 'welcome' },
  { as: 'agent', path: '/me/notices', name: 'notices' },
  { as: 'owner', path: '/me/profile', name: 'profile' },
  { as: 'operator', path: '/operator/market', name: 'operator-market' },
  { as: 'operator', path: '/operator/plans', name: 'operator-plans' },
  {
    as: 'operator',
    path: async (get) => '/operator/plans/' + (await get<{ items: { id: string }[] }>('/plans')).items[0]!.id,
    name: 'operator-plan',
  },
  { as: 'operator', path: '/operator/campaigns', name: 'operator-campaigns' },
  { as: 'operator', path: '/operator/taxonomy', name: 'operator-taxonomy' },
  { as: 'operator', path: '/operator/prices', name: 'operator-prices' },
  { as: 'operator', path: '/operator/people', name: 'operator-people' },
  {
    as: 'operator',
    path: async (get) => '/operator/people/' + (await get<{ items: { agent_id: string }[] }>('/identities?state=given')).items[0]!.agent_id,
    name: 'operator-person',
  },
  { as: 'operator', path: '/operator/credentials', name: 'operator-credentials' },
  { as: 'operator', path: '/operator/credentials?view=issued', name: 'operator-credentials-issued' },
  { as: 'operator', path: credentialThatIs('revoked', (c) => '/operator/credentials/' + c.id), name: 'operator-credential' },
  { as: 'operator', path: '/operator/disputes', name: 'operator-disputes' },
  { as: 'operator', path: '/operator/appeals', name: 'operator-appeals' },
  { as: 'operator', path: '/operator/appeals?of=penalties', name: 'operator-appeals-penalties' },
  { as: 'operator', path: '/operator/parked', name: 'operator-parked' },
  { as: 'operator', path: '/operator/audit', name: 'operator-audit' },
  { as: 'trainer', path: '/trainer/courses', name: 'trainer-courses' },
  { as: 'trainer', path: '/trainer/courses/new', name: 'trainer-courses-new' },
  { as: 'trainer', path: firstOf('/courses', (c) => '/trainer/courses/' + c.version_id), name: 'trainer-course' },
  { as: 'trainer', path: '/trainer/banks', name: 'trainer-banks' },
  { as: 'trainer', path: firstOf('/question-banks', (b) => '/trainer/banks/' + b.id), name: 'trainer-bank' },
  { as: 'trainer', path: firstQuestion, name: 'trainer-question' },
  { as: 'trainer', path: '/trainer/papers', name: 'trainer-papers' },
  { as: 'trainer', path: '/trainer/papers/new', name: 'trainer-papers-new' },
  { as: 'trainer', path: firstOf('/papers', (p) => '/trainer/papers/' + p.paper_id), name: 'trainer-paper' },
  { as: 'trainer', path: '/trainer/packs', name: 'trainer-packs' },
  { as: 'trainer', path: packCalled, name: 'trainer-pack' },
  { as: 'trainer', path: '/trainer/grading', name: 'trainer-grading' },
  { as: 'trainer', path: analysisOf('peak_brief'), name: 'trainer-items' },
  { as: 'trainer', path: analysisOf('base_exam'), name: 'trainer-items-none' },
  { as: 'trainer', path: '/trainer/trials', name: 'trainer-trials' },
  { as: 'trainer', path: '/trainer/questions', name: 'trainer-questions' },
  { as: 'trainer', path: firstOf('/peer-questions', (q) => '/trainer/questions/' + q.id), name: 'trainer-question-among-agents' },
  { as: 'trainer', path: '/trainer/talks', name: 'trainer-talks' },
  { as: 'trainer', path: '/trainer/credentials', name: 'trainer-credentials' },
  { as: 'trainer', path: '/trainer/credentials?view=issued', name: 'trainer-credentials-issued' },
  { as: 'trainer', path: '/trainer/credentials?view=revocations', name: 'trainer-credentials-revocations' },
  { as: 'trainer', path: '/trainer/credentials?view=templates', name: 'trainer-credentials-templates' },
  { as: 'trainer', path: credentialThatIs('suspended', (c) => '/trainer/credentials/' + c.id), name: 'trainer-credential' },
  { as: 'trainer', path: '/trainer/appeals', name: 'trainer-appeals' },
  { as: 'agent', path: '/agent/home', name: 'agent-home' },
  { as: 'agent', path: '/agent/hall', name: 'agent-hall' },
  { as: 'newcomer', path: '/agent/hall?show=nearly', name: 'agent-hall-nearly' },
  { as: 'agent', path: '/agent/shifts', name: 'agent-shifts' },
  { as: 'agent', path: '/agent/shifts?view=list', name: 'agent-shifts-list' },
  { as: 'agent', path: '/agent/offers', name: 'agent-offers' },
  { as: 'agent', path: '/agent/me', name: 'agent-me' },
  { as: 'agent', path: '/agent/me/tier', name: 'agent-tier' },
  { as: 'agent', path: '/agent/me/availability', name: 'agent-availability' },
  { as: 'agent', path: '/agent/me/limits', name: 'agent-limits' },
  { as: 'newcomer', path: '/agent/me/identity', name: 'agent-identity' },
  { as: 'agent', path: '/agent/me/earnings', name: 'agent-earnings' },
  { as: 'agent', path: '/agent/me/timesheets', name: 'agent-timesheets' },
  { as: 'agent', path: '/agent/me/credentials', name: 'agent-credentials' },
  { as: 'newcomer', path: '/agent/academy', name: 'agent-academy' },
  { as: 'agent', path: '/agent/academy/trials', name: 'agent-trials' },
  { as: 'agent', path: '/agent/academy', name: 'agent-academy-on-the-way' },
  { as: 'agent', path: '/agent/academy/assessments', name: 'agent-assessments' },
  { as: 'agent', path: '/agent/academy/assessments/onet_ip_sf', name: 'agent-assessment-result' },
  { as: 'newcomer', path: '/agent/academy/assessments/mini_ipip', name: 'agent-assessment' },
  { as: 'newcomer', path: '/agent/academy/assessments/mini_ipip/take', name: 'agent-assessment-take' },
  { as: 'agent', path: '/agent/academy/placement', name: 'agent-placement' },
  { as: 'agent', path: '/agent/academy/play', name: 'agent-play' },
  { as: 'aftersale', path: '/agent/academy/play', name: 'agent-play-empty' },
  { as: 'agent', path: '/agent/academy/questions', name: 'agent-questions' },
  { as: 'agent', path: '/agent/academy/questions?q=nothing+like+it', name: 'agent-questions-none' },
  { as: 'agent', path: '/agent/academy/questions/new', name: 'agent-questions-new' },
  { as: 'agent', path: '/agent/academy/talks', name: 'agent-talks' },
  { as: 'newcomer', path: coded('/courses', 'base_course', (c) => '/agent/academy/courses/' + c.id), name: 'agent-course' },
  { as: 'agent', path: coded('/courses', 'base_course', (c) => '/agent/academy/courses/' + c.id), name: 'agent-course-completed' },
  {
    as: 'agent',
    path: coded('/courses', 'base_course', (c) => `/agent/academy/courses/${c.id}?lesson=presale`),
    name: 'agent-lesson',
  },
  { as: 'newcomer', path: coded('/papers', 'base_exam', (p) => '/agent/academy/papers/' + p.paper_id), name: 'agent-paper' },
  { as: 'newcomer', path: '/agent/academy/simulations/presale_sizes', name: 'agent-simulation' },
  { as: 'newcomer', path: '/agent/academy?tag=industry/apparel', name: 'agent-academy-for-a-tag' },
  { as: 'agent', path: threadThatIs(true), name: 'agent-question' },
  { as: 'agent', path: threadThatIs(false), name: 'agent-question-unanswered' },
  {
    as: 'newcomer',
    path: async (get) => '/agent/packs/' + (await get<{ items: { shop_id: string }[] }>('/me/packs')).items[0]!.shop_id,
    name: 'agent-pack',
  },
  { as: 'owner', path: '/merchant/today', name: 'merchant-today' },
  { as: 'owner', path: '/merchant/bookings', name: 'merchant-bookings' },
  { as: 'owner', path: bookingCalled('confirmed', '大促直播', (id) => `/merchant/bookings/${id}`), name: 'merchant-booking' },
  { as: 'finance', path: bookingCalled('cancelled', '周末加班', (id) => `/merchant/bookings/${id}`), name: 'merchant-booking-cancelled' },
  { as: 'owner', path: '/merchant/bookings/new', name: 'merchant-new-booking' },
  {
    as: 'booker',
    path: bookingCalled('confirmed', '大促直播', (id) => `/merchant/bookings/new?like=${id}`),
    name: 'merchant-booking-again',
  },
  { as: 'owner', path: '/merchant/timesheets', name: 'merchant-timesheets' },
  { as: 'finance', path: waitingSheet, name: 'merchant-timesheet' },
  { as: 'owner', path: '/merchant/wallet', name: 'merchant-wallet' },
  { as: 'owner', path: '/merchant/shops', name: 'merchant-shops' },
  { as: 'booker', path: ownPack, name: 'merchant-pack' },
  { as: 'owner', path: '/merchant/team', name: 'merchant-team' },
  { as: 'owner', path: '/merchant/keys', name: 'merchant-keys' },
]

/** Everybody who sees some of them: they sign in once and go from page to page. */
export const readers = [...new Set(pages.map((p) => p.as))].map((as) => ({ as, who: as ?? 'a stranger' }))
