import { act, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { chooseLanguage, wordsReady } from '@/words'
import { LiveFigure } from './live-figure'

beforeAll(async () => {
  await wordsReady
  chooseLanguage('en')
  await vi.waitFor(() => expect(document.documentElement.lang).toBe('en'))
})
beforeEach(() => void vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

// A number that nobody has heard of for a minute is not live any more, and must not look as if it were.
test('a figure says how old it is, and when it has stopped', () => {
  const { container } = render(<LiveFigure label="On seat" at={Date.now()} value={111} unit="seats" />)
  const stamp = () => container.querySelector('.stamp')!
  expect(stamp().className).toBe('stamp')
  act(() => void vi.advanceTimersByTime(31_000))
  expect(stamp().className).toBe('stamp late')
  expect(stamp().textContent).not.toContain('stopped')
  act(() => void vi.advanceTimersByTime(30_000))
  expect(stamp().className).toBe('stamp old')
  expect(stamp().textContent).toContain('stopped')
})

test('a figure opens its rows', () => {
  const open = vi.fn()
  render(<LiveFigure label="Late" at={Date.now()} value={2} onOpen={open} />)
  fireEvent.click(screen.getByRole('button', { name: /2/ }))
  expect(open).toHaveBeenCalledOnce()
})

test('off its target it says so by a shape and a word, not by a colour alone', () => {
  const { container, rerender } = render(
    <LiveFigure label="Answered" at={Date.now()} value={94.1} unit="%" target="target 95%" off="late" />,
  )
  expect(container.querySelectorAll('svg')).toHaveLength(1)
  rerender(<LiveFigure label="Answered" at={Date.now()} value={96} unit="%" target="target 95%" />)
  expect(container.querySelectorAll('svg')).toHaveLength(0)
  expect(container.textContent).toContain('target 95%')
})
