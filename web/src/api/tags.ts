import { queryOptions } from '@tanstack/react-query'
import { api, body } from './client'

/** The taxonomy, in both languages. */
export const tagsQuery = queryOptions({ queryKey: ['tags'], queryFn: () => body(api.GET('/api/v1/tags')), staleTime: Infinity })
