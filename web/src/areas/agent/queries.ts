import { queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, body, type Schema } from '@/api/client'
import { useLanguage } from '@/words'

// What several pages of an agent's read. A write names the keys it makes stale.
const minute = 60_000

/** My assignments, the latest start first: the newest hundred, which hold all that is ahead. */
export const mineQuery = queryOptions({ queryKey: ['mine', 'first'], queryFn: () => body(api.GET('/api/v1/assignments', { params: { query: { limit: 100 } } })) })
export const useMine = () => useQuery({ ...mineQuery, refetchInterval: minute, select: (l) => l.items })

/** All my assignments, page by page. */
export const useAllMine = () => useInfiniteQuery({
  queryKey: ['mine', 'all'], initialPageParam: '',
  queryFn: ({ pageParam }) => body(api.GET('/api/v1/assignments', { params: { query: { limit: 100, cursor: pageParam || undefined } } })),
  getNextPageParam: (last) => last.next_cursor, refetchInterval: minute,
})

export const useOffers = () => useQuery({ queryKey: ['offers'], queryFn: () => body(api.GET('/api/v1/offers', { params: { query: { limit: 100 } } })), refetchInterval: minute, select: (l) => l.items })
export const liveOffers = (list: Schema<'Offer'>[], now: number) => list.filter((o) => o.state === 'live' && Date.parse(o.expires_at) > now).sort((a, b) => Date.parse(a.expires_at) - Date.parse(b.expires_at) || Date.parse(a.starts_at) - Date.parse(b.starts_at))

export const useProfile = () => useQuery({ queryKey: ['profile'], queryFn: () => body(api.GET('/api/v1/profile')), staleTime: 5 * minute })
export const useIdentity = () => useQuery({ queryKey: ['identity'], queryFn: () => body(api.GET('/api/v1/me/identity')), staleTime: minute })
export const useMyTags = () => useQuery({ queryKey: ['my-tags'], queryFn: () => body(api.GET('/api/v1/me/tags')), staleTime: minute, select: (l) => l.items })
export const useEarnings = () => useQuery({ queryKey: ['earnings', 'first'], queryFn: () => body(api.GET('/api/v1/earnings', { params: { query: { limit: 100 } } })) })
export const useOpenSheets = () => useQuery({ queryKey: ['timesheets', 'submitted'], queryFn: () => body(api.GET('/api/v1/timesheets', { params: { query: { state: 'submitted', limit: 50 } } })), select: (l) => l.items })
export const useDisputes = () => useQuery({ queryKey: ['disputes'], queryFn: () => body(api.GET('/api/v1/disputes', { params: { query: { limit: 100 } } })), select: (l) => l.items })
export const useCredentials = () => useQuery({ queryKey: ['credentials'], queryFn: () => body(api.GET('/api/v1/credentials', { params: { query: { limit: 100 } } })), select: (l) => l.items })

/** My way to every credential; its sentences come in the reader's language. */
export function useProgress() {
  const language = useLanguage()
  return useQuery({ queryKey: ['progress', language], queryFn: () => body(api.GET('/api/v1/me/credential-progress')), select: (l) => l.items })
}

/** My tier; its sentences come in the reader's language. */
export function useTier() {
  const language = useLanguage()
  return useQuery({ queryKey: ['tier', language], queryFn: () => body(api.GET('/api/v1/me/tier')), staleTime: minute })
}

/** One shift with every rule asked of me; what the rules say is in the reader's language. */
export function useShift(id: string) {
  const language = useLanguage()
  return useQuery({ queryKey: ['shift', id, language], queryFn: () => body(api.GET('/api/v1/shifts/{id}/eligibility', { params: { path: { id } } })), refetchInterval: minute })
}
