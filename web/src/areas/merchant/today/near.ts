import { queryOptions } from '@tanstack/react-query'
import { api, body } from '@/api/client'

/**
 * The board's bookings: those with a shift that runs or starts within a day. Which they are the platform's clock says, and not the
 * reader's. It has no hooks: the page's first script asks for it while the app's code is still on its way.
 */
export const nearQuery = queryOptions({
  queryKey: ['bookings', 'near'],
  queryFn: async () =>
    (await body(api.GET('/api/v1/bookings', { params: { query: { state: 'confirmed', within: 24, limit: 200 } } }))).items,
})
