import { describe, expect, test } from 'vitest'
import { blankContent, blankItem, blankLesson, lacks, ofKind, rightly, tidy, type Content, type QuizItem } from './draft'

const item: QuizItem = {
  kind: 'single_choice',
  text_zh: '多久发货',
  text_en: 'How soon',
  options: [
    { zh: '48 小时', en: '48 hours', right: true },
    { zh: '一周', en: 'a week' },
    { zh: ' ', en: '' },
  ],
}
const course = (more: Partial<Content['lessons'][number]> = {}): Content => ({
  name_zh: '发货',
  name_en: 'Shipping',
  about_zh: '怎么答',
  about_en: 'What to say',
  lessons: [{ ...blankLesson([]), title_zh: '一', title_en: 'one', body_zh: '文', body_en: 'text', ...more }],
})

test('a blank course says what it lacks in either language, and where', () => {
  const list = lacks(blankContent())
  expect(list).toHaveLength(8)
  expect(list).toContainEqual({ what: 'body', lesson: 0, language: 'en' })
})

test('a lesson more has a key that none of the others has', () => {
  const two = [blankLesson([]), blankLesson([blankLesson([])])]
  expect(blankLesson(two.slice(1)).key).not.toBe(two[1]!.key)
})

describe('a quiz of the course’s own', () => {
  test('a whole one lacks nothing, and an empty option is not sent', () => {
    const c = course({ quiz: [item], quiz_pass: 80 })
    expect(lacks(c)).toEqual([])
    expect(tidy(c).lessons[0]!.quiz![0]!.options).toHaveLength(2)
  })

  test('an option in one language, none that is right and a single option are named with their item', () => {
    const half = { ...item, options: [{ zh: '48 小时', en: '', right: true }, item.options[1]!] }
    const none = { ...item, options: item.options.map((o) => ({ ...o, right: false })) }
    const one = { ...item, options: item.options.slice(0, 1) }
    expect(lacks(course({ quiz: [item, half, none, one, blankItem()], quiz_pass: 80 })).map((l) => [l.n, l.what, l.language])).toEqual([
      [2, 'options', 'en'],
      [3, 'right', undefined],
      [4, 'two', undefined],
      [5, 'text', 'zh'],
      [5, 'text', 'en'],
      [5, 'two', undefined],
      [5, 'right', undefined],
    ])
  })

  test('of a single choice one option is right, of a multiple choice several', () => {
    const rights = (list: QuizItem['options']) => list.map((o) => Boolean(o.right))
    expect(rights(rightly(item, 1, true))).toEqual([false, true, false])
    const many = ofKind(item, 'multiple_choice')
    const both = { ...many, options: rightly(many, 1, true) }
    expect(rights(both.options)).toEqual([true, true, false])
    expect(rights(ofKind(both, 'single_choice').options)).toEqual([true, false, false])
  })

  test('a lesson without a quiz has no share to pass', () => {
    expect(tidy(course({ quiz: [], quiz_pass: 80 })).lessons[0]!.quiz_pass).toBe(0)
  })
})
