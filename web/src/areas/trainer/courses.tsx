import { BookOpen } from 'lucide-react'
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

type Course = Schema<'CourseSummary'>

export default function Courses() {
  const t = useWords('trainer')
  const common = useWords()
  const zh = useLanguage() === 'zh'
  const go = useNavigate()
  const query = usePages<Course>(['courses'], (cursor) => body(api.GET('/api/v1/courses', { params: { query: { limit: 50, cursor } } })))
  const add = (
    <Button type="primary" onClick={() => void go('new')}>
      {t('courses.add')}
    </Button>
  )
  return (
    <Page title={t('courses.title')} actions={query.data?.length === 0 ? undefined : add}>
      <div className="sec">
        <Loaded query={query} skeleton={<Skeleton lines={[34, 34, 34]} />}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon={BookOpen} title={t('courses.none')} hint={t('courses.noneHint')} action={add} />
            ) : (
              <Table<Course>
                aria-label={t('courses.title')}
                rowKey="version_id"
                size="small"
                dataSource={list}
                pagination={false}
                scroll={{ x: 560 }}
                columns={[
                  {
                    title: t('courses.name'),
                    render: (_, c) => (
                      <Link to={c.version_id} className="m">
                        {zh ? c.name_zh : c.name_en}
                      </Link>
                    ),
                  },
                  { title: t('banks.code'), dataIndex: 'code', render: (c: string) => <span className="mono t2">{c}</span> },
                  {
                    title: t('papers.version'),
                    render: (_, c) => (
                      <span className="row g8">
                        v{c.version}
                        <State plain tone={c.state === 'published' ? 'ok' : 'open'} shape={c.state === 'draft' ? 'bar' : undefined}>
                          {t('papers.is.' + c.state)}
                        </State>
                      </span>
                    ),
                  },
                  { title: t('courses.lessons'), align: 'right', dataIndex: 'lessons' },
                  { title: t('courses.length'), align: 'right', render: (_, c) => common('minutes', { count: c.minutes }) },
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
