import { useQuery } from '@tanstack/react-query'
import { App, DatePicker, Form, Input, InputNumber } from 'antd'
import type { Dayjs } from 'dayjs'
import { Flag } from 'lucide-react'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Loaded } from '@/design/feedback'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { dateName, localDate, useClock } from '@/design/time'
import { useLanguage, useWords } from '@/words'

type Campaign = Schema<'Campaign'>

export default function Campaigns() {
  const t = useWords('operator')
  const [adding, setAdding] = useState(false)
  const query = useQuery({ queryKey: ['campaigns'], queryFn: () => body(api.GET('/api/v1/campaigns')) })
  const language = useLanguage()
  const today = localDate(useClock())
  const dates = (c: Campaign) => (
    <span className="num nowrap">
      {dateName(c.starts_on, language)}
      {c.ends_on !== c.starts_on && ` ${t('campaigns.to')} ${dateName(c.ends_on, language)}`}
    </span>
  )
  const state = (c: Campaign) =>
    c.ends_on < today ? (
      <State plain tone="open" shape="bar">
        {t('campaigns.is.over')}
      </State>
    ) : c.starts_on <= today ? (
      <State plain tone="info">
        {t('campaigns.is.running')}
      </State>
    ) : (
      <State plain tone="open" shape="clock">
        {t('campaigns.is.coming')}
      </State>
    )
  const times = (c: Campaign) => <span className="num">×{(c.multiplier / 10_000).toFixed(2)}</span>
  const add = (
    <Button type="primary" onClick={() => setAdding(true)}>
      {t('campaigns.add')}
    </Button>
  )
  return (
    <Page
      title={t('campaigns.title')}
      note={query.data && query.data.items.length > 0 && <span className="sm t3">{t('campaigns.noneHint')}</span>}
      actions={query.data?.items.length !== 0 && add}
    >
      <div className="sec">
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={Flag} title={t('campaigns.none')} hint={t('campaigns.noneHint')} action={add} />
            ) : (
              <Table<Campaign>
                aria-label={t('campaigns.title')}
                rowKey="id"
                size="small"
                dataSource={items}
                pagination={false}
                scroll={{ x: 480 }}
                columns={[
                  { title: t('campaigns.name'), dataIndex: 'name', render: (name: string) => <span className="m">{name}</span> },
                  { title: t('campaigns.dates'), width: 250, render: (_, c) => dates(c) },
                  { title: t('campaigns.state'), width: 120, render: (_, c) => state(c) },
                  { title: t('campaigns.multiplier'), width: 120, align: 'right', render: (_, c) => times(c) },
                ]}
              />
            )
          }
        </Loaded>
      </div>
      {adding && <Add onClose={() => setAdding(false)} />}
    </Page>
  )
}

function Add({ onClose }: { onClose: () => void }) {
  const t = useWords('operator')
  const common = useWords()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ name: string; dates: [Dayjs, Dayjs]; multiplier: number }>()
  const add = useAct(
    (c: Schema<'CampaignRequest'>, headers) => body(api.POST('/api/v1/campaigns', { body: c, params: { header: headers } })),
    [['campaigns']],
  )
  const save = (v: { name: string; dates: [Dayjs, Dayjs]; multiplier: number }) =>
    add.mutate(
      {
        name: v.name,
        starts_on: v.dates[0].format('YYYY-MM-DD'),
        ends_on: v.dates[1].format('YYYY-MM-DD'),
        multiplier: Math.round(v.multiplier * 10_000),
      },
      {
        onSuccess: () => {
          void message.success(common('saved'))
          onClose()
        },
      },
    )
  return (
    <Dialog
      open
      title={t('campaigns.add')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={common('save')}
      cancelText={common('cancel')}
      confirmLoading={add.isPending}
    >
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ multiplier: 1 }} onFinish={save}>
        <Form.Item name="name" label={t('campaigns.name')} rules={[{ required: true }]}>
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item name="dates" label={t('campaigns.dates')} rules={[{ required: true }]}>
          <DatePicker.RangePicker className="whole" />
        </Form.Item>
        <Form.Item name="multiplier" label={t('campaigns.multiplier')} extra={t('campaigns.multiplierHint')}>
          <InputNumber min={1} max={10} step={0.05} prefix="×" />
        </Form.Item>
      </Form>
      {add.error && <Failure problem={add.error} kept />}
    </Dialog>
  )
}
