import { App, Form, Input, Radio } from 'antd'
import type { ReactNode } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { useLanguage, useWords } from '@/words'
import { Dialog } from './dialog'
import { Failure } from './feedback'
import { Glyph, State, type Tone } from './state'
import { Span, When } from './time'

type Trial = Schema<'Trial'>

const tones: Record<Trial['state'], Tone> = { with_mentor: 'info', with_trainer: 'late', passed: 'ok', failed: 'miss' }

/** TrialRow is a trial shift: where its card stands, and what it says. who names people to those who may know. */
export function TrialRow({
  trial,
  action,
  who = (id) => <span className="mono">{id.slice(-8)}</span>,
}: {
  trial: Trial
  action?: ReactNode
  who?: (id: string) => ReactNode
}) {
  const t = useWords()
  const zh = useLanguage() === 'zh'
  return (
    <li className="partrow row wrap start g16">
      <div className="grow col g8">
        <div className="row wrap g8">
          <State tone={tones[trial.state]}>{t('trial.is.' + trial.state)}</State>
          <Span from={trial.starts_at} to={trial.ends_at} />
        </div>
        <div className="sm t2">
          {zh ? trial.card.name_zh : trial.card.name_en} · {t('trial.agent')} {who(trial.agent_id)}
          {trial.mentor_id && (
            <>
              {' '}
              · {t('trial.mentor')} {who(trial.mentor_id)}
            </>
          )}
          {trial.state === 'with_mentor' && (
            <>
              {' '}
              · {t('trial.until')} <When at={trial.assess_by} />
            </>
          )}
        </div>
        {trial.assessment && <Findings trial={trial} />}
      </div>
      {action}
    </li>
  )
}

function Findings({ trial }: { trial: Trial }) {
  const t = useWords()
  const zh = useLanguage() === 'zh'
  const found = trial.assessment!
  const name = (code: string) => {
    const item = trial.card.items.find((i) => i.code === code)
    return item ? (zh ? item.zh : item.en) : code
  }
  return (
    <>
      <div className="row base g8">
        <span className="lg b num">{Math.round(found.score / 10) / 10}%</span>
        <span className="sm t3">{t('trial.need', { score: trial.card.pass_mark / 100 })}</span>
      </div>
      <ul className="col g8">
        {found.items.map((m) => (
          <li key={m.item} className="row start g8">
            <span className="pt4">
              <Glyph tone={m.score >= trial.card.item_pass ? 'ok' : 'miss'} />
            </span>
            <span className="grow">
              <span className="row between g8">
                <span>{name(m.item)}</span>
                <span className="t3 num nowrap">{m.score} / 4</span>
              </span>
              {m.quote && <span className="soft t2 pre line mt4">{t('trial.quoted', { text: m.quote })}</span>}
            </span>
          </li>
        ))}
      </ul>
      {found.note && (
        <p className="t2 pre">
          <span className="m">{t('trial.note')}</span> {found.note}
        </p>
      )}
    </>
  )
}

/** TrialCardForm is the trial's card to fill in: 0 to 4 an item, and the words that show it where an item is not met. */
export function TrialCardForm({ trial, onClose }: { trial: Trial; onClose: () => void }) {
  const t = useWords()
  const zh = useLanguage() === 'zh'
  const { message } = App.useApp()
  const [form] = Form.useForm<{ items: Schema<'Mark'>[]; note?: string }>()
  const marks = Form.useWatch('items', form)
  const assess = useAct(
    (v: { items: Schema<'Mark'>[]; note?: string }, headers) =>
      body(
        api.POST('/api/v1/trials/{id}/assessment', {
          params: { path: { id: trial.id }, header: headers },
          body: {
            items: trial.card.items.map((c, i) => ({ item: c.code, score: v.items[i]?.score ?? 0, quote: v.items[i]?.quote })),
            note: v.note,
          },
        }),
      ),
    [['trials']],
  )
  return (
    <Dialog
      open
      width={640}
      title={zh ? trial.card.name_zh : trial.card.name_en}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('trial.assess')}
      cancelText={t('cancel')}
      confirmLoading={assess.isPending}
    >
      <p className="t2 mb12">{t('trial.hint', { pass: trial.card.item_pass })}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(v) =>
          assess.mutate(v, {
            onSuccess: () => {
              void message.success(t('saved'))
              onClose()
            },
          })
        }
      >
        {trial.card.items.map((c, i) => (
          <div key={c.code}>
            <Form.Item
              name={['items', i, 'score']}
              label={<span className="m">{zh ? c.zh : c.en}</span>}
              rules={[{ required: true, message: t('trial.give') }]}
              className="mb8"
            >
              <Radio.Group optionType="button" options={[0, 1, 2, 3, 4].map((n) => ({ value: n, label: n }))} />
            </Form.Item>
            {(marks?.[i]?.score ?? trial.card.item_pass) < trial.card.item_pass && (
              <Form.Item name={['items', i, 'quote']} rules={[{ required: true, whitespace: true, message: t('trial.quoteNeeded') }]}>
                <Input.TextArea rows={2} maxLength={1000} placeholder={t('trial.quoteNeeded')} aria-label={t('trial.quoteNeeded')} />
              </Form.Item>
            )}
          </div>
        ))}
        <Form.Item name="note" label={t('trial.note')}>
          <Input.TextArea rows={2} maxLength={2000} />
        </Form.Item>
      </Form>
      {assess.error && <Failure problem={assess.error} kept />}
    </Dialog>
  )
}
