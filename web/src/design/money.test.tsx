import { render } from '@testing-library/react'
import { expect, test } from 'vitest'
import { figures, Money, plainMoney } from './money'

const yuan = (amount: number) => ({ amount, currency: 'CNY' as const })
const said = (node: React.ReactElement) => render(node).container.textContent

test.each([
  [1835154, '¥18,351.54'],
  [0, '¥0.00'],
  [5, '¥0.05'],
  [-12003, '−¥120.03'],
  [123456789012, '¥1,234,567,890.12'],
])('%i fen is %s', (amount, text) => {
  expect(plainMoney(yuan(amount))).toBe(text)
  expect(said(<Money value={yuan(amount)} />)).toBe(text)
})

test('a phone card drops fen that are none, and only those', () => {
  expect(said(<Money value={yuan(35800)} round />)).toBe('¥358')
  expect(said(<Money value={yuan(35801)} round />)).toBe('¥358.01')
})

test('a credit says so by its sign too', () => {
  expect(said(<Money value={yuan(101203)} credit />)).toBe('+¥1,012.03')
  expect(figures(-101203)).toBe('1,012.03')
})
