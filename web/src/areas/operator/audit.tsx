import { Input } from 'antd'
import { useState } from 'react'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useWords } from '@/words'

type Row = Schema<'Row'>

export default function Audit() {
  const t = useWords('operator')
  const common = useWords()
  const [filter, setFilter] = useState<{ action?: string; subject?: string }>({})
  const query = usePages<Row>(['audit', filter], (cursor) => body(api.GET('/api/v1/audit', { params: { query: { limit: 100, cursor, ...filter } } })))
  return (
    <Page title={t('audit.title')} note={<span className="sm t3">{t('audit.note')}</span>}>
      <div className="sec">
        <div className="row wrap g8" style={{ marginBottom: 12 }}>
          <Input.Search aria-label={t('audit.action')} placeholder={t('audit.action')} allowClear style={{ width: 240 }} onSearch={(action) => setFilter({ ...filter, action: action || undefined })} />
          <Input.Search aria-label={t('audit.subject')} placeholder={t('audit.subject')} allowClear style={{ width: 320 }} onSearch={(subject) => setFilter({ ...filter, subject: subject || undefined })} />
        </div>
        <Loaded query={query} skeleton={<Skeleton lines={[34, 34, 34, 34, 34]} />}>
          {(list) => (
            <>
              <Table<Row> rowKey="id" size="small" dataSource={list} pagination={false} scroll={{ x: 900 }} locale={{ emptyText: t('audit.none') }} expandable={{ expandedRowRender: (r) => <pre className="mono pre sm" style={{ margin: 0 }}>{detailOf(r)}{r.reason && `\n${r.reason}`}{r.request_id && `\n${r.request_id}`}</pre> }} columns={[
                { title: t('audit.at'), width: 190, render: (_, r) => <When at={r.at} seconds /> },
                { title: t('audit.action'), width: 220, render: (_, r) => <span className="mono m">{r.action}</span> },
                { title: t('audit.by'), width: 220, render: (_, r) => r.actor ? <span><span className="mono sm">{r.actor.slice(-8)}</span> <span className="t3">{r.role && common('role.' + r.role, { defaultValue: r.role })}</span></span> : <span className="t3">{t('audit.program')}</span> },
                { title: t('audit.subject'), render: (_, r) => <span className="mono sm">{r.subject}</span> },
              ]} />
              <More query={query} />
            </>
          )}
        </Loaded>
      </div>
    </Page>
  )
}

const detailOf = ({ detail }: Row) => (detail === undefined ? '' : JSON.stringify(detail))
