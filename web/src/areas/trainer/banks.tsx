import { App, Form, Input } from 'antd'
import { Library } from 'lucide-react'
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
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useWords } from '@/words'

type Bank = Schema<'Bank'>

export default function Banks() {
  const t = useWords('trainer')
  const [adding, setAdding] = useState(false)
  const query = usePages<Bank>(['banks'], (cursor) => body(api.GET('/api/v1/question-banks', { params: { query: { limit: 50, cursor } } })))
  const add = (
    <Button type="primary" onClick={() => setAdding(true)}>
      {t('banks.add')}
    </Button>
  )
  return (
    <Page title={t('banks.title')} actions={query.data?.length === 0 ? undefined : add}>
      <div className="sec">
        <Loaded query={query} skeleton={<Skeleton lines={[34, 34, 34]} />}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon={Library} title={t('banks.none')} hint={t('banks.noneHint')} action={add} />
            ) : (
              <Table<Bank>
                aria-label={t('banks.title')}
                rowKey="id"
                size="small"
                dataSource={list}
                pagination={false}
                scroll={{ x: 480 }}
                columns={[
                  {
                    title: t('banks.name'),
                    render: (_, b) => (
                      <Link to={b.id} className="m">
                        {b.name}
                      </Link>
                    ),
                  },
                  { title: t('banks.code'), dataIndex: 'code', render: (c: string) => <span className="mono t2">{c}</span> },
                  { title: t('banks.questions'), align: 'right', render: (_, b) => b.questions.toLocaleString('en') },
                  { title: t('banks.since'), render: (_, b) => <When at={b.created_at} /> },
                ]}
              />
            )
          }
        </Loaded>
        <More query={query} />
      </div>
      {adding && <Add onClose={() => setAdding(false)} />}
    </Page>
  )
}

function Add({ onClose }: { onClose: () => void }) {
  const t = useWords('trainer')
  const common = useWords()
  const go = useNavigate()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ code: string; name: string }>()
  const add = useAct(
    (b: { code: string; name: string }, headers) => body(api.POST('/api/v1/question-banks', { body: b, params: { header: headers } })),
    [['banks']],
  )
  return (
    <Dialog
      open
      title={t('banks.add')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={common('save')}
      cancelText={common('cancel')}
      confirmLoading={add.isPending}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(v) =>
          add.mutate(v, {
            onSuccess: (bank) => {
              void message.success(common('saved'))
              void go(bank.id)
            },
          })
        }
      >
        <Form.Item name="name" label={t('banks.name')} rules={[{ required: true }]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item
          name="code"
          label={t('banks.code')}
          extra={t('codeHint')}
          rules={[{ required: true, pattern: /^[a-z0-9_]{1,40}$/, message: t('codeNeeded') }]}
        >
          <Input />
        </Form.Item>
      </Form>
      {add.error && <Failure problem={add.error} kept />}
    </Dialog>
  )
}
