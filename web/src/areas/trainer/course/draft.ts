import type { Schema } from '@/api/client'

export type Content = Schema<'CourseContent'>
export type Lesson = Schema<'Lesson'>
export type QuizItem = Schema<'QuizItem'>
export type Language = 'zh' | 'en'

export const languages: Language[] = ['zh', 'en']

/** contentOf is what a version says, without what the server says of the version. */
export const contentOf = (c: Schema<'Course'>): Content => ({
  name_zh: c.name_zh,
  name_en: c.name_en,
  about_zh: c.about_zh,
  about_en: c.about_en,
  lessons: c.lessons,
})

export const blankContent = (): Content => ({ name_zh: '', name_en: '', about_zh: '', about_en: '', lessons: [blankLesson([])] })

/** blankLesson is a lesson more; its key, which names it in everybody's progress, is one that no other has. */
export function blankLesson(others: Lesson[]): Lesson {
  let n = others.length + 1
  while (others.some((l) => l.key === 'lesson_' + n)) n++
  return {
    key: 'lesson_' + n,
    title_zh: '',
    title_en: '',
    body_zh: '',
    body_en: '',
    minutes: 10,
    quiz: [],
    quiz_pass: 0,
    videos: [],
    attachments: [],
  }
}

export const blankItem = (): QuizItem => ({
  kind: 'single_choice',
  text_zh: '',
  text_en: '',
  options: [
    { zh: '', en: '', right: true },
    { zh: '', en: '' },
    { zh: '', en: '' },
  ],
})

/** rightly makes an option of a quiz item right or wrong; of a single choice one is right. */
export const rightly = (q: QuizItem, at: number, right: boolean): QuizItem['options'] =>
  q.options.map((o, i) => ({ ...o, right: i === at ? right : q.kind === 'multiple_choice' && o.right }))

/** ofKind keeps what was written: a single choice keeps the first of those that are right. */
export function ofKind(q: QuizItem, kind: QuizItem['kind']): QuizItem {
  const first = q.options.findIndex((o) => o.right)
  return { ...q, kind, options: kind === 'single_choice' ? q.options.map((o, i) => ({ ...o, right: i === first })) : q.options }
}

/** tidy is the course as it is sent: trimmed, without options that nothing was written into. */
export const tidy = (c: Content): Content => ({
  name_zh: c.name_zh.trim(),
  name_en: c.name_en.trim(),
  about_zh: c.about_zh.trim(),
  about_en: c.about_en.trim(),
  lessons: c.lessons.map((l) => ({
    ...l,
    title_zh: l.title_zh.trim(),
    title_en: l.title_en.trim(),
    quiz_pass: l.draw || l.quiz?.length ? l.quiz_pass : 0,
    quiz: l.quiz?.map((q) => ({
      ...q,
      text_zh: q.text_zh.trim(),
      text_en: q.text_en.trim(),
      why_zh: q.why_zh?.trim() || undefined,
      why_en: q.why_en?.trim() || undefined,
      options: q.options
        .map((o) => ({ zh: o.zh.trim(), en: o.en.trim(), right: o.right || undefined }))
        .filter((o) => o.zh !== '' || o.en !== ''),
    })),
  })),
})

/** Lack is one thing that keeps a course from being saved: of a lesson or of the whole, in a language or in any. */
export interface Lack {
  what: 'name' | 'about' | 'title' | 'body' | 'text' | 'options' | 'two' | 'right' | 'bank'
  lesson?: number
  language?: Language
  /** The number of a quiz item, from 1. */
  n?: number
}

/** lacks names what keeps a course from being saved, before the server does, which tells it without the words of the page. */
export function lacks(content: Content): Lack[] {
  const c = tidy(content)
  const inBoth = (of: (l: Language) => Lack['what'] | false | undefined, more: Partial<Lack> = {}) =>
    languages.flatMap((language) => {
      const what = of(language)
      return what ? [{ what, language, ...more }] : []
    })
  return [
    ...inBoth((l) => !c[`name_${l}`] && 'name'),
    ...inBoth((l) => !c[`about_${l}`] && 'about'),
    ...c.lessons.flatMap((lesson, i) => [
      ...inBoth((l) => !lesson[`title_${l}`] && 'title', { lesson: i }),
      ...inBoth((l) => !lesson[`body_${l}`].trim() && 'body', { lesson: i }),
      ...(lesson.draw && !lesson.draw.bank_id ? [{ what: 'bank' as const, lesson: i }] : []),
      ...(lesson.quiz ?? []).flatMap((q, k): Lack[] => {
        const at = { lesson: i, n: k + 1 }
        return [
          ...inBoth((l) => !q[`text_${l}`] && 'text', at),
          ...(q.options.length < 2 ? [{ what: 'two' as const, ...at }] : inBoth((l) => q.options.some((o) => !o[l]) && 'options', at)),
          ...(q.options.some((o) => o.right) ? [] : [{ what: 'right' as const, ...at }]),
        ]
      }),
    ]),
  ]
}
