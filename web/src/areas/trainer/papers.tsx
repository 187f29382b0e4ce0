import { ListChecks } from 'lucide-react'
import { Link, useNavigate } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { useLanguage, useWords } from '@/words'

type Version = Schema<'PaperVersion'>

export default function Papers() {
  const t = useWords('trainer')
  const zh = useLanguage() === 'zh'
  const go = useNavigate()
  const query = usePages<Version>(['papers'], (cursor) => body(api.GET('/api/v1/papers', { params: { query: { limit: 50, cursor } } })))
  const add = (
    <Button type="primary" onClick={() => void go('new')}>
      {t('papers.add')}
    </Button>
  )
  return (
    <Page title={t('papers.title')} actions={query.data?.length === 0 ? undefined : add}>
      <div className="sec">
        <Loaded query={query} skeleton={<Skeleton lines={[34, 34, 34]} />}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon={ListChecks} title={t('papers.none')} hint={t('papers.noneHint')} action={add} />
            ) : (
              <Table<Version>
                aria-label={t('papers.title')}
                rowKey="id"
                size="small"
                dataSource={list}
                pagination={false}
                scroll={{ x: 640 }}
                columns={[
                  {
                    title: t('papers.name'),
                    render: (_, p) => (
                      <Link to={p.paper_id} className="m">
                        {zh ? p.name_zh : p.name_en}
                      </Link>
                    ),
                  },
                  { title: t('banks.code'), dataIndex: 'code', render: (c: string) => <span className="mono t2">{c}</span> },
                  {
                    title: t('papers.version'),
                    render: (_, p) => (
                      <span className="row g8">
                        v{p.version}
                        <State plain tone={p.state === 'published' ? 'ok' : 'open'} shape={p.state === 'draft' ? 'bar' : undefined}>
                          {t('papers.is.' + p.state)}
                        </State>
                      </span>
                    ),
                  },
                  { title: t('papers.questions'), align: 'right', render: (_, p) => p.blueprint.reduce((n, c) => n + c.count, 0) },
                  { title: t('papers.minutes'), align: 'right', render: (_, p) => t('papers.nMinutes', { count: p.minutes }) },
                  { title: t('papers.pass'), align: 'right', render: (_, p) => `${p.pass_score / 100}%` },
                ]}
              />
            )
          }
        </Loaded>
        <More query={query} />
      </div>
    </Page>
  )
}
