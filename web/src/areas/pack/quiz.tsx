import { Input, InputNumber, Select } from 'antd'
import { Plus, Sparkles, X } from 'lucide-react'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Empty, Failure } from '@/design/feedback'
import { Glyph } from '@/design/state'
import { useWords } from '@/words'
import type { PackDraft, PackQuestion } from './queries'

type PackQuiz = PackDraft['quiz']
const kinds = ['single_choice', 'true_false', 'matching'] as const
const mostAsked = 20
export const mostQuestions = 60

export const empty = (source: PackQuestion['source']): PackQuestion => ({
  kind: 'single_choice',
  source,
  text: '',
  options: [{ text: '', right: true }, { text: '' }],
})

/** Quiz is the questions of a version: made of the pack, then changed, removed and added by hand. */
export function Quiz({
  shop,
  quiz,
  writes,
  fresh,
  onChange,
}: {
  shop: string
  quiz: PackQuiz
  writes: boolean
  fresh: boolean
  onChange: (quiz: PackQuiz) => void
}) {
  const t = useWords('pack')
  const make = useAct((_: 'make') => body(api.GET('/api/v1/shops/{id}/pack/draft/proposal', { params: { path: { id: shop } } })))
  const own = quiz.questions.filter((q) => q.source === 'own' || q.source === 'trainer')
  const set = (i: number, more: Partial<PackQuestion>) =>
    onChange({ ...quiz, questions: quiz.questions.map((q, k) => (k === i ? { ...q, ...more } : q)) })
  return (
    <div className="col g12">
      <div className="row wrap g12">
        {writes && (
          <Button
            icon={<Sparkles size={14} aria-hidden />}
            loading={make.isPending}
            disabled={!fresh}
            title={fresh ? undefined : t('publish.saveFirst')}
            onClick={() => make.mutate('make', { onSuccess: (made) => onChange({ ...quiz, questions: [...made.items, ...own] }) })}
          >
            {t(quiz.questions.length > own.length ? 'quiz.remake' : 'quiz.make')}
          </Button>
        )}
        <label className="row g8 sm t2">
          {t('quiz.pass')}
          <InputNumber
            min={50}
            max={100}
            step={5}
            precision={0}
            suffix="%"
            value={quiz.pass_percent}
            readOnly={!writes}
            onChange={(n) => onChange({ ...quiz, pass_percent: n ?? 80 })}
            style={{ width: 96 }}
          />
        </label>
        <span className="sm t3">
          {t('quiz.count', { count: quiz.questions.length })}
          {quiz.questions.length > mostAsked && ' · ' + t('quiz.asked', { count: mostAsked })}
        </span>
      </div>
      {make.error && <Failure problem={make.error} kept />}
      {quiz.questions.length === 0 && <Empty title={t('quiz.none')} hint={t('quiz.noneHint')} />}
      <ol className="col g12">
        {quiz.questions.map((q, i) => (
          <li key={i} className="panel p12">
            <div className="row g8 mb8">
              <span className="m">{t('quiz.question', { n: i + 1 })}</span>
              <span className="sm t3 grow">
                {t('quiz.kind.' + q.kind)} · {t('quiz.source.' + q.source)}
              </span>
              {writes && (
                <button
                  type="button"
                  className="iconbtn"
                  aria-label={t('quiz.remove', { n: i + 1 })}
                  onClick={() => onChange({ ...quiz, questions: quiz.questions.filter((_, k) => k !== i) })}
                >
                  <X size={16} aria-hidden />
                </button>
              )}
            </div>
            {writes ? <Question n={i + 1} question={q} onChange={(more) => set(i, more)} /> : <Shown question={q} />}
          </li>
        ))}
      </ol>
      {writes && quiz.questions.length < mostQuestions && (
        <div>
          <Button
            type="dashed"
            icon={<Plus size={14} aria-hidden />}
            onClick={() => onChange({ ...quiz, questions: [...quiz.questions, empty('own')] })}
          >
            {t('add.quiz')}
          </Button>
        </div>
      )}
    </div>
  )
}

export function Question({
  n,
  question: q,
  onChange,
}: {
  n: number
  question: PackQuestion
  onChange: (more: Partial<PackQuestion>) => void
}) {
  const t = useWords('pack')
  const options = q.options ?? [],
    pairs = q.pairs ?? []
  const name = `${t('quiz.question', { n })} `
  return (
    <div className="col g8">
      {(q.source === 'own' || q.source === 'trainer') && (
        <Select
          aria-label={name + t('quiz.kindOf')}
          value={q.kind}
          onChange={(kind: PackQuestion['kind']) =>
            onChange({
              kind,
              options: kind === 'single_choice' ? [{ text: '', right: true }, { text: '' }] : undefined,
              pairs:
                kind === 'matching'
                  ? [
                      { left: '', right: '' },
                      { left: '', right: '' },
                    ]
                  : undefined,
              true: kind === 'true_false' ? false : undefined,
            })
          }
          options={kinds.map((value) => ({ value, label: t('quiz.kind.' + value) }))}
          style={{ width: 160 }}
        />
      )}
      <Input.TextArea
        aria-label={name + t('quiz.text')}
        autoSize
        maxLength={500}
        value={q.text}
        onChange={(e) => onChange({ text: e.target.value })}
      />
      {q.kind === 'true_false' && (
        <div className="row g16" role="radiogroup" aria-label={name + t('quiz.right')}>
          {[true, false].map((yes) => (
            <label key={String(yes)} className="row g8">
              <input type="radio" name={'q' + n} checked={(q.true ?? false) === yes} onChange={() => onChange({ true: yes })} />
              {t(yes ? 'quiz.yes' : 'quiz.no')}
            </label>
          ))}
        </div>
      )}
      {q.kind === 'single_choice' && (
        <ul className="col g8">
          {options.map((o, j) => (
            <li key={j} className="row g8">
              <input
                type="radio"
                name={'q' + n}
                aria-label={`${name}${t('quiz.right')} ${j + 1}`}
                checked={o.right ?? false}
                onChange={() => onChange({ options: options.map((p, k) => ({ ...p, right: k === j })) })}
              />
              <Input
                className="grow"
                aria-label={name + t('quiz.option', { n: j + 1 })}
                maxLength={500}
                value={o.text}
                onChange={(e) => onChange({ options: options.map((p, k) => (k === j ? { ...p, text: e.target.value } : p)) })}
              />
              {options.length > 2 && (
                <button
                  type="button"
                  className="iconbtn"
                  aria-label={name + t('quiz.removeOption', { n: j + 1 })}
                  onClick={() => onChange({ options: options.filter((_, k) => k !== j) })}
                >
                  <X size={16} aria-hidden />
                </button>
              )}
            </li>
          ))}
          {options.length < 6 && (
            <li>
              <Button type="text" icon={<Plus size={14} aria-hidden />} onClick={() => onChange({ options: [...options, { text: '' }] })}>
                {t('add.option')}
              </Button>
            </li>
          )}
        </ul>
      )}
      {q.kind === 'matching' && (
        <ul className="col g8">
          {pairs.map((p, j) => (
            <li key={j} className="row wrap g8">
              <Input
                aria-label={name + t('quiz.left', { n: j + 1 })}
                maxLength={500}
                value={p.left}
                style={{ flex: '1 1 180px', minWidth: 0 }}
                onChange={(e) => onChange({ pairs: pairs.map((o, k) => (k === j ? { ...o, left: e.target.value } : o)) })}
              />
              <Input
                aria-label={name + t('quiz.other', { n: j + 1 })}
                maxLength={500}
                value={p.right}
                style={{ flex: '1 1 180px', minWidth: 0 }}
                onChange={(e) => onChange({ pairs: pairs.map((o, k) => (k === j ? { ...o, right: e.target.value } : o)) })}
              />
            </li>
          ))}
          {pairs.length < 6 && (
            <li>
              <Button
                type="text"
                icon={<Plus size={14} aria-hidden />}
                onClick={() => onChange({ pairs: [...pairs, { left: '', right: '' }] })}
              >
                {t('add.pair')}
              </Button>
            </li>
          )}
        </ul>
      )}
    </div>
  )
}

export function Shown({ question: q }: { question: PackQuestion }) {
  const t = useWords('pack')
  return (
    <div className="col g4">
      <p>{q.text}</p>
      {q.kind === 'true_false' && <p className="t2">{t(q.true ? 'quiz.yes' : 'quiz.no')}</p>}
      <ul className="col g4">
        {(q.options ?? []).map((o) => (
          <li key={o.text} className="row g8">
            <span style={{ width: 14 }}>{o.right && <Glyph tone="ok" />}</span>
            {o.text}
          </li>
        ))}
        {(q.pairs ?? []).map((p) => (
          <li key={p.left}>
            {p.left} <span className="t3">→</span> {p.right}
          </li>
        ))}
      </ul>
    </div>
  )
}
