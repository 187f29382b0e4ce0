import { lazy, type ReactNode } from 'react'
import { Glyph } from '@/design/state'
import { useLanguage, useWords } from '@/words'
import type { Language, Lesson } from './draft'
import { LessonQuiz } from './quiz'

const Markdown = lazy(() => import('@/design/markdown'))

/** Lessons are a course's, of which one is open; those that lack something are marked. */
export function Lessons({
  lessons,
  at,
  lacking,
  onPick,
  children,
}: {
  lessons: Lesson[]
  at: number
  lacking?: Set<number | undefined>
  onPick: (i: number) => void
  children?: ReactNode
}) {
  const t = useWords('trainer')
  const common = useWords()
  const zh = useLanguage() === 'zh'
  return (
    <nav aria-label={t('courses.lessons')} className="lessons">
      <ol>
        {lessons.map((l, i) => (
          <li key={i}>
            <button type="button" aria-current={i === at || undefined} onClick={() => onPick(i)}>
              <span className="t3 num">{i + 1}</span>
              <span className="grow">
                <span className="m break">{(zh ? l.title_zh || l.title_en : l.title_en || l.title_zh) || t('courses.untitled')}</span>
                <span className="sm t3 line">{common('minutes', { count: l.minutes })}</span>
              </span>
              {lacking?.has(i) && (
                <span className="pt4">
                  <Glyph tone="late" />
                  <span className="hidden">{t('courses.lacking')}</span>
                </span>
              )}
            </button>
          </li>
        ))}
      </ol>
      {children}
    </nav>
  )
}

/** LessonBody is a lesson as it is read, its quiz with the keys. */
export function LessonBody({ lesson: l, language }: { lesson: Lesson; language: Language }) {
  return (
    <>
      <h2 className="mb12">{l[`title_${language}`]}</h2>
      <Markdown text={l[`body_${language}`]} title={l[`title_${language}`]} />
      <LessonQuiz lesson={l} language={language} />
    </>
  )
}
