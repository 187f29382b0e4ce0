import { fireEvent, render, screen } from '@testing-library/react'
import { beforeAll, expect, test, vi } from 'vitest'
import { chooseLanguage, wordsReady } from '@/words'
import { countSeats, SeatStrip, type SeatState } from './seat-strip'

beforeAll(async () => {
  await wordsReady
  chooseLanguage('en')
  await vi.waitFor(() => expect(document.documentElement.lang).toBe('en'))
})

const seats: SeatState[] = ['on', 'missing', 'on', 'late', 'open']

test('a strip is one image with its counts by state', () => {
  render(<SeatStrip seats={seats} />)
  const image = screen.getByRole('img')
  expect(image.getAttribute('aria-label')).toContain('5 seats')
  expect(countSeats(seats)).toEqual([
    { state: 'on', count: 2 },
    { state: 'late', count: 1 },
    { state: 'missing', count: 1 },
    { state: 'open', count: 1 },
  ])
  expect(image.querySelectorAll('svg')).toHaveLength(5)
})

test('arrow keys walk the cells, one of which is in the tab order', () => {
  const pick = vi.fn()
  render(<SeatStrip seats={seats} onPick={pick} />)
  const cells = screen.getAllByRole('button')
  expect(cells.filter((c) => c.tabIndex === 0)).toHaveLength(1)
  cells[0]!.focus()
  const press = (key: string) => fireEvent.keyDown(document.activeElement!, { key })
  press('ArrowLeft') // stays at the first
  expect(document.activeElement).toBe(cells[0])
  press('ArrowRight')
  expect(document.activeElement).toBe(cells[1])
  press('End')
  expect(document.activeElement).toBe(cells[4])
  press('ArrowRight') // stays at the last
  press('Home')
  expect(document.activeElement).toBe(cells[0])
  press('ArrowRight')
  fireEvent.click(document.activeElement!)
  expect(pick).toHaveBeenCalledExactlyOnceWith(1)
  expect(cells.filter((c) => c.tabIndex === 0)).toEqual([cells[1]])
})

test('five hundred seats are there, each in its place when its state changes', () => {
  const many = Array.from({ length: 500 }, (_, i): SeatState => (i === 321 ? 'late' : 'on'))
  const { container, rerender } = render(<SeatStrip seats={many} onPick={() => {}} label={(i) => `seat ${i + 1}`} />)
  const before = container.querySelectorAll('button')[321]
  expect(container.querySelectorAll('button')).toHaveLength(500)
  rerender(<SeatStrip seats={many.with(321, 'missing')} onPick={() => {}} label={(i) => `seat ${i + 1}`} />)
  expect(container.querySelectorAll('button')[321]).toBe(before)
})
