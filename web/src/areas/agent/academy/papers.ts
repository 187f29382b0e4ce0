import { useQuery } from '@tanstack/react-query'
import { api, body } from '@/api/client'

/** The newest version of every paper that I may sit. */
export const usePapers = () =>
  useQuery({
    queryKey: ['papers'],
    queryFn: () => body(api.GET('/api/v1/papers', { params: { query: { limit: 200 } } })),
    staleTime: 60_000,
    select: (l) => l.items,
  })

/** My attempts, the newest first: at one paper, or at any. */
export const useAttempts = (paper?: string) =>
  useQuery({
    queryKey: ['attempts', paper ?? 'any'],
    queryFn: () => body(api.GET('/api/v1/attempts', { params: { query: { paper_id: paper, limit: 50 } } })),
    select: (l) => l.items,
  })

/** percent is hundredths of a percent as people say them: 8250 is 82.5%. */
export const percent = (hundredths: number) => `${Math.round(hundredths / 10) / 10}%`
