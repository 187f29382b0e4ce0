import { people } from './browser'

/** Every page there is: who sees it, where, and the name of its picture. A new page belongs here. */
export const pages: { as?: keyof typeof people; path: string; name: string }[] = [
  { path: '/', name: 'landing' },
  { path: '/sign-in', name: 'sign-in' },
  { path: '/sign-up', name: 'sign-up' },
  { path: '/nowhere', name: 'not-found' },
  { path: '/log', name: 'transparency-log' },
  { path: '/credentials/AAAAAAAAAAAAAAAAAAAAAA', name: 'credential-unknown' },
  { path: '/welcome#nothing', name: 'welcome' },
  { as: 'agent', path: '/me/notices', name: 'notices' },
  { as: 'owner', path: '/me/profile', name: 'profile' },
  { as: 'operator', path: '/operator/market', name: 'operator-market' },
  { as: 'operator', path: '/operator/plans', name: 'operator-plans' },
  { as: 'operator', path: '/operator/campaigns', name: 'operator-campaigns' },
  { as: 'operator', path: '/operator/taxonomy', name: 'operator-taxonomy' },
  { as: 'operator', path: '/operator/prices', name: 'operator-prices' },
  { as: 'operator', path: '/operator/people', name: 'operator-people' },
  { as: 'operator', path: '/operator/disputes', name: 'operator-disputes' },
  { as: 'operator', path: '/operator/appeals', name: 'operator-appeals' },
  { as: 'operator', path: '/operator/parked', name: 'operator-parked' },
  { as: 'operator', path: '/operator/audit', name: 'operator-audit' },
]
