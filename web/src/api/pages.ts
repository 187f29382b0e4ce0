import { keepPreviousData, useInfiniteQuery, useQuery, type QueryKey } from '@tanstack/react-query'
import { useState } from 'react'

interface PageOf<T> {
  items: T[]
  next_cursor?: string
}

/** usePages reads a list page by page; data is all of them so far. */
export function usePages<T>(queryKey: QueryKey, read: (cursor: string | undefined) => Promise<PageOf<T>>) {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => read(pageParam || undefined),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor || undefined,
  })
  return { ...query, data: query.data?.pages.flatMap((p) => p.items) }
}

/** usePager reads one page of a list at a time and goes back and on; another key begins at its first page. total is the list's length, where it is known. */
export function usePager<T>(queryKey: QueryKey, size: number, read: (cursor: string | undefined) => Promise<PageOf<T>>, total?: number) {
  const list = JSON.stringify(queryKey)
  const [at, setAt] = useState<{ list: string; cursors: string[] }>({ list, cursors: [''] })
  const cursors = at.list === list ? at.cursors : ['']
  const cursor = cursors.at(-1)!
  const query = useQuery({
    queryKey: [...queryKey, 'page', cursor],
    queryFn: () => read(cursor || undefined),
    placeholderData: keepPreviousData,
  })
  const first = (cursors.length - 1) * size + 1
  const next = query.isPlaceholderData ? undefined : query.data?.next_cursor
  const go = (to: string[]) => () => setAt({ list, cursors: to })
  return {
    ...query,
    data: query.data?.items,
    pages: {
      first,
      last: first - 1 + (query.data?.items.length ?? 0),
      total,
      busy: query.isPlaceholderData,
      back: cursors.length > 1 ? go(cursors.slice(0, -1)) : undefined,
      on: next ? go([...cursors, next]) : undefined,
    },
  }
}
