import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { api, body } from '@/api/client'

export type View = 'confirmed' | 'draft' | 'finished' | 'cancelled'

/** The list reads on until it has this many, so that searching finds them all; further ones wait for their button. */
export const eager = 2000

/** useBookings are the merchant's bookings of a state, the newest first. */
export function useBookings(state: View) {
  const query = useInfiniteQuery({
    queryKey: ['bookings', state],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/bookings', { params: { query: { state, limit: 200, cursor: pageParam || undefined } } })),
    getNextPageParam: (last) => last.next_cursor,
  })
  const items = useMemo(() => query.data?.pages.flatMap((p) => p.items), [query.data])
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && (items?.length ?? 0) < eager) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, items])
  return { ...query, items }
}
