import { act, render, screen } from '@testing-library/react'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { chooseLanguage, wordsReady } from '@/words'
import { clockTime, Countdown, dateName, dayName, localDate, Span, span, useNow, When, zoneName } from './time'

const evening = '2026-11-10T20:00:00+08:00'
const night = '2026-11-11T02:00:00+08:00'
const midnight = '2026-11-11T00:00:00+08:00'

const choose = async (language: 'zh' | 'en') => {
  chooseLanguage(language)
  await vi.waitFor(() => expect(document.documentElement.lang).toBe(language === 'zh' ? 'zh-CN' : 'en'))
}
beforeAll(() => wordsReady)
afterEach(() => vi.useRealTimers())

test('a shift across midnight says whose day its end is', async () => {
  await choose('zh')
  const { container } = render(<Span from={evening} to={night} />)
  expect(container.textContent).toBe('11-10 周二 20:00–02:00 次日 北京时间')
  await act(() => choose('en'))
  expect(container.textContent).toBe('Tue 10 Nov, 20:00–02:00 next day UTC+8')
})

test('midnight itself ends the day that it closes', () => {
  expect(span(evening, midnight, '次日')).toBe('20:00–00:00')
  expect(span(evening, night, '次日')).toBe('20:00–02:00 次日')
})

test('a moment is the same in every zone, and its day is the zone’s', () => {
  expect([localDate(night), localDate(night, 'America/New_York')]).toEqual(['2026-11-11', '2026-11-10'])
  expect([clockTime(night), clockTime(night, 'Asia/Urumqi'), clockTime(night, 'UTC', true)]).toEqual(['02:00', '00:00', '18:00:00'])
  expect(zoneName('Asia/Shanghai', 'zh')).toBe('北京时间')
  expect(zoneName('Asia/Shanghai', 'en')).toBe('UTC+8')
  // where clocks are set back an hour in autumn, the offset is that of the moment
  expect(zoneName('America/New_York', 'en', '2026-10-31T12:00:00Z')).toBe('UTC-4')
  expect(zoneName('America/New_York', 'en', '2026-11-02T12:00:00Z')).toBe('UTC-5')
})

test('another year is said, this one is not', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-22T12:00:00+08:00') })
  await choose('zh')
  const { container, rerender } = render(<When at={evening} />)
  expect(container.textContent).toBe('11-10 周二 20:00')
  rerender(<When at="2025-11-10T20:00:00+08:00" />)
  expect(container.textContent).toBe('2025-11-10 周一 20:00')
  expect(dateName(evening, 'zh')).toBe('2026-11-10')
  expect(dateName(evening, 'en')).toBe('10 Nov 2026')
  expect(dayName(evening, 'en')).toBe('Tue 10 Nov')
})

test('a countdown counts down, and stops at nothing', () => {
  vi.useFakeTimers({ now: new Date(evening) })
  render(<Countdown until={new Date(Date.parse(evening) + 3_661_000)} />)
  expect(screen.getByRole('time').textContent).toBe('1:01:01')
  act(() => void vi.advanceTimersByTime(61_000))
  expect(screen.getByRole('time').textContent).toBe('1:00:00')
  act(() => void vi.advanceTimersByTime(1_000))
  expect(screen.getByRole('time').textContent).toBe('59:59')
  act(() => void vi.advanceTimersByTime(7_200_000))
  expect(screen.getByRole('time').textContent).toBe('00:00')
})

test('whoever goes asks for the time no more', () => {
  vi.useFakeTimers()
  const Clock = () => <p>{useNow()}</p>
  const { unmount } = render(<Clock />)
  expect(vi.getTimerCount()).toBe(1)
  unmount()
  expect(vi.getTimerCount()).toBe(0)
})
