import { Input, InputNumber, Select } from 'antd'
import { Section } from '@/design/page'
import { useWords } from '@/words'
import type { Asked } from './draft'
import { Add, Labelled, Moves, out, put, Row } from './parts'

/** Turns are the lines of a dialogue; the customer's wait for answers, which must and must not say some things. */
export function Turns({ q, change }: Asked) {
  const t = useWords('trainer')
  const turns = q.turns ?? []
  return (
    <>
      <ol className="col g12">
        {turns.map((turn, i) => (
          <Row wide key={i} n={i + 1} dropped={turns.length > 1} onDrop={() => change({ turns: out(turns, i) })}>
            <Select
              aria-label={t('question.speaker', { n: i + 1 })}
              value={turn.speaker}
              className="w116"
              onChange={(speaker) => change({ turns: put(turns, i, { ...turn, speaker }) })}
              options={(['customer', 'agent'] as const).map((s) => ({ value: s, label: t('speaker.' + s) }))}
            />
            <div className="grow col g4">
              <Input.TextArea
                autoSize={{ minRows: 1, maxRows: 6 }}
                aria-label={t('question.line', { n: i + 1 })}
                placeholder={t('question.lineHint.' + turn.speaker)}
                value={turn.text}
                onChange={(e) => change({ turns: put(turns, i, { ...turn, text: e.target.value }) })}
              />
              {turn.speaker === 'customer' && (
                <div className="fields tight">
                  <Select
                    mode="tags"
                    open={false}
                    suffixIcon={null}
                    tokenSeparators={[',', '，', '、']}
                    aria-label={t('question.required', { n: i + 1 })}
                    placeholder={t('question.requiredHint')}
                    value={turn.required ?? []}
                    onChange={(required) => change({ turns: put(turns, i, { ...turn, required }) })}
                  />
                  <Select
                    mode="tags"
                    open={false}
                    suffixIcon={null}
                    tokenSeparators={[',', '，', '、']}
                    aria-label={t('question.forbidden', { n: i + 1 })}
                    placeholder={t('question.forbiddenHint')}
                    value={turn.forbidden ?? []}
                    onChange={(forbidden) => change({ turns: put(turns, i, { ...turn, forbidden }) })}
                  />
                </div>
              )}
            </div>
            <Moves list={turns} at={i} onMove={(turns) => change({ turns })} />
          </Row>
        ))}
      </ol>
      <Add
        label={t('question.addTurn')}
        onClick={() =>
          change({
            turns: [
              ...turns,
              { speaker: turns.at(-1)?.speaker === 'customer' ? 'agent' : 'customer', text: '', required: [], forbidden: [] },
            ],
          })
        }
      />
      <div className="mt16">
        <Guide q={q} change={change} />
      </div>
    </>
  )
}

/** Guide is what graders are told. */
export function Guide({ q, change }: Asked) {
  const t = useWords('trainer')
  return (
    <Labelled label={t('question.guide')} hint={t('question.guideHint')}>
      {(id) => (
        <Input.TextArea
          id={id}
          autoSize={{ minRows: 2, maxRows: 8 }}
          value={q.guide?.body ?? ''}
          onChange={(e) => change({ guide: { format: q.guide?.format ?? 'plain', body: e.target.value } })}
        />
      )}
    </Labelled>
  )
}

/** Rubric is what an answer that a person reads earns points for. */
export function Rubric({ q, change }: Asked) {
  const t = useWords('trainer')
  const rubric = q.rubric ?? []
  return (
    <Section title={t('question.rubric')} note={t('question.rubricNote', { count: rubric.reduce((n, c) => n + c.points, 0) })}>
      <ul className="col g12">
        {rubric.map((c, i) => (
          <Row
            wide
            key={i}
            n={i + 1}
            dropped={q.kind === 'dialogue' || rubric.length > 1}
            onDrop={() => change({ rubric: out(rubric, i) })}
          >
            <div className="grow fields tight">
              <Input
                aria-label={t('question.criterion', { n: i + 1 })}
                placeholder={t('question.criterionHint')}
                value={c.name}
                onChange={(e) => change({ rubric: put(rubric, i, { ...c, name: e.target.value }) })}
              />
              <Input
                aria-label={t('question.earnsWhat', { n: i + 1 })}
                placeholder={t('question.earnsWhatHint')}
                value={c.guide?.body ?? ''}
                onChange={(e) =>
                  change({ rubric: put(rubric, i, { ...c, guide: { format: c.guide?.format ?? 'plain', body: e.target.value } }) })
                }
              />
            </div>
            <InputNumber
              aria-label={t('question.points', { n: i + 1 })}
              suffix={t('question.pointsUnit')}
              min={1}
              max={1000}
              precision={0}
              className="w116"
              value={c.points}
              onChange={(v) => change({ rubric: put(rubric, i, { ...c, points: v ?? 1 }) })}
            />
          </Row>
        ))}
      </ul>
      <Add
        label={t('question.addCriterion')}
        onClick={() => change({ rubric: [...rubric, { name: '', points: 2, guide: { format: 'plain', body: '' } }] })}
      />
    </Section>
  )
}
