import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { api, body, type Schema } from '@/api/client'
import { Problem } from '@/api/problem'
import { useWords } from '@/words'
import { useBookings } from '../bookings/queries'
import { useColleagues } from '../new-booking/core-team'

export type Sheet = Schema<'Timesheet'>
export type View = 'submitted' | 'approved'

/** useSheets are the timesheets of a state, the newest first, page by page. */
export function useSheets(view: View) {
  const query = useInfiniteQuery({
    queryKey: ['timesheets', view],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/timesheets', { params: { query: { state: view, limit: 200, cursor: pageParam || undefined } } })),
    getNextPageParam: (last) => last.next_cursor,
  })
  return { ...query, rows: useMemo(() => query.data?.pages.flatMap((p) => p.items), [query.data]) }
}

export const useDisputes = () =>
  useQuery({
    queryKey: ['disputes'],
    queryFn: async () => (await body(api.GET('/api/v1/disputes', { params: { query: { limit: 200 } } }))).items,
  })

/** useAbout says of a timesheet whose it is and which booking's. */
export function useAbout() {
  const t = useWords('merchant')
  const people = useColleagues()
  const confirmed = useBookings('confirmed'),
    finished = useBookings('finished')
  const bookings = useMemo(
    () => new Map([...(confirmed.items ?? []), ...(finished.items ?? [])].map((b) => [b.id, b])),
    [confirmed.items, finished.items],
  )
  const names = useMemo(() => new Map(people.data?.map((a) => [a.agent_id, a.name])), [people.data])
  return (s: Sheet) => ({
    name: names.get(s.agent_id) ?? t('core.somebody', { id: s.agent_id.slice(-4) }),
    title: bookings.get(s.booking_id)?.title ?? '',
    zone: bookings.get(s.booking_id)?.time_zone,
  })
}

/** Batch is how far approving many has come, and which of them failed. */
export interface Batch {
  done: number
  of: number
  failed: { id: string; problem: Problem }[]
}

/** useApprovals approves timesheets one after the other and answers which of them failed. */
export function useApprovals() {
  const queries = useQueryClient()
  const [batch, setBatch] = useState<Batch>()
  const approve = async (list: Sheet[]) => {
    const failed: Batch['failed'] = []
    setBatch({ done: 0, of: list.length, failed })
    for (const [i, s] of list.entries()) {
      try {
        // The key is the sheet's own: approving it again after a lost answer does nothing twice.
        await body(
          api.POST('/api/v1/timesheets/{id}/approval', {
            params: { path: { id: s.id }, header: { 'Idempotency-Key': 'approve-' + s.id } },
          }),
        )
      } catch (cause) {
        failed.push({ id: s.id, problem: cause instanceof Problem ? cause : Problem.network(cause) })
      }
      setBatch({ done: i + 1, of: list.length, failed: [...failed] })
    }
    if (failed.length === 0) setBatch(undefined)
    await Promise.all([['timesheets'], ['wallet'], ['statement']].map((queryKey) => queries.invalidateQueries({ queryKey })))
    return failed.map((f) => f.id)
  }
  return { batch, approve, busy: batch !== undefined && batch.done < batch.of }
}
