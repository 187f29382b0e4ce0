import { useInfiniteQuery, type QueryKey } from '@tanstack/react-query'

interface PageOf<T> { items: T[]; next_cursor?: string }

/** usePages reads a list page by page; data is all of them so far. */
export function usePages<T>(queryKey: QueryKey, read: (cursor: string | undefined) => Promise<PageOf<T>>) {
  const query = useInfiniteQuery({ queryKey, queryFn: ({ pageParam }) => read(pageParam || undefined), initialPageParam: '', getNextPageParam: (last) => last.next_cursor || undefined })
  return { ...query, data: query.data?.pages.flatMap((p) => p.items) }
}
