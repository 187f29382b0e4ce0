import { describe, expect, test } from 'vitest'
import { blank, full, kinds, lacks, moved, rightly, spread, tidy, type Question } from './draft'

describe.each(kinds)('%s', (kind) => {
  test('a blank one says what it lacks, and sends no empty part', () => {
    const q = blank(kind)
    expect(lacks(q)).toContain('stem')
    const sent = tidy(q)
    expect(sent.feedback).toBeUndefined()
    expect(JSON.stringify(sent)).not.toContain('"body":""}]')
  })
})

test('of a single choice one answer earns all', () => {
  const q = { ...blank('single_choice') }
  expect(rightly(q, 2, true).map((a) => a.weight)).toEqual([0, 0, full, 0])
})

test('of a multiple choice the right ones share the mark, and a penalty stays', () => {
  const q: Question = { ...blank('multiple_choice'), answers: [{ weight: full }, { weight: 0 }, { weight: 0 }, { weight: -full / 2 }] }
  expect(rightly(q, 1, true).map((a) => a.weight)).toEqual([full / 2, full / 2, 0, -full / 2])
  const three = { ...q, answers: rightly({ ...q, answers: rightly(q, 1, true) }, 2, true) }
  expect(three.answers.map((a) => a.weight)).toEqual([3333333, 3333333, 3333333, -full / 2])
  expect(spread(three, three.answers.slice(1)).map((a) => a.weight)).toEqual([full / 2, full / 2, -full / 2])
})

test('parts move within the list only', () => {
  expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c'])
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c'])
})

test('numbers are sent as what they are', () => {
  const q = (number: object): Question => ({
    ...blank('numeric'),
    text: { format: 'plain', body: 'how many' },
    category: 'c',
    answers: [{ weight: full, number }],
  })
  expect(tidy(q({ value: ' 5 ', tolerance: '' })).answers?.[0]?.number).toEqual({ value: '5', tolerance: undefined })
  expect(tidy(q({ low: '1', high: '2' })).answers?.[0]?.number).toEqual({ low: '1', high: '2' })
  expect(lacks(q({ low: '1', high: '' }))).toEqual(['number'])
  expect(lacks(q({ value: '5' }))).toEqual([])
})

test('what the editor does not show is kept', () => {
  const q: Question = {
    ...blank('single_choice'),
    id: 'q7',
    tags: ['old'],
    text: { format: 'markdown', body: ' **What?** ' },
    category: 'c',
    answers: [
      { text: { format: 'html', body: 'yes' }, weight: full, feedback: { format: 'plain', body: 'good' } },
      { text: { format: 'plain', body: 'no' }, weight: 0 },
    ],
  }
  expect(tidy(q)).toMatchObject({
    id: 'q7',
    tags: ['old'],
    text: { format: 'markdown', body: '**What?**' },
    answers: [{ text: { format: 'html', body: 'yes' }, feedback: { body: 'good' } }, { weight: 0 }],
  })
  expect(lacks(q)).toEqual([])
})

test('an agent’s line carries no rules', () => {
  const q: Question = {
    ...blank('dialogue'),
    turns: [
      { speaker: 'agent', text: 'hello', required: ['x'] },
      { speaker: 'customer', text: 'hi', required: [' ship ', ''] },
    ],
  }
  expect(tidy(q).turns).toEqual([
    { speaker: 'agent', text: 'hello' },
    { speaker: 'customer', text: 'hi', required: ['ship'], forbidden: undefined },
  ])
})
