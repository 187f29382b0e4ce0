import { Checkbox, Input, Radio } from 'antd'
import type { ReactNode } from 'react'
import { useWords } from '@/words'
import { full, rightly, share, spread, type Asked } from './draft'
import { Add, out, put, Row } from './parts'

/** Choices are those of a single or a multiple choice, each with why it is right or wrong. */
export function Choices({ q, change }: Asked) {
  const t = useWords('trainer')
  const answers = q.answers ?? []
  const many = q.kind === 'multiple_choice'
  return (
    <>
      <ul className="col g8">
        {answers.map((a, i) => (
          <Choice
            key={i}
            n={i + 1}
            many={many}
            right={many ? a.weight > 0 : a.weight === full}
            earns={a.weight === 0 || (!many && a.weight === full) ? '' : share(a.weight)}
            text={a.text?.body ?? ''}
            dropped={answers.length > 2}
            onRight={(right) => change({ answers: rightly(q, i, right) })}
            onText={(body) => change({ answers: put(answers, i, { ...a, text: { format: a.text?.format ?? 'plain', body } }) })}
            onDrop={() => change({ answers: spread(q, out(answers, i)) })}
          >
            {(a.feedback || a.text?.body) && (
              <Input
                size="small"
                variant="filled"
                aria-label={t('question.why', { n: i + 1 })}
                placeholder={t('question.whyHint')}
                value={a.feedback?.body ?? ''}
                onChange={(e) =>
                  change({ answers: put(answers, i, { ...a, feedback: { format: a.feedback?.format ?? 'plain', body: e.target.value } }) })
                }
              />
            )}
          </Choice>
        ))}
      </ul>
      <Add
        label={t('question.addChoice')}
        onClick={() => change({ answers: [...answers, { text: { format: 'plain', body: '' }, weight: 0 }] })}
      />
    </>
  )
}

/** Choice is one line to choose: whether it is right, what it says, and what stands under it. of names its question where a page has several. */
export function Choice({
  n,
  of = '',
  many,
  right,
  earns,
  text,
  placeholder,
  dropped,
  onRight,
  onText,
  onDrop,
  children,
}: {
  n: number
  of?: string
  many: boolean
  right: boolean
  earns?: string
  text: string
  placeholder?: string
  dropped: boolean
  onRight: (right: boolean) => void
  onText: (text: string) => void
  onDrop: () => void
  children?: ReactNode
}) {
  const t = useWords('trainer')
  const Mark = many ? Checkbox : Radio
  return (
    <Row n={n} of={of} dropped={dropped} onDrop={onDrop}>
      <span className={many && earns !== undefined ? 'mark many' : 'mark'}>
        <Mark checked={right} aria-label={of + t('question.right', { n })} onChange={(e) => onRight(e.target.checked)}>
          {earns}
        </Mark>
      </span>
      <div className="grow col g4">
        <Input.TextArea
          autoSize={{ minRows: 1, maxRows: 6 }}
          aria-label={of + t('question.choice', { n })}
          placeholder={placeholder ?? t('question.choice', { n })}
          value={text}
          onChange={(e) => onText(e.target.value)}
        />
        {children}
      </div>
    </Row>
  )
}

export function Truth({ q, change }: Asked) {
  const t = useWords('trainer')
  const answers = q.answers ?? []
  return (
    <Radio.Group
      aria-label={t('question.part.true_false')}
      value={(answers[0]?.weight ?? 0) === full}
      onChange={(e) => change({ answers: answers.map((a, i) => ({ ...a, weight: (i === 0) === e.target.value ? full : 0 })) })}
      options={[
        { value: true, label: t('question.true') },
        { value: false, label: t('question.false') },
      ]}
    />
  )
}
