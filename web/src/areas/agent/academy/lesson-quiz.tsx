import { useQuery } from '@tanstack/react-query'
import { useRef, useState, type ReactNode } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Glyph, State } from '@/design/state'
import { useLanguage, useWords } from '@/words'
import { answered, AnswerForm, Shown } from '../../exam/answer-form'
import type { Answer } from '../../exam/queue'
import { wordsOf } from '../../exam/words-of'
import '../../exam/exam.css'

type Lesson = Schema<'Lesson'>
type Question = Schema<'Shown'>
interface Props {
  course: string
  lesson: Lesson
  stale: string[][]
}

/** LessonQuiz is what a lesson asks: written for it, or drawn from a question bank. Once passed it is folded away. */
export function LessonQuiz({ passed, ...of }: Props & { passed: boolean }) {
  const t = useWords('learning')
  const [open, setOpen] = useState(!passed)
  return (
    <Card
      title={t('academy.quiz')}
      aside={passed ? <State tone="ok">{t('academy.quizPassed')}</State> : t('academy.quizPass', { score: of.lesson.quiz_pass ?? 0 })}
    >
      {!open ? (
        <Button onClick={() => setOpen(true)}>{t('academy.quizRedo')}</Button>
      ) : of.lesson.draw ? (
        <Drawn {...of} />
      ) : (
        <Written {...of} />
      )}
    </Card>
  )
}

/** Sheet is the quiz's questions and its foot: what is missing yet, how it went, and the next try. */
function Sheet({
  missing,
  result,
  of,
  error,
  pending,
  onSend,
  again,
  children,
}: {
  /** The questions that have no answer yet, from 0. */
  missing: number[]
  result?: { passed: boolean; correct: number }
  of: number
  error: ReactNode
  pending: boolean
  onSend: () => void
  again: ReactNode
  children: ReactNode
}) {
  const t = useWords('learning')
  const [asked, setAsked] = useState(false)
  const list = useRef<HTMLOListElement>(null)
  const send = () => {
    setAsked(missing.length > 0)
    if (missing.length === 0) onSend()
    else list.current?.children[missing[0]!]?.querySelector<HTMLElement>('input, textarea, select, button')?.focus()
  }
  return (
    <>
      <ol ref={list} className="col g24">
        {children}
      </ol>
      {error}
      <div role="status" className="mt16">
        {result ? (
          <p className="row g8 m">
            <Glyph tone={result.passed ? 'ok' : 'late'} size={16} />
            {t(result.passed ? 'academy.quizOk' : 'academy.quizNot', { right: result.correct, of })}
          </p>
        ) : (
          asked && missing.length > 0 && <p className="miss">{t('academy.quizMissing', { count: missing.length })}</p>
        )}
      </div>
      <div className="mt12">
        {result ? (
          again
        ) : (
          <Button type="primary" block size="large" loading={pending} onClick={send}>
            {t('academy.quizSend')}
          </Button>
        )}
      </div>
    </>
  )
}

/** Written is the lesson's own quiz, in the reader's language. */
function Written({ course, lesson: l, stale }: Props) {
  const t = useWords('learning')
  const zh = useLanguage() === 'zh'
  const items = l.quiz ?? []
  const [picked, setPicked] = useState<number[][]>(() => items.map(() => []))
  const answer = useAct(
    (answers: number[][], header) =>
      body(api.POST('/api/v1/courses/{id}/quiz-answers', { params: { path: { id: course }, header }, body: { lesson: l.key, answers } })),
    stale,
  )
  const result = answer.data
  const pick = (q: number, o: number, many: boolean) => {
    if (result) return
    setPicked((p) => p.map((x, i) => (i !== q ? x : many ? (x.includes(o) ? x.filter((y) => y !== o) : [...x, o].sort()) : [o])))
  }
  const again = () => {
    answer.reset()
    setPicked(items.map(() => []))
  }
  return (
    <Sheet
      missing={picked.flatMap((p, i) => (p.length === 0 ? [i] : []))}
      result={result}
      of={items.length}
      error={answer.error && <Failure problem={answer.error} kept />}
      pending={answer.isPending}
      onSend={() => answer.mutate(picked)}
      again={
        result &&
        !result.passed && (
          <Button block size="large" onClick={again}>
            {t('academy.quizAgain')}
          </Button>
        )
      }
    >
      {items.map((item, q) => {
        const told = result?.items[q]
        const why = told && (zh ? told.why_zh : told.why_en)
        return (
          <li key={q}>
            <div className="m break" id={'quiz' + q}>
              {q + 1}. {zh ? item.text_zh : item.text_en}
            </div>
            <div role={item.kind === 'single_choice' ? 'radiogroup' : 'group'} aria-labelledby={'quiz' + q} className="col g8 mt8">
              {item.options.map((o, i) => {
                const on = picked[q]!.includes(i),
                  right = told?.right.includes(i)
                return (
                  <label key={i} className={on ? 'option small on' : 'option small'}>
                    <input
                      type={item.kind === 'single_choice' ? 'radio' : 'checkbox'}
                      name={'quiz' + q}
                      checked={on}
                      disabled={Boolean(result)}
                      onChange={() => pick(q, i, item.kind === 'multiple_choice')}
                    />
                    <span className="grow">{zh ? o.zh : o.en}</span>
                    {told && (right || on) && (
                      <State plain tone={right ? 'ok' : 'miss'}>
                        {t(right ? 'academy.right' : 'academy.wrong')}
                      </State>
                    )}
                  </label>
                )
              })}
            </div>
            {why && <p className="soft sm t2 mt8">{why}</p>}
          </li>
        )
      })}
    </Sheet>
  )
}

/** Drawn is a quiz from a question bank: another form for each try, and what was right after it. */
function Drawn({ course, lesson, stale }: Props) {
  const query = useQuery({
    queryKey: ['lesson-quiz', course, lesson.key],
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    queryFn: () => body(api.GET('/api/v1/courses/{id}/quiz', { params: { path: { id: course }, query: { lesson: lesson.key } } })),
  })
  return (
    <Loaded query={query} skeleton={<Skeleton lines={[20, 44, 44, 44]} />}>
      {(q) => <DrawnForm key={q.try} course={course} quiz={q} stale={stale} onAgain={() => void query.refetch()} />}
    </Loaded>
  )
}

function DrawnForm({
  course,
  quiz,
  stale,
  onAgain,
}: {
  course: string
  quiz: Schema<'LessonQuiz'>
  stale: string[][]
  onAgain: () => void
}) {
  const t = useWords('learning')
  // an order is answered as it is shown, until it is changed
  const [given, setGiven] = useState<Answer[]>(() =>
    quiz.questions.map((q) => (q.kind === 'ordering' ? { order: (q.items ?? []).map((_, i) => i) } : {})),
  )
  const send = useAct(
    (answers: Answer[], header) =>
      body(
        api.POST('/api/v1/courses/{id}/quiz-answers', {
          params: { path: { id: course }, header },
          body: { lesson: quiz.lesson, try: quiz.try, given: answers },
        }),
      ),
    stale,
  )
  const result = send.data
  const again = (
    <Button block size="large" onClick={onAgain}>
      {t(result ? 'academy.quizOther' : 'academy.quizAgain')}
    </Button>
  )
  return (
    <Sheet
      missing={given.flatMap((a, i) => (answered(a) ? [] : [i]))}
      result={result}
      of={quiz.questions.length}
      error={
        send.error && (
          <>
            <Failure problem={send.error} kept />
            {send.error.code === 'quiz_moved_on' && again}
          </>
        )
      }
      pending={send.isPending}
      onSend={() => send.mutate(given)}
      again={again}
    >
      {quiz.questions.map((q, i) => {
        const told = result?.items[i]
        return (
          <li key={i}>
            <div className="row between g8 start">
              <div className="m break" id={'drawn' + i}>
                {i + 1}. <Shown text={q.text} />
              </div>
              {told && (
                <State plain tone={told.correct ? 'ok' : 'miss'}>
                  {t(told.correct ? 'academy.right' : 'academy.wrong')}
                </State>
              )}
            </div>
            <fieldset disabled={Boolean(result)} className="drawn">
              <AnswerForm
                question={q}
                answer={given[i]}
                labelledBy={'drawn' + i}
                onAnswer={(a) => {
                  if (!result) setGiven(given.map((x, k) => (k === i ? a : x)))
                }}
              />
            </fieldset>
            {told && ((!told.correct && told.key) || told.why) && (
              <div className="soft sm mt8">
                {!told.correct && told.key && (
                  <p>
                    <span className="t3">{t('academy.quizKey')}</span> <Key question={q} answer={told.key} />
                  </p>
                )}
                {told.why && (
                  <div className="t2">
                    <Shown text={told.why} />
                  </div>
                )}
              </div>
            )}
          </li>
        )
      })}
    </Sheet>
  )
}

/** Key is a right answer in words. */
function Key({ question: q, answer: a }: { question: Question; answer: Answer }) {
  const t = useWords('exam')
  const zh = useLanguage() === 'zh'
  const join = (list: string[]) => list.join(zh ? '；' : '; ')
  const choice = (i: number) => wordsOf(q.choices?.[i] ?? { body: '' })
  switch (q.kind) {
    case 'single_choice':
      return <>{choice(a.choice ?? 0)}</>
    case 'multiple_choice':
      return <>{join((a.choices ?? []).map(choice))}</>
    case 'true_false':
      return <>{t(a.truth ? 'true' : 'false')}</>
    case 'matching':
      return <>{join((q.lefts ?? []).map((l, i) => `${wordsOf(l)} → ${q.rights?.[a.matches?.[i] ?? 0] ?? ''}`))}</>
    case 'ordering':
      return <>{join((a.order ?? []).map((at, i) => `${i + 1}. ${wordsOf(q.items?.[at] ?? { body: '' })}`))}</>
    default:
      return <>{a.number || a.text}</>
  }
}
