import { DatePicker, Form, Segmented, Select } from 'antd'
import { useQuery } from '@tanstack/react-query'
import dayjs, { type Dayjs } from 'dayjs'
import { Route } from 'lucide-react'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePager } from '@/api/pages'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Pager } from '@/design/pager'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useWords } from '@/words'
import { planTone, took, useScope } from './plan-scope'

type Plan = Schema<'Plan'>

const onPage = 50
const count = (n?: number) => n?.toLocaleString('en') ?? <span className="t3">–</span>

/** Planning runs, the newest first, and how to begin one. */
export default function Plans() {
  const t = useWords('operator')
  const scope = useScope()
  const [asking, setAsking] = useState(false)
  const query = usePager<Plan>(['plans'], onPage, (cursor) =>
    body(api.GET('/api/v1/plans', { params: { query: { limit: onPage, cursor } } })),
  )
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
                <Table<Plan>
                  aria-label={t('plans.title')}
                  rowKey="id"
                  size="small"
                  dataSource={list}
                  pagination={false}
                  scroll={{ x: 900 }}
                  columns={[
                    {
                      title: t('plans.scope'),
                      ellipsis: true,
                      render: (_, p) => (
                        <Link to={p.id} className="m">
                          {scope(p)}
                        </Link>
                      ),
                    },
                    {
                      title: t('plans.state'),
                      width: 110,
                      render: (_, p) => (
                        <State plain tone={planTone[p.state]}>
                          {t('plans.is.' + p.state)}
                        </State>
                      ),
                    },
                    { title: t('plans.asked'), width: 150, render: (_, p) => <When at={p.created_at} /> },
                    { title: t('plans.by'), width: 90, render: (_, p) => t(p.asked_by ? 'plans.byHand' : 'plans.byClock') },
                    { title: t('plans.open'), width: 90, align: 'right', render: (_, p) => count(p.seats) },
                    { title: t('plans.filled'), width: 90, align: 'right', render: (_, p) => count(p.filled) },
                    {
                      title: t('plans.share'),
                      width: 80,
                      align: 'right',
                      render: (_, p) =>
                        p.seats && p.filled !== undefined ? (
                          <span className={p.filled < p.seats ? 'late' : undefined}>{((100 * p.filled) / p.seats).toFixed(1)}%</span>
                        ) : null,
                    },
                    { title: t('plans.offers'), width: 80, align: 'right', render: (_, p) => count(p.offers) },
                    { title: t('plans.time'), width: 80, align: 'right', render: (_, p) => took(p) },
                  ]}
                />
                <Pager pages={query.pages} />
              </>
            )
          }
        </Loaded>
      </div>
      {asking && <Ask onClose={() => setAsking(false)} />}
    </Page>
  )
}

function Ask({ onClose }: { onClose: () => void }) {
  const t = useWords('operator')
  const common = useWords()
  const go = useNavigate()
  const campaigns = useQuery({ queryKey: ['campaigns'], queryFn: () => body(api.GET('/api/v1/campaigns')) })
  const [by, setBy] = useState<'time' | 'campaign'>('time')
  const [range, setRange] = useState<[Dayjs, Dayjs]>([dayjs(), dayjs().add(3, 'day')])
  const [campaign, setCampaign] = useState<string>()
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
          <Segmented<'time' | 'campaign'>
            block
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
          <Form.Item label={t('plans.times')}>
            <DatePicker.RangePicker
              showTime={{ format: 'HH:mm' }}
              format="YYYY-MM-DD HH:mm"
              value={range}
              allowClear={false}
              className="whole"
              presets={[
                { label: t('plans.next', { count: 1 }), value: [dayjs(), dayjs().add(1, 'day')] },
                { label: t('plans.next', { count: 3 }), value: [dayjs(), dayjs().add(3, 'day')] },
                { label: t('plans.next', { count: 14 }), value: [dayjs(), dayjs().add(14, 'day')] },
              ]}
              onChange={(v) => {
                if (v?.[0] && v[1]) setRange([v[0], v[1]])
              }}
            />
          </Form.Item>
        ) : (
          <Form.Item label={t('plans.campaign')}>
            <Select
              value={campaign}
              onChange={setCampaign}
              aria-label={t('plans.campaign')}
              notFoundContent={t('campaigns.none')}
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
