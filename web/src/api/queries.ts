import { QueryClient } from '@tanstack/react-query'
import { Problem } from './problem'

const longest = 30_000

/** When a failed read is tried again, in milliseconds: when the server says, else after 1, 2, 4 seconds. */
export const pause = (failures: number, error: unknown) =>
  Math.min(error instanceof Problem && error.retryAfter ? error.retryAfter * 1000 : 1000 * 2 ** failures, longest)

/** queries holds what was read. What may pass is tried twice more; a refused token once, with a new one. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => error instanceof Problem && error.passing && failures < (error.status === 401 ? 1 : 2),
      retryDelay: pause,
    },
  },
})
