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
]
