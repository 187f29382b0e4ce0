import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, body, type Schema } from '@/api/client'
import { useLanguage } from '@/words'
import {
  credentialsQuery,
  disputesQuery,
  earningsQuery,
  identityQuery,
  mineQuery,
  minute,
  myTagsQuery,
  offersQuery,
  openSheetsQuery,
  profileQuery,
  tierQuery,
} from './home-queries'

// What several pages of an agent's read. A write names the keys it makes stale.
export const useMine = () => useQuery({ ...mineQuery, refetchInterval: minute, select: (l) => l.items })

/** All my assignments, page by page. */
export const useAllMine = () =>
  useInfiniteQuery({
    queryKey: ['mine', 'all'],
    initialPageParam: '',
    queryFn: ({ pageParam }) => body(api.GET('/api/v1/assignments', { params: { query: { limit: 100, cursor: pageParam || undefined } } })),
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: minute,
  })

export const useOffers = () => useQuery({ ...offersQuery, refetchInterval: minute, select: (l) => l.items })
export const liveOffers = (list: Schema<'Offer'>[], now: number) =>
  list
    .filter((o) => o.state === 'live' && Date.parse(o.expires_at) > now)
    .sort((a, b) => Date.parse(a.expires_at) - Date.parse(b.expires_at) || Date.parse(a.starts_at) - Date.parse(b.starts_at))

export const useProfile = () => useQuery(profileQuery)
export const useIdentity = () => useQuery(identityQuery)
export const useMyTags = () => useQuery({ ...myTagsQuery, select: (l) => l.items })
export const useEarnings = () => useQuery(earningsQuery)
export const useOpenSheets = () => useQuery({ ...openSheetsQuery, select: (l) => l.items })
export const useDisputes = () => useQuery({ ...disputesQuery, select: (l) => l.items })
export const useCredentials = () => useQuery({ ...credentialsQuery, select: (l) => l.items })
export const useTier = () => useQuery(tierQuery(useLanguage()))

/** My way to every credential; its sentences come in the reader's language. */
export function useProgress() {
  const language = useLanguage()
  return useQuery({
    queryKey: ['progress', language],
    queryFn: () => body(api.GET('/api/v1/me/credential-progress')),
    select: (l) => l.items,
  })
}

/** One shift with every rule asked of me; what the rules say is in the reader's language. */
export function useShift(id: string) {
  const language = useLanguage()
  return useQuery({
    queryKey: ['shift', id, language],
    queryFn: () => body(api.GET('/api/v1/shifts/{id}/eligibility', { params: { path: { id } } })),
    refetchInterval: minute,
  })
}
