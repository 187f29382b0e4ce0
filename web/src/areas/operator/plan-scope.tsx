import { useQuery } from '@tanstack/react-query'
import { api, body, type Schema } from '@/api/client'
import type { Tone } from '@/design/state'
import { clockTime, dayName, localDate } from '@/design/time'
import { useLanguage, useWords } from '@/words'

type Plan = Schema<'Plan'>

export const planTone: Record<Plan['state'], Tone> = { queued: 'info', running: 'info', done: 'ok', failed: 'miss' }

/** useScope says in words what a run planned: a campaign, a booking, or a time. */
export function useScope() {
  const t = useWords('operator')
  const language = useLanguage()
  const campaigns = useQuery({ queryKey: ['campaigns'], queryFn: () => body(api.GET('/api/v1/campaigns')), staleTime: 60_000 })
  const moment = (at: string) => `${dayName(at, language)} ${clockTime(at)}`
  return (p: Plan) => {
    if (p.campaign_id) return campaigns.data?.items.find((c) => c.id === p.campaign_id)?.name ?? t('plans.campaign')
    if (p.booking_id) return `${t('plans.booking')} ${p.booking_id.slice(-4)}`
    if (!p.from || !p.to) return t('plans.one')
    const last = Date.parse(p.to) - 60_000 // the end is not included: no shift starts then
    if (last <= Date.parse(p.from)) return moment(p.from)
    return localDate(p.from) === localDate(p.to) ? `${moment(p.from)}–${clockTime(p.to)}` : `${moment(p.from)} – ${moment(p.to)}`
  }
}

/** took is how long a run lasted, from when it was asked for: 3.2 s. */
export const took = (p: Plan) => (p.finished_at ? `${((Date.parse(p.finished_at) - Date.parse(p.created_at)) / 1000).toFixed(1)} s` : '')
