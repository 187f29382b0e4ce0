import { useQuery } from '@tanstack/react-query'
import { InputNumber, Segmented, Select } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Glyph, State } from '@/design/state'
import { useLanguage, useWords } from '@/words'

type Lesson = Schema<'Lesson'>
type Draw = Schema<'QuizDraw'>
type Kind = 'none' | 'own' | 'drawn'

const useBanks = () =>
  useQuery({ queryKey: ['banks', 'all'], queryFn: () => body(api.GET('/api/v1/question-banks', { params: { query: { limit: 200 } } })) })
/** The topics of a bank with how many questions each has. */
export const useTopics = (bank: string) =>
  useQuery({
    queryKey: ['banks', bank, 'topics'],
    enabled: bank !== '',
    queryFn: () => body(api.GET('/api/v1/question-banks/{id}/topics', { params: { path: { id: bank } } })),
    select: (l) => l.items,
  })

/** LessonQuiz is a lesson's quiz as trainers read it: the course's own items with their keys, or what each try draws. */
export function LessonQuiz({ lesson: l, keys }: { lesson: Lesson; keys?: boolean }) {
  const t = useWords('trainer')
  const zh = useLanguage() === 'zh'
  const banks = useBanks()
  if (!l.draw && !l.quiz?.length) return null
  return (
    <section className="mt32">
      <h3>{t('courses.quiz')}</h3>
      {l.draw && (
        <>
          <p>
            {t('courses.quizSays', {
              bank: banks.data?.items.find((b) => b.id === l.draw?.bank_id)?.name ?? '…',
              count: l.draw.questions,
              pass: l.quiz_pass ?? 0,
            })}
          </p>
          <p className="sm t3">
            {l.draw.topics?.length ? t('courses.quizOf', { topics: l.draw.topics.join(zh ? '、' : ', ') }) : t('papers.anyTopic')}
          </p>
        </>
      )}
      <ol className="col g16">
        {(l.quiz ?? []).map((q, i) => (
          <li key={i}>
            <p className="m">
              {i + 1}. {zh ? q.text_zh : q.text_en}
            </p>
            <ul className="col g4 mt4">
              {q.options.map((o, j) => (
                <li key={j} className="row g8">
                  {keys && <span style={{ width: 14 }}>{o.right && <Glyph tone="ok" />}</span>}
                  {zh ? o.zh : o.en}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** QuizEditor says where a lesson's quiz comes from: nowhere, or a question bank; items that the course has of its own stay as they are. */
export function QuizEditor({
  lesson: l,
  wrong,
  onChange,
}: {
  lesson: Lesson
  wrong: (pointer: string) => string | undefined
  onChange: (more: Partial<Lesson>) => void
}) {
  const t = useWords('trainer')
  const [own] = useState(l.quiz ?? [])
  const banks = useBanks()
  const kind: Kind = l.draw ? 'drawn' : l.quiz?.length ? 'own' : 'none'
  const draw = (more: Partial<Draw>) => onChange({ draw: { bank_id: '', questions: 5, topics: [], ...l.draw, ...more } })
  const pick = (to: Kind) =>
    onChange({
      draw: to === 'drawn' ? { bank_id: banks.data?.items[0]?.id ?? '', questions: 5, topics: [] } : undefined,
      quiz: to === 'own' ? own : [],
      quiz_pass: to === 'none' ? 0 : l.quiz_pass || 80,
    })
  const options = (['none', ...(own.length > 0 ? ['own'] : []), 'drawn'] as Kind[]).map((value) => ({
    value,
    label: t('courses.quizKind.' + value),
    disabled: value === 'drawn' && banks.data?.items.length === 0,
  }))
  return (
    <section aria-label={t('courses.quiz')} className="col g12 topline pt16">
      <div className="row wrap g12">
        <h3>{t('courses.quiz')}</h3>
        <Segmented<Kind> aria-label={t('courses.quiz')} value={kind} onChange={pick} options={options} />
      </div>
      {kind === 'none' && banks.data?.items.length === 0 && (
        <p className="sm t3">
          <Link to="/trainer/banks">{t('banks.noneHint')}</Link>
        </p>
      )}
      {kind === 'own' && <LessonQuiz lesson={l} keys />}
      {kind !== 'none' && (
        <div className="row wrap g16 start">
          {l.draw && (
            <>
              <label className="col g4" style={{ flex: '1 1 200px', minWidth: 0 }}>
                <span className="sm t2">{t('bank.one')}</span>
                <Select
                  aria-label={t('bank.one')}
                  value={l.draw.bank_id || undefined}
                  status={wrong('/draw/bank_id') ? 'error' : undefined}
                  onChange={(bank_id: string) => draw({ bank_id, topics: [] })}
                  options={banks.data?.items.map((b) => ({ value: b.id, label: `${b.name} (${b.questions})` }))}
                />
              </label>
              <Topics bank={l.draw.bank_id} draw={l.draw} onChange={draw} />
              <label className="col g4">
                <span className="sm t2">{t('courses.quizQuestions')}</span>
                <InputNumber
                  min={1}
                  max={20}
                  precision={0}
                  value={l.draw.questions}
                  status={wrong('/draw/questions') ? 'error' : undefined}
                  onChange={(n) => draw({ questions: n ?? 1 })}
                  style={{ width: 110 }}
                />
              </label>
            </>
          )}
          <label className="col g4">
            <span className="sm t2">{t('papers.pass')}</span>
            <InputNumber
              min={1}
              max={100}
              precision={0}
              suffix="%"
              value={l.quiz_pass ?? 80}
              onChange={(n) => onChange({ quiz_pass: n ?? 80 })}
              style={{ width: 110 }}
            />
          </label>
        </div>
      )}
      {l.draw && <Enough draw={l.draw} />}
    </section>
  )
}

function Topics({ bank, draw, onChange }: { bank: string; draw: Draw; onChange: (more: Partial<Draw>) => void }) {
  const t = useWords('trainer')
  const topics = useTopics(bank)
  return (
    <label className="col g4" style={{ flex: '2 1 260px', minWidth: 0 }}>
      <span className="sm t2">{t('bank.topic')}</span>
      <Select
        aria-label={t('bank.topic')}
        mode="multiple"
        allowClear
        placeholder={t('papers.anyTopic')}
        value={draw.topics ?? []}
        onChange={(list: string[]) => onChange({ topics: list })}
        options={topics.data?.map((x) => ({ value: x.topic, label: `${x.topic} (${x.questions - x.by_hand})` }))}
      />
    </label>
  )
}

/** Enough tells how many questions a quiz can draw; those that a grader must mark are left out. */
function Enough({ draw }: { draw: Draw }) {
  const t = useWords('trainer')
  const topics = useTopics(draw.bank_id)
  if (!topics.data) return null
  const wanted = draw.topics ?? []
  const found = topics.data
    .filter((x) => wanted.length === 0 || wanted.some((w) => x.topic === w || x.topic.startsWith(w + '/')))
    .reduce((n, x) => n + x.questions - x.by_hand, 0)
  return (
    <p role="status" className="sm t3">
      {found < draw.questions ? (
        <State plain tone="miss">
          {t('courses.quizShort', { found, count: draw.questions })}
        </State>
      ) : (
        t('courses.quizFound', { count: found })
      )}{' '}
      {t('courses.quizNote')}
    </p>
  )
}
