import type { Schema } from '@/api/client'
import { areaOf, type Me } from '@/session/session'

type Notice = Pick<Schema<'Notice'>, 'kind' | 'subject'>

const links = { agent: ofAgent, merchant: ofMerchant, operator: ofOperator, trainer: () => undefined }

/** linkOf is where the reader sees the very thing that a notice is about; nothing where it has no page. */
export const linkOf = (notice: Notice, role: Me['role']): string | undefined => links[areaOf(role)](notice)

function ofAgent({ kind, subject: s }: Notice) {
  if (s.attempt_id) return '/agent/exam/' + s.attempt_id
  if (s.credential_id) return '/agent/me/credentials#' + s.credential_id
  if (s.timesheet_id) return '/agent/me/timesheets/' + s.timesheet_id
  if (s.offer_id) return '/agent/offers#' + s.offer_id
  if (s.shop_id) return '/agent/packs/' + s.shop_id
  if (s.shift_id) return '/agent/shifts/' + s.shift_id
  if (s.assignment_id) return '/agent/me/tier#' + s.assignment_id // a penalty is of its assignment
  if (kind.startsWith('tier_')) return '/agent/me/tier'
  if (kind.startsWith('identity_')) return '/agent/me/identity'
  return undefined
}

function ofMerchant({ subject: s }: Notice) {
  if (s.booking_id) return '/merchant/bookings/' + s.booking_id
  if (s.timesheet_id) return '/merchant/timesheets#' + s.timesheet_id
  if (s.shop_id) return `/merchant/shops/${s.shop_id}/pack`
  if (s.top_up_id) return '/merchant/wallet'
  return undefined
}

function ofOperator({ subject: s }: Notice) {
  if (s.plan_id) return '/operator/plans/' + s.plan_id
  if (s.dispute_id) return '/operator/disputes#' + s.dispute_id
  return undefined
}
