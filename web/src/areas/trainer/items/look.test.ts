import { expect, test } from 'vitest'
import type { Schema } from '@/api/client'
import { figure, lookOf, numbered, percent } from './look'

const item = (discrimination: number | undefined, flags: string[] = []) => ({ discrimination, flags }) as unknown as Schema<'ItemAnalysis'>

test('few answers say nothing yet, whatever they look like', () => {
  expect(lookOf(item(-0.3, ['negative_discrimination', 'few_answers']))).toBe('few')
})

test('the worst item comes first under its own number, those of few answers last', () => {
  const list = numbered([item(0.4), item(-0.2, ['few_answers']), item(-0.1, ['negative_discrimination']), item(0.1), item(undefined)])
  expect(list.map((i) => i.n)).toEqual([3, 4, 1, 5, 2])
  expect(list.map(lookOf)).toEqual(['negative', 'weak', 'accepted', 'accepted', 'few'])
})

test('a figure that is not there is a dash, and less than nothing has a minus', () => {
  expect([figure(undefined), figure(-0.124), figure(0.5), percent(undefined), percent(0.404)]).toEqual(['–', '−0.12', '0.50', '–', '40%'])
})
