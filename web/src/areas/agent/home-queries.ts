import { queryOptions } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import { queries } from '@/api/queries'
import { tagsQuery } from '@/api/tags'
import type { Language } from '@/words/language'

// What the home reads, without hooks: the page's first script asks for it while the app's code is still on its way.
export const minute = 60_000

/** My assignments, the latest start first: the newest hundred, which hold all that is ahead. */
export const mineQuery = queryOptions({
  queryKey: ['mine', 'first'],
  queryFn: () => body(api.GET('/api/v1/assignments', { params: { query: { limit: 100 } } })),
})
export const offersQuery = queryOptions({
  queryKey: ['offers'],
  queryFn: () => body(api.GET('/api/v1/offers', { params: { query: { limit: 100 } } })),
})
export const profileQuery = queryOptions({ queryKey: ['profile'], queryFn: () => body(api.GET('/api/v1/profile')), staleTime: 5 * minute })
export const identityQuery = queryOptions({
  queryKey: ['identity'],
  queryFn: () => body(api.GET('/api/v1/me/identity')),
  staleTime: minute,
})
export const myTagsQuery = queryOptions({ queryKey: ['my-tags'], queryFn: () => body(api.GET('/api/v1/me/tags')), staleTime: minute })
export const earningsQuery = queryOptions({
  queryKey: ['earnings', 'first'],
  queryFn: () => body(api.GET('/api/v1/earnings', { params: { query: { limit: 100 } } })),
})
export const openSheetsQuery = queryOptions({
  queryKey: ['timesheets', 'submitted'],
  queryFn: () => body(api.GET('/api/v1/timesheets', { params: { query: { state: 'submitted', limit: 50 } } })),
})
export const disputesQuery = queryOptions({
  queryKey: ['disputes'],
  queryFn: () => body(api.GET('/api/v1/disputes', { params: { query: { limit: 100 } } })),
})
export const credentialsQuery = queryOptions({
  queryKey: ['credentials'],
  queryFn: () => body(api.GET('/api/v1/credentials', { params: { query: { limit: 100 } } })),
})

/** My tier; its sentences come in the reader's language. */
export const tierQuery = (language: Language) =>
  queryOptions({ queryKey: ['tier', language], queryFn: () => body(api.GET('/api/v1/me/tier')), staleTime: minute })

/** readHome asks for all of it at once. It is done when each has answered or failed. */
export const readHome = (language: Language) =>
  Promise.all([
    queries.prefetchQuery(mineQuery),
    queries.prefetchQuery(tagsQuery),
    queries.prefetchQuery(tierQuery(language)),
    queries.prefetchQuery(offersQuery),
    queries.prefetchQuery(openSheetsQuery),
    queries.prefetchQuery(disputesQuery),
    queries.prefetchQuery(myTagsQuery),
    queries.prefetchQuery(credentialsQuery),
    queries.prefetchQuery(identityQuery),
    queries.prefetchQuery(earningsQuery),
    queries.prefetchQuery(profileQuery),
  ])
