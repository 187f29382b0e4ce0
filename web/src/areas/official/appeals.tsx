import { App, Form, Input, Radio, Segmented } from 'antd'
import { Inbox } from 'lucide-react'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useMe } from '@/session/session'
import { useWords } from '@/words'
import { Who } from './who'

type Appeal = Schema<'Appeal'>
type Penalty = Schema<'Penalty'>
type Ruling = { upheld: boolean; reason: string }

/** Appeals: against what was decided of credentials, and, for operators, against being marked late or missing. Whoever decided cannot decide again. */
export default function Appeals() {
  const t = useWords('official')
  const me = useMe()
  const [params, setParams] = useSearchParams()
  const penalties = params.get('of') === 'penalties'
  const [all, setAll] = useState(false)
  return (
    <Page
      title={t('appeal.title')}
      actions={
        <>
          {me?.role === 'operator' && (
            <Segmented<'credentials' | 'penalties'>
              aria-label={t('appeal.title')}
              value={penalties ? 'penalties' : 'credentials'}
              onChange={(v) => setParams(v === 'penalties' ? { of: v } : {}, { replace: true })}
              options={[
                { value: 'credentials', label: t('appeal.credentials') },
                { value: 'penalties', label: t('appeal.penalties') },
              ]}
            />
          )}
          <Segmented<'waiting' | 'all'>
            aria-label={t('appeal.which')}
            value={all ? 'all' : 'waiting'}
            onChange={(v) => setAll(v === 'all')}
            options={[
              { value: 'waiting', label: t('appeal.waiting') },
              { value: 'all', label: t('appeal.all') },
            ]}
          />
        </>
      }
    >
      <div className="sec">{penalties ? <OfPenalties all={all} /> : <OfCredentials all={all} />}</div>
    </Page>
  )
}

/** Decision is what was decided, and when. */
function Decision({ at, children }: { at: string | null; children: string }) {
  const t = useWords('official')
  return (
    <p className="t2 pre">
      {at && (
        <>
          <span className="m">{t('appeal.decidedAt')}</span> <When at={at} /> ·{' '}
        </>
      )}
      {children}
    </p>
  )
}

function Verdict({ upheld }: { upheld: boolean | null }) {
  const t = useWords('official')
  return (
    <State tone={upheld === null ? 'late' : upheld ? 'ok' : 'open'} shape={upheld === null ? 'clock' : upheld ? undefined : 'bar'}>
      {t('appeal.state.' + (upheld === null ? 'waits' : upheld ? 'upheld' : 'refused'))}
    </State>
  )
}

function OfCredentials({ all }: { all: boolean }) {
  const t = useWords('official')
  const me = useMe()
  const [chosen, choose] = useState<Appeal>()
  const query = usePages<Appeal>(['appeals'], (cursor) => body(api.GET('/api/v1/appeals', { params: { query: { limit: 100, cursor } } })))
  const shown = { ...query, data: query.data?.filter((a) => all || a.upheld === null) }
  const decide = useAct(
    (v: Ruling & { id: string }, headers) =>
      body(
        api.POST('/api/v1/appeals/{id}/decision', {
          params: { path: { id: v.id }, header: headers },
          body: { upheld: v.upheld, reason: v.reason },
        }),
      ),
    [['appeals'], ['credentials']],
  )
  return (
    <>
      <Loaded query={shown} skeleton={<Skeleton lines={[60, 60, 60]} />}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon={Inbox} title={t('appeal.none')} hint={t('appeal.noneHint')} />
          ) : (
            <ul className="lines">
              {list.map((a) => (
                <li key={a.id} className="row wrap start g16">
                  <div className="grow fillrow col g4">
                    <div className="row wrap g8">
                      <Verdict upheld={a.upheld} />
                      <span className="m">{t('appeal.against.' + a.against)}</span>
                      <Who id={a.agent_id} />
                      <span className="sm t3">
                        <When at={a.appealed_at} />
                      </span>
                    </div>
                    <blockquote className="quote pre m0">{a.reason}</blockquote>
                    {a.decision && <Decision at={a.decided_at}>{a.decision}</Decision>}
                    {a.upheld === null && a.mine && <p className="sm t2">{t('appeal.mine')}</p>}
                  </div>
                  <div className="row g12">
                    <Link to={`/${me?.role === 'operator' ? 'operator' : 'trainer'}/credentials/${a.credential_id}`}>
                      {t('appeal.open')}
                    </Link>
                    {a.upheld === null && !a.mine && <Button onClick={() => choose(a)}>{t('appeal.decide')}</Button>}
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More query={query} />
      {chosen && (
        <Decide
          words={chosen.reason}
          consequence={t('appeal.consequence.' + chosen.against)}
          problem={decide.error}
          busy={decide.isPending}
          onGiven={(r, done) => decide.mutate({ ...r, id: chosen.id }, { onSuccess: done })}
          onClose={() => {
            decide.reset()
            choose(undefined)
          }}
        />
      )}
    </>
  )
}

function OfPenalties({ all }: { all: boolean }) {
  const t = useWords('official')
  const [chosen, choose] = useState<Penalty>()
  const query = usePages<Penalty>(['penalties', all], (cursor) =>
    body(api.GET('/api/v1/penalties', { params: { query: { limit: 100, cursor, waiting: all ? undefined : true } } })),
  )
  const shown = { ...query, data: query.data?.filter((p) => p.appealed_at !== null) }
  const decide = useAct(
    (v: Ruling & { id: string }, headers) =>
      body(
        api.POST('/api/v1/penalties/{id}/decision', {
          params: { path: { id: v.id }, header: headers },
          body: { upheld: v.upheld, reason: v.reason },
        }),
      ),
    [['penalties']],
  )
  return (
    <>
      <Loaded query={shown} skeleton={<Skeleton lines={[60, 60, 60]} />}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon={Inbox} title={t('appeal.nonePenalty')} hint={t('appeal.nonePenaltyHint')} />
          ) : (
            <ul className="lines">
              {list.map((p) => (
                <li key={p.id} className="row wrap start g16">
                  <div className="grow fillrow col g4">
                    <div className="row wrap g8">
                      <Verdict upheld={p.upheld} />
                      <span className="m">
                        {t('appeal.penalty.' + p.kind)}
                        {p.minutes > 0 && ' · ' + t('appeal.minutes', { count: p.minutes })}
                      </span>
                      <Who id={p.agent_id} />
                      <span className="sm t3">
                        <When at={p.happened_at} />
                      </span>
                    </div>
                    <blockquote className="quote pre m0">{p.reason}</blockquote>
                    {p.decision && <Decision at={p.decided_at}>{p.decision}</Decision>}
                  </div>
                  {p.upheld === null && <Button onClick={() => choose(p)}>{t('appeal.decide')}</Button>}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More query={query} />
      {chosen && (
        <Decide
          words={chosen.reason ?? ''}
          consequence={t('appeal.consequence.penalty')}
          problem={decide.error}
          busy={decide.isPending}
          onGiven={(r, done) => decide.mutate({ ...r, id: chosen.id }, { onSuccess: done })}
          onClose={() => {
            decide.reset()
            choose(undefined)
          }}
        />
      )}
    </>
  )
}

function Decide({
  words,
  consequence,
  problem,
  busy,
  onGiven,
  onClose,
}: {
  words: string
  consequence: string
  problem: unknown
  busy: boolean
  onGiven: (r: Ruling, done: () => void) => void
  onClose: () => void
}) {
  const t = useWords('official')
  const common = useWords()
  const { message } = App.useApp()
  const [form] = Form.useForm<Ruling>()
  return (
    <Dialog
      open
      title={t('appeal.decide')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('appeal.decide')}
      cancelText={common('cancel')}
      confirmLoading={busy}
    >
      <blockquote className="quote pre m0 mb12">{words}</blockquote>
      <p className="t2 mb12">{consequence}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(r) =>
          onGiven(r, () => {
            void message.success(t('appeal.decided'))
            onClose()
          })
        }
      >
        <Form.Item name="upheld" label={t('appeal.ruling')} rules={[{ required: true, message: t('appeal.choose') }]}>
          <Radio.Group
            options={[
              { value: true, label: t('appeal.upheld') },
              { value: false, label: t('appeal.refuse') },
            ]}
          />
        </Form.Item>
        <Form.Item
          name="reason"
          label={t('appeal.decision')}
          extra={t('appeal.decisionNote')}
          rules={[{ required: true, whitespace: true, message: t('appeal.needed') }]}
        >
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
      </Form>
      {problem ? <Failure problem={problem} kept /> : null}
    </Dialog>
  )
}
