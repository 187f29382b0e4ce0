import { DatePicker, Form, Select } from 'antd'
import { useQuery } from '@tanstack/react-query'
import dayjs, { type Dayjs } from 'dayjs'
import { Route } from 'lucide-react'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { State, type Tone } from '@/design/state'
import { Table } from '@/design/table'
import { usePhone } from '@/design/theme'
import { When } from '@/design/time'
import { useWords } from '@/words'

type Plan = Schema<'Plan'>

export const planTone: Record<Plan['state'], Tone> = { queued: 'info', running: 'info', done: 'ok', failed: 'miss' }

export default function Plans() {
  const t = useWords('operator')
  const phone = usePhone()
  const [asking, setAsking] = useState(false)
  const query = usePages<Plan>(['plans'], (cursor) => body(api.GET('/api/v1/plans', { params: { query: { limit: 50, cursor } } })))
  const run = (
    <Button type="primary" onClick={() => setAsking(true)}>
      {t('plans.run')}
    </Button>
  )
  return (
    <Page title={t('plans.title')} actions={query.data?.length !== 0 && run}>
      <div className="sec">
        <Loaded query={query} skeleton={<Skeleton lines={[34, 34, 34, 34]} />}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon={Route} title={t('plans.none')} hint={t('plans.noneHint')} action={run} />
            ) : (
              <>
                {phone ? (
                  <ul>
                    {list.map((p, i) => (
                      <li
                        key={p.id}
                        className="col g4"
                        style={{ padding: '10px 0', borderTop: i > 0 ? '1px solid var(--line)' : undefined }}
                      >
                        <span className="row between g8">
                          <Link to={p.id} className="m">
                            <When at={p.created_at} />
                          </Link>
                          <State plain tone={planTone[p.state]}>
                            {t('plans.is.' + p.state)}
                          </State>
                        </span>
                        <span className="sm t2">
                          <Scope plan={p} />
                        </span>
                        {p.filled !== undefined && (
                          <span className="sm t3 num">
                            {t('plans.filled')} {p.filled}{' '}
                            {t('plans.ofOpen', { count: p.seats ?? 0, share: ((100 * p.filled) / Math.max(1, p.seats ?? 0)).toFixed(1) })} ·{' '}
                            {t('plans.offers')} {p.offers}
                          </span>
                        )}
                      </li>
                    ))}
                  </ul>
                ) : (
                  <Table<Plan>
                    aria-label={t('plans.title')}
                    rowKey="id"
                    size="small"
                    dataSource={list}
                    pagination={false}
                    scroll={{ x: 760 }}
                    columns={[
                      {
                        title: t('plans.asked'),
                        render: (_, p) => (
                          <Link to={p.id}>
                            <When at={p.created_at} seconds />
                          </Link>
                        ),
                      },
                      { title: t('plans.scope'), render: (_, p) => <Scope plan={p} /> },
                      {
                        title: t('plans.state'),
                        render: (_, p) => (
                          <State plain tone={planTone[p.state]}>
                            {t('plans.is.' + p.state)}
                          </State>
                        ),
                      },
                      { title: t('plans.open'), dataIndex: 'seats', align: 'right' },
                      { title: t('plans.filled'), dataIndex: 'filled', align: 'right' },
                      { title: t('plans.offers'), dataIndex: 'offers', align: 'right' },
                      { title: 'W', dataIndex: 'weight', align: 'right' },
                      { title: t('plans.solve'), align: 'right', render: (_, p) => (p.solve_ms === undefined ? '' : `${p.solve_ms} ms`) },
                    ]}
                  />
                )}
                <More query={query} />
              </>
            )
          }
        </Loaded>
      </div>
      {asking && <Ask onClose={() => setAsking(false)} />}
    </Page>
  )
}

export function Scope({ plan }: { plan: Plan }) {
  const t = useWords('operator')
  const campaigns = useQuery({ queryKey: ['campaigns'], queryFn: () => body(api.GET('/api/v1/campaigns')), staleTime: 60_000 })
  if (plan.campaign_id) return <>{campaigns.data?.items.find((c) => c.id === plan.campaign_id)?.name ?? t('plans.campaign')}</>
  if (plan.booking_id)
    return (
      <>
        {t('plans.booking')} <span className="mono sm t3">{plan.booking_id.slice(-8)}</span>
      </>
    )
  return plan.from && plan.to ? (
    <>
      <When at={plan.from} /> – <When at={plan.to} />
    </>
  ) : null
}

function Ask({ onClose }: { onClose: () => void }) {
  const t = useWords('operator')
  const common = useWords()
  const go = useNavigate()
  const [by, setBy] = useState<'time' | 'campaign'>('time')
  const [range, setRange] = useState<[Dayjs, Dayjs]>([dayjs(), dayjs().add(3, 'day')])
  const [campaign, setCampaign] = useState<string>()
  const campaigns = useQuery({ queryKey: ['campaigns'], queryFn: () => body(api.GET('/api/v1/campaigns')) })
  const run = useAct(
    (request: Schema<'PlanRequest'>, headers) => body(api.POST('/api/v1/plans', { body: request, params: { header: headers } })),
    [['plans']],
  )
  const start = () =>
    run.mutate(by === 'time' ? { from: range[0].toISOString(), to: range[1].toISOString() } : { campaign_id: campaign }, {
      onSuccess: (p) => void go(p.id),
    })
  return (
    <Dialog
      open
      title={t('plans.run')}
      onCancel={onClose}
      onOk={start}
      okText={t('plans.start')}
      cancelText={common('cancel')}
      confirmLoading={run.isPending}
      okButtonProps={{ disabled: by === 'campaign' && !campaign }}
    >
      <Form layout="vertical">
        <Form.Item label={t('plans.over')}>
          <Select<'time' | 'campaign'>
            value={by}
            onChange={setBy}
            aria-label={t('plans.over')}
            options={[
              { value: 'time', label: t('plans.byTime') },
              { value: 'campaign', label: t('plans.campaign') },
            ]}
          />
        </Form.Item>
        {by === 'time' ? (
          <Form.Item label={t('plans.time')}>
            <DatePicker.RangePicker
              showTime={{ format: 'HH:mm' }}
              format="YYYY-MM-DD HH:mm"
              value={range}
              allowClear={false}
              onChange={(v) => {
                if (v?.[0] && v[1]) setRange([v[0], v[1]])
              }}
              style={{ width: '100%' }}
            />
          </Form.Item>
        ) : (
          <Form.Item label={t('plans.campaign')}>
            <Select
              value={campaign}
              onChange={setCampaign}
              aria-label={t('plans.campaign')}
              options={campaigns.data?.items.map((c) => ({ value: c.id, label: c.name }))}
            />
          </Form.Item>
        )}
      </Form>
      <p className="sm t3">{t('plans.hint')}</p>
      {run.error && <Failure problem={run.error} kept />}
    </Dialog>
  )
}
