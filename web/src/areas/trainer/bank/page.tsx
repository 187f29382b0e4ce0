import { useQuery } from '@tanstack/react-query'
import { App, Dropdown, Input, Select } from 'antd'
import { ChevronDown, FileQuestion, Upload } from 'lucide-react'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePager } from '@/api/pages'
import { Button } from '@/design/button'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Pager } from '@/design/pager'
import { Reason } from '@/design/reason'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { useWords } from '@/words'
import { QuestionBody } from '../question/body'
import { kinds, type Kind } from '../question/draft'
import { useTopics } from '../topics'
import { Export } from './export'
import { Import } from './import'

type BankQuestion = Schema<'BankQuestion'>

const pageSize = 50

export default function Bank() {
  const t = useWords('trainer')
  const { id = '' } = useParams()
  const [importing, setImporting] = useState(false)
  const [filter, setFilter] = useState<{ q?: string; topic?: string; kind?: Kind; difficulty?: number; retired?: boolean }>({})
  const [retiring, retire] = useState<BankQuestion>()
  const { message } = App.useApp()
  const go = useNavigate()
  const bank = useQuery({
    queryKey: ['banks', id],
    queryFn: () => body(api.GET('/api/v1/question-banks/{id}', { params: { path: { id } } })),
  })
  const topics = useTopics(id)
  const filtered = Object.values(filter).some((v) => v !== undefined)
  const query = usePager<BankQuestion>(
    ['banks', id, 'questions', filter],
    pageSize,
    (cursor) =>
      body(api.GET('/api/v1/question-banks/{id}/questions', { params: { path: { id }, query: { limit: pageSize, cursor, ...filter } } })),
    filtered ? undefined : bank.data?.questions,
  )
  const retirement = useAct(
    (v: { id: string; reason: string }) =>
      body(api.POST('/api/v1/questions/{id}/retirement', { params: { path: { id: v.id } }, body: { reason: v.reason } })),
    [['banks']],
  )
  const bring = (
    <Button type="primary" icon={<Upload size={14} aria-hidden />} onClick={() => setImporting(true)}>
      {t('bank.import')}
    </Button>
  )
  return (
    <Page
      title={bank.data?.name ?? t('banks.title')}
      trail={<Link to="/trainer/banks">{t('banks.title')}</Link>}
      note={
        bank.data && (
          <span className="t3">{t('bank.count', { count: bank.data.questions, n: bank.data.questions.toLocaleString('en') })}</span>
        )
      }
      actions={
        <>
          {bank.data?.questions !== 0 && <Export bank={id} filter={filter} />}
          <Dropdown
            trigger={['click']}
            menu={{
              items: kinds.map((k) => ({ key: k, label: t('kind.' + k) })),
              onClick: ({ key }) => void go(`questions/new?kind=${key}`),
            }}
          >
            <Button>
              {t('bank.add')}
              <ChevronDown size={14} aria-hidden />
            </Button>
          </Dropdown>
          {bank.data && bank.data.questions > 0 && (
            <Link to={'/trainer/papers/new?bank=' + id} className="btn">
              {t('bank.paper')}
            </Link>
          )}
          {!importing && bank.data?.questions !== 0 && bring}
        </>
      }
    >
      {importing && <Import bank={id} onClose={() => setImporting(false)} />}
      {!(importing && bank.data?.questions === 0) && (
        <div className="sec">
          <div className="row wrap g8 mb12">
            <Input.Search
              aria-label={t('bank.find')}
              placeholder={t('bank.find')}
              allowClear
              className="filter"
              onSearch={(q) => setFilter({ ...filter, q: q || undefined })}
            />
            <Select<string>
              aria-label={t('bank.topic')}
              placeholder={t('bank.topic')}
              allowClear
              showSearch
              popupMatchSelectWidth={false}
              className="filter"
              value={filter.topic}
              onChange={(topic) => setFilter({ ...filter, topic })}
              options={topics.data?.map((x) => ({ value: x.topic, label: `${x.topic} (${x.questions})` }))}
            />
            <Select<Kind>
              aria-label={t('bank.kind')}
              placeholder={t('bank.kind')}
              allowClear
              className="filter"
              value={filter.kind}
              onChange={(kind) => setFilter({ ...filter, kind })}
              options={kinds.map((k) => ({ value: k, label: t('kind.' + k) }))}
            />
            <Select<number>
              aria-label={t('bank.difficulty')}
              placeholder={t('bank.difficulty')}
              allowClear
              className="filter"
              value={filter.difficulty}
              onChange={(difficulty) => setFilter({ ...filter, difficulty })}
              options={[1, 2, 3, 4, 5].map((d) => ({ value: d, label: t('bank.level', { level: d }) }))}
            />
            <Select<'used' | 'retired'>
              aria-label={t('bank.inUse')}
              className="filter"
              value={filter.retired ? 'retired' : 'used'}
              onChange={(v) => setFilter({ ...filter, retired: v === 'retired' || undefined })}
              options={[
                { value: 'used', label: t('bank.inUse') },
                { value: 'retired', label: t('bank.retired') },
              ]}
            />
          </div>
          <Loaded query={query} skeleton={<Skeleton lines={[34, 34, 34, 34, 34]} />}>
            {(list) =>
              list.length === 0 ? (
                <Empty
                  icon={FileQuestion}
                  title={t('bank.none')}
                  hint={t(filtered ? 'bank.noneFound' : 'bank.noneHint')}
                  action={importing || filtered ? undefined : bring}
                />
              ) : (
                <Table<BankQuestion>
                  aria-label={t('banks.title')}
                  rowKey="id"
                  size="small"
                  dataSource={list}
                  pagination={false}
                  scroll={{ x: 760 }}
                  expandable={{ columnWidth: 40, expandedRowRender: (q) => <QuestionBody question={q.question} keys /> }}
                  columns={[
                    {
                      title: t('bank.question'),
                      ellipsis: true,
                      render: (_, q) => (
                        <span className="row g8">
                          <Link to={'questions/' + q.id} className="trunc t1">
                            {q.question.text.body || q.question.title}
                          </Link>
                          {q.version > 1 && <span className="sm t3">v{q.version}</span>}
                        </span>
                      ),
                    },
                    { title: t('bank.kind'), width: 110, render: (_, q) => t('kind.' + q.question.kind) },
                    { title: t('bank.topic'), width: 150, dataIndex: 'topic', ellipsis: true },
                    { title: t('bank.difficulty'), width: 80, align: 'right', dataIndex: 'difficulty' },
                    {
                      title: <span className="hidden">{t('bank.retire')}</span>,
                      width: 90,
                      render: (_, q) =>
                        q.retired_at ? (
                          <State plain tone="open" shape="bar">
                            {t('bank.retired')}
                          </State>
                        ) : (
                          <button type="button" className="linkbtn" onClick={() => retire(q)}>
                            {t('bank.retire')}
                          </button>
                        ),
                    },
                  ]}
                />
              )
            }
          </Loaded>
          <Pager pages={query.pages} />
        </div>
      )}
      {retiring && (
        <Reason
          title={t('bank.retire')}
          hint={t('bank.retireHint')}
          busy={retirement.isPending}
          problem={retirement.error}
          onClose={() => retire(undefined)}
          onGiven={(reason) =>
            retirement.mutate(
              { id: retiring.id, reason },
              {
                onSuccess: () => {
                  retire(undefined)
                  void message.success(t('bank.retired'))
                },
              },
            )
          }
        />
      )}
    </Page>
  )
}
