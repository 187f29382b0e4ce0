import type { ReactNode } from 'react'
import type { Schema } from '@/api/client'
import { useLanguage, useWords } from '@/words'
import { answered } from './answer-form'
import type { Answer } from './queue'

/** Overview is every question by its number: answered, flagged, to do, and where one is. */
export function Overview({
  questions,
  given,
  marked,
  at,
  onPick,
}: {
  questions: Schema<'AskedQuestion'>[]
  given: Record<number, Answer>
  marked: number[]
  at: number
  onPick: (at: number) => void
}) {
  const t = useWords('exam')
  const zh = useLanguage() === 'zh'
  const done = questions.filter((q) => answered(given[q.position])).length
  return (
    <section aria-label={t('questions')}>
      <div className="row between wrap g8 mb12">
        <h2>{t('questions')}</h2>
        <span className="row wrap g12 sm t2">
          <Key kind="done">
            {t('done')} {done}
          </Key>
          <Key kind="marked">
            {t('mark')} {marked.length}
          </Key>
          <Key kind="todo">
            {t('todo')} {questions.length - done}
          </Key>
        </span>
      </div>
      <ol className="examgrid">
        {questions.map((q, i) => {
          const is = [t('nth', { n: i + 1 }), t(answered(given[q.position]) ? 'done' : 'todo'), marked.includes(q.position) && t('flagged')]
          return (
            <li key={q.position}>
              <button
                type="button"
                aria-label={is.filter(Boolean).join(zh ? '，' : ', ')}
                aria-current={i === at ? 'step' : undefined}
                className={answered(given[q.position]) ? 'done' : ''}
                onClick={() => onPick(i)}
              >
                {i + 1}
                {marked.includes(q.position) && <i aria-hidden />}
              </button>
            </li>
          )
        })}
      </ol>
      <p className="sm t3 mt12">{t('rule')}</p>
    </section>
  )
}

const Key = ({ kind, children }: { kind: 'done' | 'marked' | 'todo'; children: ReactNode }) => (
  <span className="row g4 num">
    <i aria-hidden className={'examkey ' + kind} />
    {children}
  </span>
)
