import { useQuery } from '@tanstack/react-query'
import { App, Form, Input, InputNumber, Segmented } from 'antd'
import { Scale } from 'lucide-react'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { useTarget } from '@/design/target'
import { Span, When } from '@/design/time'
import { useWords } from '@/words'
import { Who } from '../official/who'

type Dispute = Schema<'Dispute'>

/** Disputes of minutes: both sides' words, the events behind the minutes, and a ruling by its deadline. */
export default function Disputes() {
  const t = useWords('operator')
  const [state, setState] = useState<'open' | 'ruled'>('open')
  const [ruling, rule] = useState<Dispute>()
  const target = useTarget()
  const query = usePages<Dispute>(['disputes', state], (cursor) =>
    body(api.GET('/api/v1/disputes', { params: { query: { limit: 50, cursor, state } } })),
  )
  return (
    <Page
      title={t('disputes.title')}
      actions={
        <Segmented<'open' | 'ruled'>
          value={state}
          onChange={setState}
          options={[
            { value: 'open', label: t('disputes.open') },
            { value: 'ruled', label: t('disputes.ruled') },
          ]}
        />
      }
    >
      <div className="sec">
        <Loaded query={query} skeleton={<Skeleton lines={[72, 72, 72]} />}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon={Scale} title={t('disputes.none')} hint={t('disputes.noneHint')} />
            ) : (
              <ul className="lines">
                {list.map((d) => (
                  <li key={d.id} {...target(d.id)} className="row wrap start g16">
                    <div className="grow col g4 atleast">
                      <div className="row wrap g8">
                        <State tone={d.state === 'open' ? 'late' : 'ok'}>{t('disputes.kind.' + d.kind)}</State>
                        <span className="b">{t('disputes.minutes', { count: d.minutes })}</span>
                        <Money value={d.frozen} />
                        <Who id={d.agent_id} />
                        <span className="sm t3">
                          <When at={d.opened_at} />
                        </span>
                      </div>
                      <blockquote className="pre m0">{d.reason}</blockquote>
                      {d.answer && (
                        <div className="t2 pre">
                          <span className="m">{t('disputes.answer')}</span> {d.answer}
                        </div>
                      )}
                      {d.ruled_at && (
                        <div className="t2 pre">
                          <span className="m">{t('disputes.ruling', { count: d.minutes_to_agent })}</span>{' '}
                          {d.by_deadline ? t('disputes.byDeadline') : d.ruling}
                        </div>
                      )}
                    </div>
                    {d.state === 'open' && (
                      <div className="row wrap g12">
                        {d.rule_by && (
                          <span className="sm t3">
                            {t('disputes.until')} <When at={d.rule_by} />
                          </span>
                        )}
                        <Button onClick={() => rule(d)}>{t('disputes.rule')}</Button>
                      </div>
                    )}
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
        <More query={query} />
      </div>
      {ruling && <Rule dispute={ruling} onClose={() => rule(undefined)} />}
    </Page>
  )
}

function Rule({ dispute: d, onClose }: { dispute: Dispute; onClose: () => void }) {
  const t = useWords('operator')
  const common = useWords()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ minutes_to_agent: number; reason: string }>()
  const given = Form.useWatch('minutes_to_agent', form) ?? d.minutes
  const sheet = useQuery({
    queryKey: ['timesheet', d.timesheet_id],
    queryFn: () => body(api.GET('/api/v1/timesheets/{id}', { params: { path: { id: d.timesheet_id } } })),
  })
  const rule = useAct(
    (v: { minutes_to_agent: number; reason: string }, headers) =>
      body(api.POST('/api/v1/disputes/{id}/ruling', { params: { path: { id: d.id }, header: headers }, body: v })),
    [['disputes']],
  )
  return (
    <Dialog
      open
      title={t('disputes.rule')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('disputes.give', { given, back: d.minutes - given })}
      cancelText={common('cancel')}
      confirmLoading={rule.isPending}
    >
      <blockquote className="soft pre m0 mb12">{d.reason}</blockquote>
      <Loaded query={sheet}>
        {(s) => (
          <div className="mb12">
            <Span from={s.starts_at} to={s.ends_at} />
            <ul className="sm t2 mt4">
              {s.events.map((e, i) => (
                <li key={i}>
                  <When at={e.at} seconds /> {t('disputes.event.' + e.kind, { defaultValue: e.kind })}
                </li>
              ))}
            </ul>
          </div>
        )}
      </Loaded>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ minutes_to_agent: d.minutes }}
        onFinish={(v) =>
          rule.mutate(v, {
            onSuccess: () => {
              void message.success(common('saved'))
              onClose()
            },
          })
        }
      >
        <Form.Item name="minutes_to_agent" label={t('disputes.toAgent', { count: d.minutes })} rules={[{ required: true }]}>
          <InputNumber min={0} max={d.minutes} precision={0} />
        </Form.Item>
        <Form.Item
          name="reason"
          label={t('reason.label')}
          extra={t('disputes.bothRead')}
          rules={[{ required: true, whitespace: true, message: t('reason.needed') }]}
        >
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
      </Form>
      {rule.error && <Failure problem={rule.error} kept />}
    </Dialog>
  )
}
