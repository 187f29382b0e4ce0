import { expect, test } from 'vitest'
import { found, hoursOf, isOf, rowsOf, type LiveShift, type Running } from './live'

const at = (time: string) => Date.parse(`2026-11-10T${time}:00Z`)
const shift = {
  id: 's',
  starts_at: '2026-11-10T12:00:00Z',
  ends_at: '2026-11-10T16:30:00Z',
  state: 'open',
  seats: 4,
  filled: 3,
  present: 2,
  late: 0,
  missing: 1,
  offered: 0,
  open: 1,
} as LiveShift
const entry = (seat: number, name: string, more: object) => ({
  assignment_id: name,
  agent_id: name,
  name,
  seat,
  state: 'present',
  late: false,
  taken_by: 'claim',
  shifts_here: 0,
  starts_at: shift.starts_at,
  ends_at: shift.ends_at,
  ...more,
})
const running = [
  {
    booking: { title: '直播', shop_name: '云杉' },
    shift,
    roster: [],
    read: true,
    seats: [
      { no: 1, state: 'on', entry: entry(1, '南溪', { checked_in_at: '2026-11-10T11:55:00Z' }) },
      { no: 2, state: 'missing', entry: entry(2, '小鹿', { state: 'missing' }) },
      { no: 3, state: 'on', entry: entry(3, '阿柚', { checked_in_at: '2026-11-10T12:08:00Z', on_break: true }) },
      { no: 4, state: 'open' },
    ],
  },
] as unknown as Running[]

test('the most urgent seat comes first, and each is counted where it belongs', () => {
  const rows = rowsOf(running)
  expect(rows.map((r) => r.seat.no)).toEqual([2, 4, 3, 1])
  expect(rows.filter((r) => isOf(r, 'away')).map((r) => r.seat.no)).toEqual([2, 4])
  expect(rows.filter((r) => isOf(r, 'break')).map((r) => r.seat.no)).toEqual([3])
  expect(rows[0]!.since).toBe(at('12:10'))
})

test('a name, a booking or the number of a seat finds it', () => {
  const rows = rowsOf(running)
  expect(rows.filter((r) => found(r, '小鹿')).map((r) => r.seat.no)).toEqual([2])
  expect(rows.filter((r) => found(r, '直播 #4')).map((r) => r.seat.no)).toEqual([4])
  expect(rows.filter((r) => found(r, 'nobody'))).toEqual([])
})

test('a shift counts in every hour that it touches, until it ends', () => {
  const hours = hoursOf([shift], at('15:40'), 3)
  expect(hours.map((h) => [h.seats, h.filled])).toEqual([
    [4, 3],
    [4, 3],
    [0, 0],
  ])
  expect(hoursOf([shift], at('16:40'), 1)[0]!.seats).toBe(0)
})
