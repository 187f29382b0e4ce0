import { expect, test } from 'vitest'
import { nextOf, payFor, phaseOf, streakOf, weekOf, weekPay, type Mine } from './work'

const at = (clock: string) => `2026-11-10T${clock}:00+08:00`
const mine = (part: Partial<Mine> = {}): Mine => ({
  id: 'a',
  shift_id: 's',
  booking_id: 'b',
  merchant_id: 'm',
  agent_id: 'g',
  seat: 1,
  state: 'held',
  late: false,
  on_break: false,
  starts_at: at('20:00'),
  ends_at: at('23:30'),
  shop_name: '店',
  industry: 'apparel',
  channels: ['chat'],
  time_zone: 'Asia/Shanghai',
  requirements: [],
  pay_per_hour: { amount: 3045, currency: 'CNY' },
  check_in_opens_at: at('19:45'),
  missed_at: at('20:10'),
  release_free_until: '2026-11-08T20:00:00+08:00',
  ...part,
})

test.each([
  ['19:44', 'held', 'ahead'],
  ['19:45', 'held', 'open'],
  ['20:00', 'held', 'late'],
  ['20:10', 'held', 'missing'],
  ['20:30', 'missing', 'missing'],
  ['23:30', 'missing', 'over'],
  ['23:30', 'held', 'over'],
  ['20:05', 'present', 'working'],
  ['23:45', 'present', 'working'],
  ['20:05', 'released', 'over'],
  ['20:05', 'finished', 'over'],
] as const)('at %s a seat that is %s is %s', (clock, state, phase) => {
  expect(phaseOf(mine({ state }), Date.parse(at(clock)))).toBe(phase)
})

test('the next shift is the one being worked, else the earliest that is not over', () => {
  const done = mine({ id: 'done', state: 'finished', starts_at: at('08:00') })
  const soon = mine({ id: 'soon' })
  const later = mine({
    id: 'later',
    starts_at: '2026-11-11T20:00:00+08:00',
    ends_at: '2026-11-11T23:00:00+08:00',
    missed_at: '2026-11-11T20:10:00+08:00',
    check_in_opens_at: '2026-11-11T19:45:00+08:00',
  })
  const now = Date.parse(at('19:00'))
  expect(nextOf([later, soon, done], now)?.id).toBe('soon')
  expect(nextOf([soon, { ...later, state: 'present' }], now)?.id).toBe('later')
  expect(nextOf([done], now)).toBeUndefined()
})

test('pay is rounded half up to the fen, once', () => {
  expect(payFor({ amount: 3045, currency: 'CNY' }, 210).amount).toBe(10_658) // 106.575
  expect(payFor({ amount: 2999, currency: 'CNY' }, 1).amount).toBe(50)
})

test('a week runs from Monday, over the turn of a year', () => {
  expect(weekOf('2026-11-10')[0]).toBe('2026-11-09')
  expect(weekOf('2026-11-15')).toContain('2026-11-09')
  expect(weekOf('2026-12-30').at(-1)).toBe('2027-01-03')
  expect(weekOf('2026-11-10', -1)[0]).toBe('2026-11-02')
})

test('what a day brings counts every shift once, by how sure its pay is', () => {
  const dateOf = (iso: string) => iso.slice(0, 10)
  const days = weekPay(
    weekOf('2026-11-10'),
    dateOf,
    [
      mine({ id: 'settled', state: 'finished', paid_minutes: 210 }),
      mine({ id: 'swept', state: 'finished', paid_minutes: 60 }),
      mine({ id: 'ahead' }),
      mine({ id: 'gone', state: 'released' }),
      mine({ id: 'missed', state: 'missing' }),
      mine({ id: 'other-week', starts_at: '2026-11-20T20:00:00+08:00' }),
    ],
    [{ assignment_id: 'settled', starts_at: at('20:00'), state: 'payable', gross: { amount: 10_658, currency: 'CNY' } }],
  )
  expect(days.find((d) => d.date === '2026-11-10')).toEqual({ date: '2026-11-10', settled: 10_658, submitted: 3045, planned: 10_658 })
  expect(days.filter((d) => d.settled + d.submitted + d.planned > 0)).toHaveLength(1)
})

test('a streak ends at the last shift that was late or missed', () => {
  const day = (n: number, part: Partial<Mine> = {}) => mine({ state: 'finished', starts_at: `2026-11-0${n}T20:00:00+08:00`, ...part })
  expect(streakOf([day(1), day(2, { late: true }), day(3), day(4), mine()])).toBe(2)
  expect(streakOf([day(1), day(2, { state: 'missing' })])).toBe(0)
})
