import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Glyph, State } from '@/design/state'
import { useLanguage, useWords } from '@/words'
import { answered, AnswerForm, Shown } from '../exam/answer-form'
import type { Answer } from '../exam/queue'
import { wordsOf } from '../exam/words-of'

type Question = Schema<'Shown'>

/** DrawnQuiz is a lesson's quiz from a question bank: another form for each try, and what was right after it. */
export function DrawnQuiz({ course, lesson, passed, stale }: { course: string; lesson: string; passed: boolean; stale: string[][] }) {
  const t = useWords('agent')
  const query = useQuery({
    queryKey: ['lesson-quiz', course, lesson],
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    queryFn: () => body(api.GET('/api/v1/courses/{id}/quiz', { params: { path: { id: course }, query: { lesson } } })),
  })
  return (
    <Card
      title={t('academy.quiz')}
      aside={
        passed ? <State tone="ok">{t('academy.quizPassed')}</State> : query.data && t('academy.quizPass', { score: query.data.quiz_pass })
      }
    >
      <Loaded query={query} skeleton={<Skeleton lines={[20, 44, 44, 44]} />}>
        {(q) => <Form key={q.try} course={course} quiz={q} passed={passed} stale={stale} onAgain={() => void query.refetch()} />}
      </Loaded>
    </Card>
  )
}

function Form({
  course,
  quiz,
  passed,
  stale,
  onAgain,
}: {
  course: string
  quiz: Schema<'LessonQuiz'>
  passed: boolean
  stale: string[][]
  onAgain: () => void
}) {
  const t = useWords('agent')
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
  return (
    <>
      <ol className="col g24">
        {quiz.questions.map((q, i) => {
          const told = result?.items[i]
          return (
            <li key={i}>
              <div className="row between g8 start">
                <div className="m" id={'drawn' + i}>
                  {i + 1}. <Shown text={q.text} />
                </div>
                {told && (
                  <State plain tone={told.correct ? 'ok' : 'miss'}>
                    {t(told.correct ? 'academy.right' : 'academy.wrong')}
                  </State>
                )}
              </div>
              <fieldset disabled={Boolean(result)} style={{ border: 0, padding: 0, margin: '-8px 0 0' }}>
                <AnswerForm
                  question={q}
                  answer={given[i]}
                  labelledBy={'drawn' + i}
                  onAnswer={(a) => {
                    if (!result) setGiven(given.map((x, k) => (k === i ? a : x)))
                  }}
                />
              </fieldset>
              {told && (
                <div className="soft sm mt8">
                  {!told.correct && told.key && (
                    <p>
                      <span className="t3">{t('academy.quizKey')}</span> <Key question={q} answer={told.key} />
                    </p>
                  )}
                  {told.why && (
                    <p className="t2">
                      <Shown text={told.why} />
                    </p>
                  )}
                  {told.correct && !told.why && <p className="t2">{t('academy.right')}</p>}
                </div>
              )}
            </li>
          )
        })}
      </ol>
      {send.error && <Failure problem={send.error} kept />}
      {send.error?.code === 'quiz_moved_on' && (
        <Button block size="large" style={{ marginTop: 12 }} onClick={onAgain}>
          {t('academy.quizAgain')}
        </Button>
      )}
      <div role="status" className="mt16">
        {result && (
          <p className="row g8 m">
            <Glyph tone={result.passed ? 'ok' : 'late'} size={16} />
            {t(result.passed ? 'academy.quizOk' : 'academy.quizNot', { right: result.correct, of: quiz.questions.length })}
          </p>
        )}
      </div>
      {result ? (
        <Button block size="large" style={{ marginTop: 12 }} onClick={onAgain}>
          {t('academy.quizOther')}
        </Button>
      ) : (
        <Button
          type={passed ? 'default' : 'primary'}
          block
          size="large"
          style={{ marginTop: 12 }}
          disabled={given.some((a) => !answered(a))}
          loading={send.isPending}
          onClick={() => send.mutate(given)}
        >
          {t('academy.quizSend')}
        </Button>
      )}
    </>
  )
}

/** Key is a right answer in words. */
function Key({ question: q, answer: a }: { question: Question; answer: Answer }) {
  const t = useWords('agent')
  const zh = useLanguage() === 'zh'
  const join = (list: string[]) => list.join(zh ? '；' : '; ')
  const choice = (i: number) => wordsOf(q.choices?.[i] ?? { body: '' })
  switch (q.kind) {
    case 'single_choice':
      return <>{choice(a.choice ?? 0)}</>
    case 'multiple_choice':
      return <>{join((a.choices ?? []).map(choice))}</>
    case 'true_false':
      return <>{t(a.truth ? 'exam.true' : 'exam.false')}</>
    case 'matching':
      return <>{join((q.lefts ?? []).map((l, i) => `${wordsOf(l)} → ${q.rights?.[a.matches?.[i] ?? 0] ?? ''}`))}</>
    case 'ordering':
      return <>{join((a.order ?? []).map((at, i) => `${i + 1}. ${wordsOf(q.items?.[at] ?? { body: '' })}`))}</>
    default:
      return <>{a.number || a.text}</>
  }
}
