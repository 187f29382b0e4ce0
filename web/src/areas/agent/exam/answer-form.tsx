import { Input, Select } from 'antd'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { lazy, Suspense } from 'react'
import type { Schema } from '@/api/client'
import { Button } from '@/design/button'
import { useWords } from '@/words'
import type { Answer } from './queue'
import { wordsOf } from './words-of'

const Markdown = lazy(() => import('@/design/markdown'))

type Text = Schema<'ShownText'>

/** Shown is a text of a question: Markdown drawn, other markup as the words that it holds. */
export function Shown({ text }: { text: Text }) {
  if (text.format === 'markdown')
    return (
      <Suspense fallback={text.body}>
        <Markdown text={text.body} />
      </Suspense>
    )
  return <span className="pre">{wordsOf(text)}</span>
}

/** answered tells whether an answer says anything. */
export const answered = (a?: Answer) =>
  a !== undefined &&
  (a.choice !== undefined ||
    a.truth !== undefined ||
    Boolean(a.choices?.length) ||
    Boolean(a.number) ||
    Boolean(a.text?.trim()) ||
    Boolean(a.order?.length) ||
    Boolean(a.matches?.some((m) => m >= 0)) ||
    Boolean(a.replies?.some((r) => r.trim())))

const letter = (i: number) => String.fromCharCode(65 + i)

/** AnswerForm takes the answer to one question, in the way of its kind. */
export function AnswerForm({
  question: q,
  answer,
  onAnswer,
  labelledBy,
}: {
  question: Schema<'Shown'>
  answer?: Answer
  onAnswer: (a: Answer) => void
  labelledBy: string
}) {
  const t = useWords('agent')
  switch (q.kind) {
    case 'single_choice':
      return (
        <Options
          type="radio"
          list={q.choices ?? []}
          on={(i) => answer?.choice === i}
          onPick={(i) => onAnswer({ choice: i })}
          labelledBy={labelledBy}
        />
      )
    case 'multiple_choice': {
      const picked = answer?.choices ?? []
      return (
        <Options
          type="checkbox"
          list={q.choices ?? []}
          on={(i) => picked.includes(i)}
          onPick={(i) => onAnswer({ choices: picked.includes(i) ? picked.filter((x) => x !== i) : [...picked, i].sort((a, b) => a - b) })}
          labelledBy={labelledBy}
        />
      )
    }
    case 'true_false':
      return (
        <Options
          type="radio"
          list={[{ body: t('exam.true') }, { body: t('exam.false') }]}
          bare
          on={(i) => answer?.truth === (i === 0)}
          onPick={(i) => onAnswer({ truth: i === 0 })}
          labelledBy={labelledBy}
        />
      )
    case 'numeric':
      return (
        <Input
          size="large"
          inputMode="decimal"
          maxLength={40}
          aria-labelledby={labelledBy}
          value={answer?.number ?? ''}
          onChange={(e) => /^[-+]?[\d.]*(e[-+]?\d*)?$/i.test(e.target.value) && onAnswer({ number: e.target.value })}
          placeholder={t('exam.number')}
          style={{ marginTop: 20, maxWidth: 240 }}
        />
      )
    case 'short_text':
      return (
        <Input
          size="large"
          maxLength={1000}
          aria-labelledby={labelledBy}
          value={answer?.text ?? ''}
          onChange={(e) => onAnswer({ text: e.target.value })}
          style={{ marginTop: 20 }}
        />
      )
    case 'open':
      return (
        <Input.TextArea
          autoSize={{ minRows: 6, maxRows: 18 }}
          maxLength={20_000}
          showCount
          aria-labelledby={labelledBy}
          value={answer?.text ?? ''}
          onChange={(e) => onAnswer({ text: e.target.value })}
          style={{ marginTop: 20, fontSize: 16 }}
        />
      )
    case 'matching': {
      const lefts = q.lefts ?? []
      const matches = lefts.map((_, i) => answer?.matches?.[i] ?? -1)
      return (
        <ul className="col g12 mt20">
          {lefts.map((l, i) => (
            <li key={i} className="col g4">
              <label htmlFor={labelledBy + 'left' + i} className="m">
                <Shown text={l} />
              </label>
              <Select
                id={labelledBy + 'left' + i}
                size="large"
                value={matches[i]! >= 0 ? matches[i] : undefined}
                placeholder={t('exam.choose')}
                onChange={(v: number) => onAnswer({ matches: matches.map((m, k) => (k === i ? v : m)) })}
                options={(q.rights ?? []).map((label, value) => ({ value, label }))}
              />
            </li>
          ))}
        </ul>
      )
    }
    case 'ordering': {
      const items = q.items ?? []
      const order = answer?.order?.length === items.length ? answer.order : items.map((_, i) => i)
      const move = (at: number, to: number) => {
        const next = [...order]
        next.splice(to, 0, ...next.splice(at, 1))
        onAnswer({ order: next })
      }
      return (
        <ol className="col g8 mt20">
          {order.map((item, at) => (
            <li key={item} className="row g8 option">
              <span className="b num" style={{ width: 20 }}>
                {at + 1}
              </span>
              <span className="grow">
                <Shown text={items[item]!} />
              </span>
              <Button
                aria-label={t('exam.up', { item: wordsOf(items[item]!) })}
                disabled={at === 0}
                icon={<ArrowUp size={16} aria-hidden />}
                onClick={() => move(at, at - 1)}
              />
              <Button
                aria-label={t('exam.down', { item: wordsOf(items[item]!) })}
                disabled={at === order.length - 1}
                icon={<ArrowDown size={16} aria-hidden />}
                onClick={() => move(at, at + 1)}
              />
            </li>
          ))}
        </ol>
      )
    }
    case 'dialogue': {
      const turns = q.turns ?? []
      const asked = turns.filter((turn) => turn.speaker === 'customer').length
      const replies = Array.from({ length: asked }, (_, i) => answer?.replies?.[i] ?? '')
      let n = -1
      return (
        <ol className="col g12 mt20">
          {turns.map((turn, i) => {
            if (turn.speaker !== 'customer')
              return (
                <li key={i} className="soft" style={{ marginLeft: 32 }}>
                  {turn.text}
                </li>
              )
            const at = ++n
            return (
              <li key={i} className="col g8">
                <div className="option" style={{ marginRight: 32, display: 'block' }}>
                  <span className="sm t3 line">{t('exam.customer')}</span>
                  {turn.text}
                </div>
                <Input.TextArea
                  autoSize={{ minRows: 2, maxRows: 8 }}
                  aria-label={t('exam.reply', { n: at + 1 })}
                  placeholder={t('exam.reply', { n: at + 1 })}
                  value={replies[at]}
                  onChange={(e) => onAnswer({ replies: replies.map((r, k) => (k === at ? e.target.value : r)) })}
                  style={{ marginLeft: 32, width: 'calc(100% - 32px)', fontSize: 16 }}
                />
              </li>
            )
          })}
        </ol>
      )
    }
  }
}

function Options({
  type,
  list,
  bare,
  on,
  onPick,
  labelledBy,
}: {
  type: 'radio' | 'checkbox'
  list: Text[]
  bare?: boolean
  on: (i: number) => boolean
  onPick: (i: number) => void
  labelledBy: string
}) {
  return (
    <div role={type === 'radio' ? 'radiogroup' : 'group'} aria-labelledby={labelledBy} className="col g12 mt20">
      {list.map((o, i) => (
        <label key={i} className={on(i) ? 'option on' : 'option'}>
          <input type={type} name={labelledBy + 'option'} checked={on(i)} onChange={() => onPick(i)} />
          <span>
            {!bare && <b style={{ marginRight: 8 }}>{letter(i)}</b>}
            <Shown text={o} />
          </span>
        </label>
      ))}
    </div>
  )
}
