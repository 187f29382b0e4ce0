import { Award } from 'lucide-react'
import { Link } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { CredentialState } from '@/design/credential-state'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { Who } from './who'

type Credential = Schema<'Credential'>

/** Issued is every credential there is, the newest first. */
export function Issued() {
  const t = useWords('official')
  const zh = useLanguage() === 'zh'
  const query = usePages<Credential>(['credentials', 'list'], (cursor) =>
    body(api.GET('/api/v1/credentials', { params: { query: { limit: 50, cursor } } })),
  )
  return (
    <>
      <Loaded query={query} skeleton={<Skeleton lines={[34, 34, 34, 34]} />}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon={Award} title={t('board.noneIssued')} hint={t('board.noneIssuedHint')} />
          ) : (
            <Table<Credential>
              aria-label={t('board.issued')}
              rowKey="id"
              size="small"
              dataSource={list}
              pagination={false}
              scroll={{ x: 760 }}
              columns={[
                {
                  title: t('credential.template'),
                  ellipsis: true,
                  render: (_, c) => (
                    <Link to={c.id} className="m">
                      {zh ? c.name_zh : c.name_en}
                    </Link>
                  ),
                },
                { title: t('credential.holder'), width: 200, ellipsis: true, render: (_, c) => <Who id={c.agent_id} /> },
                { title: t('board.state'), width: 120, render: (_, c) => <CredentialState plain state={c.state} /> },
                { title: t('credential.issuedAt'), width: 160, render: (_, c) => <When at={c.issued_at} /> },
                { title: t('credential.until'), width: 160, render: (_, c) => <When at={c.valid_until} /> },
              ]}
            />
          )
        }
      </Loaded>
      <More query={query} />
    </>
  )
}
