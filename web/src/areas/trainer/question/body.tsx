import type { Schema } from '@/api/client'
import { Glyph } from '@/design/state'
import { useWords } from '@/words'
import { full, share } from './draft'

type Question = Schema<'Question'>

/** QuestionBody is a question as trainers read it; keys marks what is right, and what a part of it earns. */
export function QuestionBody({ question: q, keys }: { question: Question; keys?: boolean }) {
  const t = useWords('trainer')
  return (
    <div className="col g8 read">
      <p className="pre m">{q.text.body}</p>
      {q.answers && q.answers.length > 0 && (
        <ul className="col g4">
          {q.answers.map((a, i) => (
            <li key={i} className="row start g8">
              {keys && <span className="keymark">{a.weight > 0 && <Glyph tone="ok" />}</span>}
              <span className="pre">
                {q.kind === 'true_false'
                  ? t(i === 0 ? 'question.true' : 'question.false')
                  : a.number
                    ? numberWords(a.number)
                    : a.text?.body}
              </span>
              {keys && a.weight !== 0 && a.weight !== full && <span className="sm t3 num nowrap">{share(a.weight)}</span>}
              {keys && a.feedback?.body && <span className="sm t3">{a.feedback.body}</span>}
            </li>
          ))}
        </ul>
      )}
      {q.pairs && q.pairs.length > 0 && (
        <ul className="col g4">
          {q.pairs.map((p, i) => (
            <li key={i}>
              {p.left?.body} <span className="t3">→</span> {p.right}
            </li>
          ))}
        </ul>
      )}
      {q.items && q.items.length > 0 && (
        <ol className="col g4">
          {q.items.map((item, i) => (
            <li key={i}>
              <span className="t3 num">{i + 1}.</span> {item.body}
            </li>
          ))}
        </ol>
      )}
      {q.turns && q.turns.length > 0 && (
        <ul className="col g4">
          {q.turns.map((turn, i) => (
            <li key={i}>
              <span className="t3">{t('speaker.' + turn.speaker)}</span> {turn.text}
            </li>
          ))}
        </ul>
      )}
      {keys && q.rubric && q.rubric.length > 0 && (
        <ul className="col g4 sm t2">
          {q.rubric.map((c, i) => (
            <li key={i}>
              {c.name} <span className="nowrap num">0–{c.points}</span> {c.guide?.body && <span className="t3">{c.guide.body}</span>}
            </li>
          ))}
        </ul>
      )}
      {keys && q.feedback?.body && <p className="sm t3 pre">{q.feedback.body}</p>}
    </div>
  )
}

const numberWords = (n: Schema<'Number'>) =>
  n.any
    ? '*'
    : n.low !== undefined && n.low !== ''
      ? `${n.low} – ${n.high ?? ''}`
      : `${n.value ?? ''}${n.tolerance && n.tolerance !== '0' ? ' ± ' + n.tolerance : ''}`
