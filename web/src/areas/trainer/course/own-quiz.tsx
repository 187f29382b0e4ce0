import { Input, Segmented } from 'antd'
import { X } from 'lucide-react'
import { Button } from '@/design/button'
import { useWords } from '@/words'
import { Choice } from '../question/choices'
import { Add, Moves, out, put } from '../question/parts'
import { blankItem, ofKind, rightly, type Language, type Lesson, type QuizItem } from './draft'

const most = 20
const mostOptions = 10

/** OwnQuiz writes the items that a lesson has of its own, in the language that the lesson is being written in. */
export function OwnQuiz({
  lesson,
  language: l,
  onChange,
}: {
  lesson: Lesson
  language: Language
  onChange: (more: Partial<Lesson>) => void
}) {
  const t = useWords('trainer')
  const quiz = lesson.quiz ?? []
  const set = (list: QuizItem[]) => onChange({ quiz: list })
  return (
    <>
      <ol className="col">
        {quiz.map((q, i) => (
          <li key={i} className="py16 topline">
            <Item
              q={q}
              n={i + 1}
              language={l}
              onChange={(next) => set(put(quiz, i, next))}
              moves={
                <>
                  <Moves list={quiz} at={i} of={t('courses.quizItem', { n: i + 1 }) + ' '} onMove={set} />
                  <Button
                    type="text"
                    aria-label={t('courses.quizDrop', { n: i + 1 })}
                    icon={<X size={14} aria-hidden />}
                    onClick={() => set(out(quiz, i))}
                  />
                </>
              }
            />
          </li>
        ))}
      </ol>
      {quiz.length < most && <Add label={t('courses.quizAdd')} onClick={() => set([...quiz, blankItem()])} />}
    </>
  )
}

function Item({
  q,
  n,
  language: l,
  moves,
  onChange,
}: {
  q: QuizItem
  n: number
  language: Language
  moves: React.ReactNode
  onChange: (q: QuizItem) => void
}) {
  const t = useWords('trainer')
  const name = t('courses.quizItem', { n })
  const other = l === 'zh' ? 'en' : 'zh'
  const many = q.kind === 'multiple_choice'
  return (
    <fieldset className="borderless p0 m0 col g8">
      <legend className="hidden">{name}</legend>
      <div className="row wrap g8">
        <span className="m">{name}</span>
        <Segmented<QuizItem['kind']>
          aria-label={`${name} ${t('bank.kind')}`}
          value={q.kind}
          onChange={(kind) => onChange(ofKind(q, kind))}
          options={(['single_choice', 'multiple_choice'] as const).map((k) => ({ value: k, label: t('kind.' + k) }))}
        />
        <span className="row end">{moves}</span>
      </div>
      <Input.TextArea
        aria-label={`${name} ${t('bank.question')}`}
        // The other language says what this one is to say.
        placeholder={q[`text_${other}`] || t('question.stem')}
        autoSize={{ minRows: 1, maxRows: 6 }}
        value={q[`text_${l}`]}
        onChange={(e) => onChange({ ...q, [`text_${l}`]: e.target.value })}
      />
      <ul className="col g8">
        {q.options.map((o, i) => (
          <Choice
            key={i}
            n={i + 1}
            of={name + ' '}
            many={many}
            right={Boolean(o.right)}
            text={o[l]}
            placeholder={o[other] || undefined}
            dropped={q.options.length > 2}
            onRight={(right) => onChange({ ...q, options: rightly(q, i, right) })}
            onText={(text) => onChange({ ...q, options: put(q.options, i, { ...o, [l]: text }) })}
            onDrop={() => onChange({ ...q, options: out(q.options, i) })}
          />
        ))}
      </ul>
      {q.options.length < mostOptions && (
        <Add label={t('question.addChoice')} onClick={() => onChange({ ...q, options: [...q.options, { zh: '', en: '' }] })} />
      )}
      <Input
        variant="filled"
        aria-label={`${name} ${t('courses.quizWhy')}`}
        placeholder={q[`why_${other}`] || t('courses.quizWhy')}
        value={q[`why_${l}`] ?? ''}
        onChange={(e) => onChange({ ...q, [`why_${l}`]: e.target.value })}
      />
    </fieldset>
  )
}
