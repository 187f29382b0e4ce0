import { expect, test } from 'vitest'
import { linkOf } from './notice-link'

// What each kind of notice carries, as the consumer of facts writes it.
test.each([
  ['agent', 'offer_made', { offer_id: 'o', shift_id: 's' }, '/agent/offers#o'],
  ['agent', 'seat_cancelled', { assignment_id: 'a', shift_id: 's', booking_id: 'b' }, '/agent/shifts/s'],
  ['agent', 'pack_seat_lost', { assignment_id: 'a', shift_id: 's', booking_id: 'b' }, '/agent/shifts/s'],
  ['agent', 'marked_missing', { assignment_id: 'a', shift_id: 's', booking_id: 'b', agent_id: 'me' }, '/agent/shifts/s'],
  ['agent', 'timesheet_settled', { timesheet_id: 't', assignment_id: 'a' }, '/agent/me/timesheets/t'],
  ['agent', 'dispute_ruled', { dispute_id: 'd', timesheet_id: 't' }, '/agent/me/timesheets/t'],
  ['agent', 'credential_revoked', { credential_id: 'c' }, '/agent/me/credentials#c'],
  ['agent', 'appeal_upheld', { credential_id: 'c' }, '/agent/me/credentials#c'],
  ['agent', 'appeal_refused', { assignment_id: 'a' }, '/agent/me/tier#a'],
  ['agent', 'tier_reached', {}, '/agent/me/tier'],
  ['agent', 'exam_failed', { attempt_id: 'x' }, '/agent/exam/x'],
  ['agent', 'pack_quiz_due', { shop_id: 'p' }, '/agent/packs/p'],
  ['agent', 'identity_refused', {}, '/agent/me/identity'],
  ['owner', 'seat_released', { assignment_id: 'a', shift_id: 's', booking_id: 'b', agent_id: 'x' }, '/merchant/bookings/b'],
  ['booker', 'seats_cancelled', { booking_id: 'b', shift_id: 's' }, '/merchant/bookings/b'],
  ['finance', 'timesheet_submitted', { timesheet_id: 't', assignment_id: 'a', agent_id: 'x' }, '/merchant/timesheets#t'],
  ['owner', 'pack_holders_asked', { shop_id: 'p' }, '/merchant/shops/p/pack'],
  ['owner', 'wallet_topped_up', { top_up_id: 'w' }, '/merchant/wallet'],
  ['operator', 'plan_finished', { plan_id: 'n' }, '/operator/plans/n'],
  ['operator', 'dispute_to_rule', { dispute_id: 'd', timesheet_id: 't' }, '/operator/disputes#d'],
  ['agent', 'something_new', {}, undefined],
] as const)('for an %s %s leads to it', (role, kind, subject, path) => {
  expect(linkOf({ kind, subject }, role)).toBe(path)
})
