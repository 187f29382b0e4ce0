import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { api, body, type Schema } from '@/api/client'
import { forget, keep, onSession, sessionOver, signedIn } from './tokens'

export type Me = Schema<'MeBody'>
export type Role = Me['role']

/** What part of the app a role works in. */
export const areaOf = (role: Role) => (role === 'agent' || role === 'trainer' || role === 'operator' ? role : 'merchant')

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: () => body(api.GET('/api/v1/me')), staleTime: 5 * 60_000 })

/** useOver tells that the server has ended the session of whoever is at work. */
export const useOver = () => useSyncExternalStore(onSession, sessionOver)

/** useMe is who is signed in: undefined while it is read, null for nobody. Who is at work stays so when the server ends the session. */
export function useMe(): Me | null | undefined {
  const there = useSyncExternalStore(onSession, signedIn)
  const over = useOver()
  const { data } = useQuery({ ...meQuery, enabled: there })
  return there ? data : over && data ? data : null
}

/** useGoOn begins the same person's session anew: what is on the page stays, and is read again. */
export function useGoOn() {
  const queries = useQueryClient()
  return async (me: Me, password: string) => {
    keep(await body(api.POST('/api/v1/sessions', { body: { email: me.email, password, organisation_id: me.organisation?.id } })))
    await queries.invalidateQueries()
  }
}

/** useSignIn starts a session, and forgets all that another one read. */
export function useSignIn() {
  const queries = useQueryClient()
  return async (email: string, password: string, organisation_id?: string) => {
    keep(await body(api.POST('/api/v1/sessions', { body: { email, password, organisation_id } })))
    queries.clear()
    return queries.fetchQuery(meQuery)
  }
}

/** useSignOut ends the session on the server and here. */
export function useSignOut() {
  const queries = useQueryClient()
  return async () => {
    await api.DELETE('/api/v1/sessions/current').catch(() => undefined) // the token may be gone already
    forget()
    queries.clear()
  }
}
