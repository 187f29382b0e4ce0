import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query'
import { useRef } from 'react'
import type { Problem } from './problem'

/**
 * useAct is a write: one idempotency key lasts until it succeeds or its input changes, so that trying again after a lost
 * answer never acts twice. Everything under the keys in `stale` is read again after it.
 */
export function useAct<In, Out>(act: (input: In, headers: { 'Idempotency-Key': string }) => Promise<Out>, stale: QueryKey[] = []) {
  const queries = useQueryClient()
  const held = useRef({ input: '', key: '' })
  return useMutation<Out, Problem, In>({
    mutationFn: (input) => {
      const said = JSON.stringify(input) ?? ''
      if (!held.current.key || held.current.input !== said) held.current = { input: said, key: crypto.randomUUID() }
      return act(input, { 'Idempotency-Key': held.current.key })
    },
    onSuccess: () => {
      held.current = { input: '', key: '' }
      return Promise.all(stale.map((queryKey) => queries.invalidateQueries({ queryKey })))
    },
  })
}
