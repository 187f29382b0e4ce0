import { expect, test } from 'vitest'
import type { Schema } from '@/api/client'
import { seatsOf } from './roster'

const shift = { seats: 5, starts_at: '2026-11-10T12:00:00Z', ends_at: '2026-11-10T16:00:00Z' }
const entry = (seat: number, state: Schema<'RosterEntry'>['state'], more: Partial<Schema<'RosterEntry'>> = {}): Schema<'RosterEntry'> => ({
  assignment_id: `${seat}${state}`,
  agent_id: 'a',
  name: '陈*',
  seat,
  state,
  late: false,
  taken_by: 'claim',
  shifts_here: 0,
  starts_at: shift.starts_at,
  ends_at: shift.ends_at,
  ...more,
})
const states = (roster: Schema<'RosterEntry'>[], at: string) => seatsOf(shift, roster, Date.parse(at)).map((s) => s.state)

test('every seat keeps its place whatever happens to the others', () => {
  const roster = [entry(1, 'present'), entry(2, 'held'), entry(3, 'missing'), entry(4, 'released')]
  expect(states(roster, '2026-11-10T11:00:00Z')).toEqual(['on', 'held', 'missing', 'open', 'open'])
  expect(states(roster, '2026-11-10T12:05:00Z')).toEqual(['on', 'late', 'missing', 'open', 'open'])
  expect(states([], '2026-11-10T16:00:00Z')).toEqual(new Array(5).fill('finished'))
})

test('a replacement is on the way until it checks in, and names whom it replaces', () => {
  const gone = entry(3, 'missing'),
    next = entry(3, 'held', { taken_by: 'replacement', name: '王*', starts_at: '2026-11-10T12:15:00Z' })
  const seat = (e: Schema<'RosterEntry'>) => seatsOf(shift, [gone, e], Date.parse('2026-11-10T12:20:00Z'))[2]!
  expect(seat(next)).toMatchObject({ state: 'standby', entry: { name: '王*' }, before: { name: '陈*' } })
  expect(seat({ ...next, state: 'present', checked_in_at: '2026-11-10T12:18:00Z' }).state).toBe('on')
})
