import { Input } from 'antd'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import type { Schema } from '@/api/client'
import { Button } from '@/design/button'
import { useWords } from '@/words'
import type { Answer } from './queue'
import { wordsOf } from './words-of'

/** loadMarkdown fetches what draws Markdown: the exam room does so at once, for there may be no network when it is needed. */
export const loadMarkdown = () => import('@/design/markdown').catch(() => ({ default: Plain }))
const Markdown = lazy(loadMarkdown)
const Plain = ({ text }: { text: string }) => <span className="pre">{text}</span>

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

const longest = 20_000

interface Form {
  question: Schema<'Shown'>
  answer?: Answer
  onAnswer: (a: Answer) => void
  /** The id of the question's text. */
  labelledBy: string
}

/** AnswerForm takes the answer to one question, in the way of its kind. */
export function AnswerForm({ question: q, answer, onAnswer, labelledBy }: Form) {
  const t = useWords('exam')
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
          list={[{ body: t('true') }, { body: t('false') }]}
          bare
          on={(i) => answer?.truth === (i === 0)}
          onPick={(i) => onAnswer({ truth: i === 0 })}
          labelledBy={labelledBy}
        />
      )
    case 'numeric':
      return (
        <div className="answer short">
          <Input
            size="large"
            inputMode="decimal"
            maxLength={40}
            aria-labelledby={labelledBy}
            value={answer?.number ?? ''}
            onChange={(e) => /^[-+]?[\d.]*(e[-+]?\d*)?$/i.test(e.target.value) && onAnswer({ number: e.target.value })}
            placeholder={t('number')}
          />
        </div>
      )
    case 'short_text':
      return (
        <div className="answer">
          <Input
            size="large"
            maxLength={1000}
            aria-labelledby={labelledBy}
            value={answer?.text ?? ''}
            onChange={(e) => onAnswer({ text: e.target.value })}
            placeholder={t('text')}
          />
        </div>
      )
    case 'open':
      return (
        <div className="answer">
          <Input.TextArea
            autoSize={{ minRows: 6, maxRows: 18 }}
            maxLength={longest}
            showCount={(answer?.text?.length ?? 0) > longest * 0.9}
            aria-labelledby={labelledBy}
            value={answer?.text ?? ''}
            onChange={(e) => onAnswer({ text: e.target.value })}
          />
        </div>
      )
    case 'matching':
      return <Matching question={q} answer={answer} onAnswer={onAnswer} labelledBy={labelledBy} />
    case 'ordering':
      return <Ordering question={q} answer={answer} onAnswer={onAnswer} labelledBy={labelledBy} />
    case 'dialogue':
      return <Dialogue question={q} answer={answer} onAnswer={onAnswer} labelledBy={labelledBy} />
  }
}

/** Matching gives each of the lefts one of the rights; the platform's own list is what phones and screen readers do best. */
function Matching({ question: q, answer, onAnswer, labelledBy }: Form) {
  const t = useWords('exam')
  const lefts = q.lefts ?? []
  const matches = lefts.map((_, i) => answer?.matches?.[i] ?? -1)
  return (
    <ul className="answer col g16">
      {lefts.map((l, i) => (
        <li key={i} className="col g8">
          <label htmlFor={labelledBy + 'left' + i} className="m">
            <Shown text={l} />
          </label>
          <select
            id={labelledBy + 'left' + i}
            className={matches[i]! >= 0 ? 'choose on' : 'choose none'}
            value={matches[i]}
            onChange={(e) => onAnswer({ matches: matches.map((m, k) => (k === i ? Number(e.target.value) : m)) })}
          >
            <option value={-1}>{t('choose')}</option>
            {(q.rights ?? []).map((right, at) => (
              <option key={at} value={at}>
                {right}
              </option>
            ))}
          </select>
        </li>
      ))}
    </ul>
  )
}

/** Ordering moves items one place at a time; the focus goes with the item, and its new place is said. */
function Ordering({ question: q, answer, onAnswer, labelledBy }: Form) {
  const t = useWords('exam')
  const items = q.items ?? []
  const order = answer?.order?.length === items.length ? answer.order : items.map((_, i) => i)
  const [moved, setMoved] = useState<{ item: number; up: boolean }>()
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    if (!moved) return
    const [up, down] = list.current?.querySelectorAll<HTMLButtonElement>(`[data-item="${moved.item}"] button`) ?? []
    const wanted = moved.up ? up : down
    ;(wanted?.disabled ? (moved.up ? down : up) : wanted)?.focus()
  }, [moved])
  const move = (at: number, to: number) => {
    const next = [...order]
    next.splice(to, 0, ...next.splice(at, 1))
    onAnswer({ order: next })
    setMoved({ item: order[at]!, up: to < at })
  }
  return (
    <>
      <ol ref={list} aria-labelledby={labelledBy} className="answer col g8">
        {order.map((item, at) => (
          <li key={item} data-item={item} className="option moves">
            <span className="b num">{at + 1}</span>
            <span className="grow">
              <Shown text={items[item]!} />
            </span>
            <Button
              aria-label={t('up', { item: wordsOf(items[item]!) })}
              disabled={at === 0}
              icon={<ArrowUp size={16} aria-hidden />}
              onClick={() => move(at, at - 1)}
            />
            <Button
              aria-label={t('down', { item: wordsOf(items[item]!) })}
              disabled={at === order.length - 1}
              icon={<ArrowDown size={16} aria-hidden />}
              onClick={() => move(at, at + 1)}
            />
          </li>
        ))}
      </ol>
      <span className="hidden" role="status">
        {moved && t('moved', { item: wordsOf(items[moved.item]!), n: order.indexOf(moved.item) + 1 })}
      </span>
    </>
  )
}

/** Dialogue is a chat with the customer's lines as they were, and room for a reply after each. */
function Dialogue({ question: q, answer, onAnswer, labelledBy }: Form) {
  const t = useWords('exam')
  const turns = q.turns ?? []
  const replies = turns.filter((turn) => turn.speaker === 'customer').map((_, i) => answer?.replies?.[i] ?? '')
  let n = -1
  return (
    <ol aria-labelledby={labelledBy} className="answer col g12">
      {turns.map((turn, i) => {
        if (turn.speaker !== 'customer')
          return (
            <li key={i} className="said mine end">
              {turn.text}
            </li>
          )
        const at = ++n
        return (
          <li key={i} className="col g12">
            <div className="said">
              <span className="sm t3 line">{t('customer')}</span>
              {turn.text}
            </div>
            <div className="reply">
              <Input.TextArea
                autoSize={{ minRows: 2, maxRows: 8 }}
                aria-label={t('reply', { n: at + 1 })}
                placeholder={t('reply', { n: at + 1 })}
                value={replies[at]}
                onChange={(e) => onAnswer({ replies: replies.map((r, k) => (k === at ? e.target.value : r)) })}
              />
            </div>
          </li>
        )
      })}
    </ol>
  )
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
          {!bare && <b className="b">{letter(i)}</b>}
          <span className="grow">
            <Shown text={o} />
          </span>
        </label>
      ))}
    </div>
  )
}
