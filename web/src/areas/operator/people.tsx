import { Checkbox, Input } from 'antd'
import { Users } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePager } from '@/api/pages'
import { Button } from '@/design/button'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Pager } from '@/design/pager'
import { Person } from '@/design/person'
import { Table } from '@/design/table'
import { usePhone } from '@/design/theme'
import { When } from '@/design/time'
import { useWords } from '@/words'
import { AccountState } from './account'
import { Waiting } from './identity'
import { Invite, Ours } from './our-team'

type Account = Schema<'AccountBody'>

const views = ['all', 'agent', 'identity', 'staff', 'ours'] as const

/** People are masked; who looks behind the mask, on a person's page, says why, and the audit keeps it. */
export default function People() {
  const t = useWords('operator')
  const [view, setView] = useState<(typeof views)[number]>('all')
  const [inviting, setInviting] = useState(false)
  return (
    <Page title={t('people.title')} actions={<Button onClick={() => setInviting(true)}>{t('people.invite')}</Button>}>
      <div className="pagepills">
        <div className="pillrow">
          {views.map((v) => (
            <button key={v} type="button" className="pill" aria-pressed={v === view} onClick={() => setView(v)}>
              {t('people.view.' + v)}
            </button>
          ))}
        </div>
      </div>
      {view === 'ours' ? <Ours /> : view === 'identity' ? <Waiting /> : <Everybody key={view} kind={view === 'all' ? undefined : view} />}
      {inviting && <Invite onClose={() => setInviting(false)} />}
    </Page>
  )
}

function Everybody({ kind }: { kind?: 'agent' | 'staff' }) {
  const t = useWords('operator')
  const common = useWords()
  const onPage = usePhone() ? 20 : 50
  const [disabled, setDisabled] = useState(false)
  const [email, setEmail] = useState('')
  const query = usePager<Account>(['accounts', kind, disabled, onPage], onPage, (cursor) =>
    body(api.GET('/api/v1/accounts', { params: { query: { limit: onPage, cursor, kind, disabled: disabled || undefined } } })),
  )
  const lookup = useAct((address: string) => body(api.POST('/api/v1/accounts/lookup', { body: { email: address } })))
  const found = lookup.data ? [lookup.data] : lookup.error?.status === 404 ? [] : undefined
  return (
    <div className="sec">
      <form
        className="row wrap g12 mb12"
        role="search"
        onSubmit={(e) => {
          e.preventDefault()
          if (email.trim()) lookup.mutate(email.trim())
          else lookup.reset()
        }}
      >
        <span className="row g8 findby">
          <Input
            allowClear
            aria-label={t('people.find')}
            placeholder={t('people.find')}
            value={email}
            onChange={(e) => {
              setEmail(e.target.value)
              if (!e.target.value) lookup.reset()
            }}
          />
          <Button htmlType="submit" loading={lookup.isPending}>
            {common('search')}
          </Button>
        </span>
        {!found && (
          <Checkbox checked={disabled} onChange={(e) => setDisabled(e.target.checked)}>
            {t('people.onlyDisabled')}
          </Checkbox>
        )}
        <span className="sm t3">{t('people.masked')}</span>
      </form>
      {lookup.error && lookup.error.status !== 404 && <Failure problem={lookup.error} kept />}
      <Loaded query={query} skeleton={<Skeleton lines={[34, 34, 34, 34, 34]} />}>
        {(all) => {
          const list = found ?? all
          return list.length === 0 ? (
            <Empty icon={Users} title={t('people.none')} hint={found ? t('people.noneFound') : undefined} />
          ) : (
            <>
              <Table<Account>
                aria-label={t('people.title')}
                rowKey="id"
                size="small"
                dataSource={list}
                pagination={false}
                scroll={{ x: 820 }}
                columns={[
                  {
                    title: t('people.name'),
                    width: 180,
                    ellipsis: true,
                    render: (_, a) => (
                      <Link to={a.id} className="m">
                        <Person name={a.name || t('people.nameless')} fact={<span className="mono xs">{a.id.slice(-4)}</span>} />
                      </Link>
                    ),
                  },
                  { title: t('people.email'), width: 220, ellipsis: true, render: (_, a) => a.email || <span className="t3">–</span> },
                  { title: t('people.kind'), width: 260, ellipsis: true, render: (_, a) => <Belongs account={a} /> },
                  { title: t('people.since'), width: 160, render: (_, a) => <When at={a.created_at} /> },
                  { title: t('people.state'), width: 110, render: (_, a) => <AccountState plain account={a} /> },
                ]}
              />
              {!found && <Pager pages={query.pages} />}
            </>
          )
        }}
      </Loaded>
    </div>
  )
}

/** Belongs is whether somebody is an agent, or of which organisations in which role. */
function Belongs({ account: a }: { account: Account }) {
  const t = useWords('operator')
  const common = useWords()
  if (a.kind === 'agent') return <>{common('role.agent')}</>
  if (a.organisations.length === 0) return <span className="t3">{t('people.homeless')}</span>
  return <>{a.organisations.map((o) => `${o.name} · ${common('role.' + o.role)}`).join('；')}</>
}
