import createClient, { type Middleware } from 'openapi-fetch'
import { accessToken, refused } from '@/session/tokens'
import { Problem } from './problem'
import type { components, paths } from './schema'

/** A shape of the API by its name in the document. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name]

const asReader: Middleware = {
  async onRequest({ request, schemaPath }) {
    request.headers.set('Accept-Language', document.documentElement.lang || 'zh-CN')
    if (schemaPath.startsWith('/api/v1/sessions') && request.method === 'POST') return request
    const token = await accessToken()
    if (token) request.headers.set('Authorization', 'Bearer ' + token)
    return request
  },
  async onResponse({ request, response }) {
    const token = request.headers.get('Authorization')?.replace('Bearer ', '')
    if (response.status === 401 && token) await refused(token)
    if (!response.ok) throw await Problem.from(response)
    return response
  },
}

/** api calls the server; whatever it refuses is thrown as a Problem. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: (request) => fetch(request) })
api.use(asReader)

/** body is the answer of a call that cannot be empty. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call.catch((cause: unknown) => {
    throw cause instanceof Problem ? cause : Problem.network(cause)
  })
  return data as T
}
