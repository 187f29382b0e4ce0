import { beforeEach, expect, test } from 'vitest'
import { forgetKept, keep, kept } from './assessment-kept'

beforeEach(() => localStorage.clear())

test('answers come back to the account that gave them', () => {
  keep(localStorage, 'ada', 'mini', [0, 4, -1])
  expect(kept(localStorage, 'ada', 'mini', 3, 5)).toEqual([0, 4, -1])
  expect(kept(localStorage, 'bob', 'mini', 3, 5)).toEqual([-1, -1, -1])
  expect(kept(localStorage, 'ada', 'other', 3, 5)).toEqual([-1, -1, -1])
  forgetKept(localStorage, 'ada', 'mini')
  expect(kept(localStorage, 'ada', 'mini', 3, 5)).toEqual([-1, -1, -1])
})

test.each([['not json'], ['{"a":1}'], ['null'], ['[9,"1",1.5,null]']])('what does not fit is dropped: %s', (said) => {
  localStorage.setItem('peakseat.assessment.ada.mini', said)
  expect(kept(localStorage, 'ada', 'mini', 4, 5)).toEqual([-1, -1, -1, -1])
})
