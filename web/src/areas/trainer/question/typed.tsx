import { Checkbox, Input, InputNumber, Select } from 'antd'
import { Plus } from 'lucide-react'
import type { Schema } from '@/api/client'
import { Button } from '@/design/button'
import { useWords } from '@/words'
import { full, type Asked } from './draft'
import { Add, out, put, Row } from './parts'

/** Numbers are the right answers to a numeric question. */
export function Numbers({ q, change }: Asked) {
  const t = useWords('trainer')
  const answers = q.answers ?? []
  return (
    <>
      <ul className="col g8">
        {answers.map((a, i) => {
          const n = a.number ?? {}
          const way = n.any ? 'any' : n.low !== undefined || n.high !== undefined ? 'range' : 'value'
          const set = (number: Schema<'Number'>) => change({ answers: put(answers, i, { ...a, number }) })
          return (
            <Row key={i} n={i + 1} dropped={answers.length > 1} onDrop={() => change({ answers: out(answers, i) })}>
              <div className="row wrap g8 grow">
                <Select
                  aria-label={t('question.numberWay', { n: i + 1 })}
                  value={way}
                  className="w116"
                  onChange={(w) =>
                    set(
                      w === 'any'
                        ? { any: true }
                        : w === 'range'
                          ? { low: n.value ?? '', high: n.value ?? '' }
                          : { value: n.low ?? '', tolerance: '' },
                    )
                  }
                  options={(['value', 'range', 'any'] as const).map((w) => ({ value: w, label: t('question.number.' + w) }))}
                />
                {way === 'value' && (
                  <>
                    <Input
                      aria-label={t('question.value', { n: i + 1 })}
                      placeholder={t('question.number.value')}
                      inputMode="decimal"
                      className="w116"
                      value={n.value}
                      onChange={(e) => set({ ...n, value: e.target.value })}
                    />
                    <Input
                      aria-label={t('question.tolerance', { n: i + 1 })}
                      prefix="±"
                      placeholder="0"
                      inputMode="decimal"
                      className="w116"
                      value={n.tolerance}
                      onChange={(e) => set({ ...n, tolerance: e.target.value })}
                    />
                  </>
                )}
                {way === 'range' && (
                  <>
                    <Input
                      aria-label={t('question.low', { n: i + 1 })}
                      inputMode="decimal"
                      className="w116"
                      value={n.low}
                      onChange={(e) => set({ ...n, low: e.target.value })}
                    />
                    <span className="t3">–</span>
                    <Input
                      aria-label={t('question.high', { n: i + 1 })}
                      inputMode="decimal"
                      className="w116"
                      value={n.high}
                      onChange={(e) => set({ ...n, high: e.target.value })}
                    />
                  </>
                )}
                <Earns weight={a.weight} n={i + 1} onChange={(weight) => change({ answers: put(answers, i, { ...a, weight }) })} />
              </div>
            </Row>
          )
        })}
      </ul>
      <Add
        label={t('question.addNumber')}
        onClick={() => change({ answers: [...answers, { weight: full, number: { value: '', tolerance: '' } }] })}
      />
    </>
  )
}

/** Words are the answers to a short text that count. */
export function Words({ q, change }: Asked) {
  const t = useWords('trainer')
  const answers = q.answers ?? []
  return (
    <>
      <ul className="col g8">
        {answers.map((a, i) => (
          <Row key={i} n={i + 1} dropped={answers.length > 1} onDrop={() => change({ answers: out(answers, i) })}>
            <div className="grow">
              <Input
                aria-label={t('question.accepted', { n: i + 1 })}
                placeholder={t('question.acceptedHint')}
                value={a.text?.body ?? ''}
                onChange={(e) => change({ answers: put(answers, i, { ...a, text: { format: 'plain', body: e.target.value } }) })}
              />
            </div>
            <Earns weight={a.weight} n={i + 1} onChange={(weight) => change({ answers: put(answers, i, { ...a, weight }) })} />
          </Row>
        ))}
      </ul>
      <div className="row wrap g16 mt8">
        <Button
          icon={<Plus size={14} aria-hidden />}
          onClick={() => change({ answers: [...answers, { text: { format: 'plain', body: '' }, weight: full }] })}
        >
          {t('question.addAccepted')}
        </Button>
        <Checkbox checked={q.case_made ?? false} onChange={(e) => change({ case_made: e.target.checked })}>
          {t('question.case')}
        </Checkbox>
      </div>
    </>
  )
}

/** Earns is the part of the mark that an answer is worth. */
function Earns({ weight, n, onChange }: { weight: number; n: number; onChange: (weight: number) => void }) {
  const t = useWords('trainer')
  return (
    <InputNumber
      aria-label={t('question.earns', { n })}
      suffix="%"
      min={0}
      max={100}
      precision={2}
      className="w116"
      value={weight / (full / 100)}
      onChange={(v) => onChange(Math.round((v ?? 0) * (full / 100)))}
    />
  )
}
