import { useQuery } from '@tanstack/react-query'
import { api, body } from '@/api/client'

/** The question banks there are, to choose from. */
export const useBanks = () =>
  useQuery({ queryKey: ['banks', 'all'], queryFn: () => body(api.GET('/api/v1/question-banks', { params: { query: { limit: 200 } } })) })

const topicsOf = (bank: string) => ({
  queryKey: ['banks', bank, 'topics'],
  queryFn: () => body(api.GET('/api/v1/question-banks/{id}/topics', { params: { path: { id: bank } } })),
})

/** The topics of a bank with how many questions each has. */
export const useTopics = (bank: string) => useQuery({ ...topicsOf(bank), enabled: bank !== '', select: (l) => l.items })

/** Names of topics of several banks together. */
export const topicNames = (banks: string[]) => banks.map(topicsOf)
