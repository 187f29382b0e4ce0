import { useQuery } from '@tanstack/react-query'
import { App, Form, Input, Radio, Select } from 'antd'
import { IdCard } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Problem } from '@/api/problem'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { identityLook } from '@/design/identity-look'
import { More } from '@/design/more'
import { Section } from '@/design/page'
import { Person } from '@/design/person'
import { Reason } from '@/design/reason'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useWords } from '@/words'

type Identity = Schema<'IdentityBody'>
type Refusal = NonNullable<Identity['refusal']>

const fields = ['name', 'number', 'phone', 'bank_account'] as const
const refusals: Refusal[] = ['name_differs', 'number_unknown', 'phone_unreachable', 'bank_account_differs', 'other']

/** RealName is who an agent is by law: masked, opened with a reason that the audit keeps, and decided by whoever has looked. */
export function RealName({ id }: { id: string }) {
  const t = useWords('operator')
  const [opening, open] = useState(false)
  const query = useQuery({
    queryKey: ['identity', id],
    queryFn: () => found(body(api.GET('/api/v1/accounts/{id}/identity', { params: { path: { id } } }))),
  })
  return (
    <Section title={t('identity.title')} note={t('identity.note')}>
      <Loaded query={query} skeleton={<Skeleton lines={[24, 40]} />}>
        {(i) =>
          i === null ? (
            <p className="t3">{t('identity.none')}</p>
          ) : (
            <>
              <div className="row wrap g12 mb12">
                <State {...identityLook[i.state]}>{t('identity.state.' + i.state)}</State>
                <span className="sm t3">
                  {i.decided_at ? (
                    <>
                      {t('identity.decidedAt')} <When at={i.decided_at} />
                    </>
                  ) : (
                    i.given_at && (
                      <>
                        {t('identity.givenAt')} <When at={i.given_at} />
                      </>
                    )
                  )}
                </span>
                {i.refusal && <span className="sm miss">{t('identity.refusal.' + i.refusal)}</span>}
              </div>
              <Values of={i} />
              <div className="mt12">
                <Button onClick={() => open(true)}>{t(i.state === 'given' ? 'identity.check' : 'identity.open')}</Button>
              </div>
              {opening && <Opened identity={i} onClose={() => open(false)} />}
            </>
          )
        }
      </Loaded>
    </Section>
  )
}

/** found is what an answer brings, null where there is nothing. */
const found = async <T,>(answer: Promise<T>): Promise<T | null> => {
  try {
    return await answer
  } catch (cause) {
    if (cause instanceof Problem && cause.status === 404) return null
    throw cause
  }
}

function Values({ of }: { of: Pick<Identity, (typeof fields)[number]> }) {
  const t = useWords('operator')
  return (
    <dl className="facts">
      {fields.map((f) => (
        <div key={f}>
          <dt className="sm t3">{t('identity.' + f)}</dt>
          <dd className="m num break">{of[f]}</dd>
        </div>
      ))}
    </dl>
  )
}

interface Finding {
  truth: boolean
  refusal?: Refusal
  reason: string
}

/** Opened asks why, shows everything once, and takes what was found of the version that was seen. */
function Opened({ identity, onClose }: { identity: Identity; onClose: () => void }) {
  const t = useWords('operator')
  const common = useWords()
  const { message } = App.useApp()
  const [form] = Form.useForm<Finding>()
  const truth = Form.useWatch('truth', form)
  const path = { id: identity.agent_id }
  const reveal = useAct(
    (reason: string) => body(api.POST('/api/v1/accounts/{id}/identity/reveal', { params: { path }, body: { reason } })),
    [['audit']],
  )
  const decide = useAct(
    (v: Finding) =>
      body(
        api.POST('/api/v1/accounts/{id}/identity/decision', {
          params: { path },
          body: { version: reveal.data!.version, refusal: v.truth ? undefined : v.refusal, reason: v.reason },
        }),
      ),
    [['identity'], ['identities'], ['audit'], ['progress']],
  )
  if (!reveal.data)
    return (
      <Reason
        title={t(identity.state === 'given' ? 'identity.check' : 'identity.open')}
        hint={t('identity.openHint')}
        busy={reveal.isPending}
        problem={reveal.error}
        onClose={onClose}
        onGiven={(reason) => reveal.mutate(reason)}
      />
    )
  return (
    <Dialog
      open
      title={t('identity.opened')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('identity.decide')}
      cancelText={common('close')}
      confirmLoading={decide.isPending}
    >
      <div className="soft mb16">
        <Values of={reveal.data} />
      </div>
      <Form
        form={form}
        name="finding"
        layout="vertical"
        requiredMark={false}
        onFinish={(v) =>
          decide.mutate(v, {
            onSuccess: () => {
              void message.success(t('identity.decided'))
              onClose()
            },
          })
        }
      >
        <Form.Item name="truth" label={t('identity.found')} rules={[{ required: true, message: t('identity.choose') }]}>
          <Radio.Group
            options={[
              { value: true, label: t('identity.true') },
              { value: false, label: t('identity.false') },
            ]}
          />
        </Form.Item>
        {truth === false && (
          <Form.Item
            name="refusal"
            label={t('identity.why')}
            extra={t('identity.whyNote')}
            rules={[{ required: true, message: t('identity.choose') }]}
          >
            <Select options={refusals.map((r) => ({ value: r, label: t('identity.refusal.' + r) }))} />
          </Form.Item>
        )}
        <Form.Item
          name="reason"
          label={t('identity.how')}
          extra={t('identity.howNote')}
          rules={[{ required: true, whitespace: true, message: t('identity.howNeeded') }]}
        >
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
      </Form>
      {decide.error && <Failure problem={decide.error} kept />}
    </Dialog>
  )
}

/** Waiting are those whose real-name data nobody has looked at yet, who wait longest first. */
export function Waiting() {
  const t = useWords('operator')
  const query = usePages<Identity>(['identities'], (cursor) =>
    body(api.GET('/api/v1/identities', { params: { query: { state: 'given', limit: 50, cursor } } })),
  )
  return (
    <div className="sec">
      <Loaded query={query} skeleton={<Skeleton lines={[34, 34, 34]} />}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon={IdCard} title={t('identity.noneWaiting')} hint={t('identity.noneWaitingHint')} />
          ) : (
            <>
              <Table<Identity>
                aria-label={t('identity.waiting')}
                rowKey="agent_id"
                size="small"
                dataSource={list}
                pagination={false}
                scroll={{ x: 560 }}
                columns={[
                  {
                    title: t('identity.name'),
                    width: 180,
                    ellipsis: true,
                    render: (_, i) => (
                      <Link to={i.agent_id} className="m">
                        <Person name={i.name} />
                      </Link>
                    ),
                  },
                  { title: t('identity.number'), ellipsis: true, render: (_, i) => <span className="num">{i.number}</span> },
                  { title: t('identity.givenAt'), width: 170, render: (_, i) => i.given_at && <When at={i.given_at} /> },
                ]}
              />
              <More query={query} />
            </>
          )
        }
      </Loaded>
    </div>
  )
}
