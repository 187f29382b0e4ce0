import { useQuery } from '@tanstack/react-query'
import { api, body, type Schema } from '@/api/client'

export type Run = Schema<'SimulationRun'>
export type Dialogue = Run['dialogues'][number]

/** A run has the screen to itself, as an exam has. */
export const roomOf = (r: { id: string }) => '/agent/simulation-runs/' + r.id
export const scoreOf = (r: { id: string; scenario: string }) => `/agent/academy/simulations/${r.scenario}?run=${r.id}`

/** useRun is a run as it stood when it was read; while it is live a stream brings each change whole. */
export const useRun = (id: string) =>
  useQuery({
    queryKey: ['run', id],
    queryFn: () => body(api.GET('/api/v1/simulation-runs/{id}', { params: { path: { id } } })),
    staleTime: Infinity,
  })

/** waitsSince is since when a customer has waited for a reply, in milliseconds: from the first line after the last reply. */
export function waitsSince(d: Dialogue): number | undefined {
  if (d.state !== 'open') return undefined
  const last = d.messages.findLastIndex((m) => m.from === 'agent')
  const first = d.messages[last + 1]
  return first && Date.parse(first.at)
}

/** firstReply is after how many seconds the customer's first line was answered. */
export function firstReply(d: Dialogue): { at: number; seconds: number } | undefined {
  const at = d.messages.findIndex((m) => m.from === 'agent')
  const asked = d.messages[0]
  if (at < 1 || !asked) return undefined
  return { at, seconds: Math.max(0, Math.round((Date.parse(d.messages[at]!.at) - Date.parse(asked.at)) / 1000)) }
}

/** In how many seconds a first reply is good. */
export const quick = 5
