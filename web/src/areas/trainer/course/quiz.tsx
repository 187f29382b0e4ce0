import { InputNumber, Segmented, Select } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import type { Schema } from '@/api/client'
import { Glyph, State } from '@/design/state'
import { useLanguage, useWords } from '@/words'
import { useBanks, useTopics } from '../topics'
import { blankItem, type Language, type Lesson } from './draft'
import { OwnQuiz } from './own-quiz'

type Draw = Schema<'QuizDraw'>
type Kind = 'none' | 'own' | 'drawn'

/** LessonQuiz is a lesson's quiz as trainers read it: the course's own items with their keys, or what each try draws. */
export function LessonQuiz({ lesson: l, language }: { lesson: Lesson; language?: Language }) {
  const t = useWords('trainer')
  const own = useLanguage() === 'zh' ? 'zh' : 'en'
  const say = language ?? own
  const banks = useBanks()
  if (!l.draw && !l.quiz?.length) return null
  return (
    <section className="mt32">
      <h3 className="mb8">{t('courses.quiz')}</h3>
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
            {l.draw.topics?.length ? t('courses.quizOf', { topics: l.draw.topics.join(own === 'zh' ? '、' : ', ') }) : t('papers.anyTopic')}
          </p>
        </>
      )}
      {!l.draw && <p className="sm t3 mb12">{t('courses.quizOwn', { count: l.quiz?.length ?? 0, pass: l.quiz_pass ?? 0 })}</p>}
      <ol className="col g16">
        {(l.quiz ?? []).map((q, i) => (
          <li key={i}>
            <p className="m pre">
              {i + 1}. {q[`text_${say}`]}
            </p>
            <ul className="col g4 mt4">
              {q.options.map((o, j) => (
                <li key={j} className="row start g8">
                  <span className="keymark">{o.right && <Glyph tone="ok" />}</span>
                  <span className="pre">{o[say]}</span>
                </li>
              ))}
            </ul>
            {q[`why_${say}`] && <p className="sm t3 mt4 pre">{q[`why_${say}`]}</p>}
          </li>
        ))}
      </ol>
    </section>
  )
}

/** QuizEditor says where a lesson's quiz comes from: nowhere, items written here, or a question bank. What was written is kept while another is tried. */
export function QuizEditor({
  lesson: l,
  language,
  wrong,
  onChange,
}: {
  lesson: Lesson
  language: Language
  wrong: (pointer: string) => string | undefined
  onChange: (more: Partial<Lesson>) => void
}) {
  const t = useWords('trainer')
  const [kept, keep] = useState<Pick<Lesson, 'quiz' | 'draw'>>({ quiz: l.quiz, draw: l.draw })
  const banks = useBanks()
  const kind: Kind = l.draw ? 'drawn' : l.quiz?.length ? 'own' : 'none'
  const draw = (more: Partial<Draw>) => onChange({ draw: { bank_id: '', questions: 5, topics: [], ...l.draw, ...more } })
  const pick = (to: Kind) => {
    const was = { quiz: l.quiz?.length ? l.quiz : kept.quiz, draw: l.draw ?? kept.draw }
    keep(was)
    onChange({
      draw: to === 'drawn' ? (was.draw ?? { bank_id: banks.data?.items[0]?.id ?? '', questions: 5, topics: [] }) : undefined,
      quiz: to === 'own' ? (was.quiz?.length ? was.quiz : [blankItem()]) : [],
      quiz_pass: to === 'none' ? 0 : l.quiz_pass || 80,
    })
  }
  const noBanks = banks.data?.items.length === 0
  const options = (['none', 'own', 'drawn'] as const).map((value) => ({
    value,
    label: t('courses.quizKind.' + value),
    disabled: value === 'drawn' && noBanks,
  }))
  return (
    <section aria-label={t('courses.quiz')} className="col g12 topline pt16">
      <div className="row wrap g12">
        <h3>{t('courses.quiz')}</h3>
        <Segmented<Kind> aria-label={t('courses.quiz')} value={kind} onChange={pick} options={options} />
        {kind !== 'none' && (
          <label className="row g8 end sm t2">
            {t('papers.pass')}
            <InputNumber
              className="w116"
              min={1}
              max={100}
              precision={0}
              suffix="%"
              value={l.quiz_pass ?? 80}
              onChange={(n) => onChange({ quiz_pass: n ?? 80 })}
            />
          </label>
        )}
      </div>
      {kind !== 'drawn' && noBanks && (
        <p className="sm t3">
          <Link to="/trainer/banks">{t('courses.quizNoBanks')}</Link>
        </p>
      )}
      {kind === 'own' && <OwnQuiz lesson={l} language={language} onChange={onChange} />}
      {l.draw && (
        <>
          <div className="fields">
            <label className="col g4">
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
                className="w116"
                min={1}
                max={20}
                precision={0}
                suffix={t('papers.unit.questions')}
                value={l.draw.questions}
                status={wrong('/draw/questions') ? 'error' : undefined}
                onChange={(n) => draw({ questions: n ?? 1 })}
              />
            </label>
          </div>
          <Enough draw={l.draw} />
        </>
      )}
    </section>
  )
}

function Topics({ bank, draw, onChange }: { bank: string; draw: Draw; onChange: (more: Partial<Draw>) => void }) {
  const t = useWords('trainer')
  const topics = useTopics(bank)
  return (
    <label className="col g4">
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
    <p role="status" className="sm t3 wraps">
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
