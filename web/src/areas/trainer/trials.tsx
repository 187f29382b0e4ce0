import { App, Button, Form, Input, Modal, Radio, Segmented } from 'antd'
import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { Glyph, State, type Tone } from '@/design/state'
import { Span, When } from '@/design/time'
import { useLanguage, useWords } from '@/words'

type Trial = Schema<'Trial'>
type TrialState = Trial['state']

const tones: Record<TrialState, Tone> = { with_mentor: 'info', with_trainer: 'late', passed: 'ok', failed: 'miss' }

/** Trial shifts: what mentors found, and the cards that no mentor filled in time. */
export default function Trials() {
  const t = useWords('trainer')
  const [state, setState] = useState<TrialState>('with_trainer')
  const [chosen, choose] = useState<Trial>()
  const query = usePages<Trial>(['trials', state], (cursor) => body(api.GET('/api/v1/trials', { params: { query: { limit: 50, cursor, state } } })))
  return (
    <Page title={t('trials.title')} actions={<Segmented<TrialState> value={state} onChange={setState} options={(['with_trainer', 'with_mentor', 'passed', 'failed'] as const).map((s) => ({ value: s, label: t('trials.is.' + s) }))} />}>
      <div className="sec">
        <Loaded query={query} skeleton={<Skeleton lines={[72, 72]} />}>
          {(list) => list.length === 0 ? <Empty icon={FlaskConical} title={t('trials.none')} hint={t('trials.noneHint')} /> : (
            <ul>{list.map((trial) => (
              <li key={trial.id} className="row wrap start g16" style={{ padding: '16px 0', borderTop: '1px solid var(--line)' }}>
                <div className="grow col g4" style={{ minWidth: 280 }}>
                  <div className="row wrap g8"><State tone={tones[trial.state]}>{t('trials.is.' + trial.state)}</State><Span from={trial.starts_at} to={trial.ends_at} /><span className="mono sm t3">{trial.credential}</span></div>
                  <div className="sm t2">{t('trials.agent')} <span className="mono">{trial.agent_id.slice(-8)}</span>{trial.mentor_id && <> · {t('trials.mentor')} <span className="mono">{trial.mentor_id.slice(-8)}</span></>}{trial.assess_by && <> · {t('trials.until')} <When at={trial.assess_by} /></>}</div>
                  {trial.assessment && <Findings trial={trial} />}
                </div>
                {trial.state === 'with_trainer' && <Button type="primary" onClick={() => choose(trial)}>{t('trials.assess')}</Button>}
              </li>
            ))}</ul>
          )}
        </Loaded>
        <More query={query} />
      </div>
      {chosen && <Card trial={chosen} onClose={() => choose(undefined)} />}
    </Page>
  )
}

function Findings({ trial }: { trial: Trial }) {
  const t = useWords('trainer')
  const zh = useLanguage() === 'zh'
  const name = (code: string) => { const item = trial.card.items.find((i) => i.code === code); return item ? (zh ? item.zh : item.en) : code }
  return (
    <ul className="col g4">{trial.assessment?.items.map((m) => (
      <li key={m.item} className="row start g8"><span style={{ paddingTop: 4 }}><Glyph tone={m.score >= trial.card.item_pass ? 'ok' : 'miss'} /></span><span>{name(m.item)} <span className="t3 num">{m.score} / 4</span>{m.quote && <span className="t2 pre" style={{ display: 'block' }}>{t('quote', { text: m.quote })}</span>}</span></li>
    ))}</ul>
  )
}

/** Card is the trial's card to fill in: 0 to 4 an item, and the words that show it where an item is not met. */
function Card({ trial, onClose }: { trial: Trial; onClose: () => void }) {
  const t = useWords('trainer')
  const common = useWords()
  const zh = useLanguage() === 'zh'
  const { message } = App.useApp()
  const [form] = Form.useForm<{ items: Schema<'Mark'>[]; note?: string }>()
  const marks = Form.useWatch('items', form)
  const assess = useAct((v: { items: Schema<'Mark'>[]; note?: string }, headers) => body(api.POST('/api/v1/trials/{id}/assessment', { params: { path: { id: trial.id }, header: headers }, body: { items: trial.card.items.map((c, i) => ({ item: c.code, score: v.items[i]?.score ?? 0, quote: v.items[i]?.quote })), note: v.note } })), [['trials']])
  return (
    <Modal open width={640} title={zh ? trial.card.name_zh : trial.card.name_en} onCancel={onClose} onOk={() => form.submit()} okText={t('trials.assess')} cancelText={common('cancel')} confirmLoading={assess.isPending}>
      <p className="t2" style={{ marginBottom: 12 }}>{t('trials.hint', { pass: trial.card.item_pass })}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => assess.mutate(v, { onSuccess: () => { void message.success(common('saved')); onClose() } })}>
        {trial.card.items.map((c, i) => (
          <div key={c.code}>
            <Form.Item name={['items', i, 'score']} label={<span className="m">{zh ? c.zh : c.en}</span>} rules={[{ required: true, message: t('trials.give') }]} style={{ marginBottom: 8 }}><Radio.Group optionType="button" options={[0, 1, 2, 3, 4].map((n) => ({ value: n, label: n }))} /></Form.Item>
            {(marks?.[i]?.score ?? trial.card.item_pass) < trial.card.item_pass && <Form.Item name={['items', i, 'quote']} rules={[{ required: true, whitespace: true, message: t('trials.quoteNeeded') }]}><Input.TextArea rows={2} maxLength={1000} placeholder={t('trials.quoteNeeded')} aria-label={t('trials.quoteNeeded')} /></Form.Item>}
          </div>
        ))}
        <Form.Item name="note" label={t('trials.note')}><Input.TextArea rows={2} maxLength={2000} /></Form.Item>
      </Form>
      {assess.error && <Failure problem={assess.error} kept />}
    </Modal>
  )
}
