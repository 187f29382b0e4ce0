import { expect, test } from 'vitest'
import { instant } from './availability'
import { cover, hoursOf, withWindow } from './use-availability'

test('a window past midnight goes on in the next day, from Sunday into Monday', () => {
  const days = cover([{ weekday: 7, start: '20:00', end: '02:00' }])
  expect(days[6]).toEqual([{ from: 1200, to: 1440 }])
  expect(days[0]).toEqual([{ from: 0, to: 120 }])
})

test('the same start and end is a whole day', () => {
  expect(cover([{ weekday: 1, start: '00:00', end: '00:00' }])[0]).toEqual([{ from: 0, to: 1440 }])
  expect(hoursOf([{ weekday: 1, start: '00:00', end: '00:00' }])).toBe(24)
})

test('windows that touch become one, others stay', () => {
  expect(withWindow([{ weekday: 1, start: '08:00', end: '12:00' }], [1, 2], '12:00', '18:00')).toEqual([
    { weekday: 1, start: '08:00', end: '18:00' },
    { weekday: 2, start: '12:00', end: '18:00' },
  ])
  expect(withWindow([{ weekday: 1, start: '08:00', end: '10:00' }], [1], '12:00', '18:00')).toHaveLength(2)
  expect(withWindow([{ weekday: 1, start: '18:00', end: '23:00' }], [1], '20:00', '02:00')).toEqual([
    { weekday: 1, start: '18:00', end: '02:00' },
  ])
})

test('a clock on the wall is a moment of its zone, also on the day the clocks change', () => {
  expect(new Date(instant('2026-11-10', '18:00', 'Asia/Shanghai')).toISOString()).toBe('2026-11-10T10:00:00.000Z')
  expect(new Date(instant('2026-03-29', '12:00', 'Europe/Berlin')).toISOString()).toBe('2026-03-29T10:00:00.000Z')
  expect(new Date(instant('2026-03-29', '01:30', 'Europe/Berlin')).toISOString()).toBe('2026-03-29T00:30:00.000Z')
})
