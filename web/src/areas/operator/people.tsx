import { useQuery } from '@tanstack/react-query'
import { Checkbox, Form, Input, Segmented, Select } from 'antd'
import { Users } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page, Section } from '@/design/page'
import { Person } from '@/design/person'
import { Reason } from '@/design/reason'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { usePhone } from '@/design/theme'
import { When } from '@/design/time'
import { useMe } from '@/session/session'
import { useWords } from '@/words'
import { RoleDialog, type Member } from '../merchant/team/role'
import { Waiting } from './identity'

type Account = Schema<'AccountBody'>
type View = 'all' | 'agent' | 'identity' | 'staff' | 'ours'

/** People are masked; who looks behind the mask, on a person's page, says why, and the audit keeps it. */
export default function People() {
  const t = useWords('operator')
  const [view, setView] = useState<View>('all')
  const [inviting, setInviting] = useState(false)
  return (
    <Page
      title={t('people.title')}
      actions={
        <>
          <div className="scroll" style={{ maxWidth: 'calc(100vw - 40px)' }}>
            <Segmented<View>
              value={view}
              onChange={setView}
              options={(['all', 'agent', 'identity', 'staff', 'ours'] as const).map((v) => ({ value: v, label: t('people.view.' + v) }))}
            />
          </div>
          <Button type="primary" onClick={() => setInviting(true)}>
            {t('people.invite')}
          </Button>
        </>
      }
    >
      {view === 'ours' ? <Ours /> : view === 'identity' ? <Waiting /> : <Everybody key={view} kind={view === 'all' ? undefined : view} />}
      {inviting && <Invite onClose={() => setInviting(false)} />}
    </Page>
  )
}

/** AccountState is whether somebody may sign in. */
export function AccountState({ account: a, plain }: { account: Account; plain?: boolean }) {
  const t = useWords('operator')
  return a.erased ? (
    <State plain={plain} tone="open" shape="bar">
      {t('people.erased')}
    </State>
  ) : a.disabled ? (
    <State plain={plain} tone="miss">
      {t('people.disabled')}
    </State>
  ) : (
    <State plain={plain} tone="ok">
      {t('people.active')}
    </State>
  )
}

function Everybody({ kind }: { kind?: 'agent' | 'staff' }) {
  const t = useWords('operator')
  const common = useWords()
  const phone = usePhone()
  const [found, setFound] = useState<Account[]>()
  const [disabled, setDisabled] = useState(false)
  const query = usePages<Account>(['accounts', kind, disabled], (cursor) =>
    body(api.GET('/api/v1/accounts', { params: { query: { limit: 50, cursor, kind, disabled: disabled || undefined } } })),
  )
  const lookup = useAct((email: string) => body(api.POST('/api/v1/accounts/lookup', { body: { email } })))
  const kindOf = (a: Account) =>
    a.kind === 'agent'
      ? common('role.agent')
      : a.organisations.map((o) => `${o.name} · ${common('role.' + o.role)}`).join('；') || (
          <span className="t3">{t('people.homeless')}</span>
        )
  return (
    <div className="sec">
      <div className="row wrap g12 mb12">
        <Input.Search
          aria-label={t('people.find')}
          placeholder={t('people.find')}
          allowClear
          style={{ maxWidth: 320 }}
          loading={lookup.isPending}
          enterButton={common('search')}
          onSearch={(email) =>
            email.trim()
              ? lookup.mutate(email.trim(), { onSuccess: (a) => setFound([a]), onError: () => setFound([]) })
              : setFound(undefined)
          }
        />
        {!found && (
          <Checkbox checked={disabled} onChange={(e) => setDisabled(e.target.checked)}>
            {t('people.onlyDisabled')}
          </Checkbox>
        )}
        <span className="sm t3">{t('people.masked')}</span>
      </div>
      {lookup.error && lookup.error.status !== 404 && <Failure problem={lookup.error} kept />}
      <Loaded query={query} skeleton={<Skeleton lines={[34, 34, 34, 34, 34]} />}>
        {(all) => {
          const list = found ?? all
          return list.length === 0 ? (
            <Empty icon={Users} title={t('people.none')} hint={found ? t('people.noneFound') : undefined} />
          ) : (
            <>
              {phone ? (
                <ul>
                  {list.map((a, i) => (
                    <li key={a.id} className="col g4" style={{ padding: '10px 0', borderTop: i > 0 ? '1px solid var(--line)' : undefined }}>
                      <span className="row between g8">
                        <Link to={a.id} className="m">
                          <Person name={a.name || t('people.nameless')} />
                        </Link>
                        <AccountState plain account={a} />
                      </span>
                      <span className="sm t2 break">{a.email}</span>
                      <span className="sm t3">
                        {kindOf(a)} · <When at={a.created_at} />
                      </span>
                    </li>
                  ))}
                </ul>
              ) : (
                <Table<Account>
                  aria-label={t('people.title')}
                  rowKey="id"
                  size="small"
                  dataSource={list}
                  pagination={false}
                  scroll={{ x: 820, y: list.length > 200 ? 560 : undefined }}
                  virtual={list.length > 200}
                  columns={[
                    {
                      title: t('people.name'),
                      width: 180,
                      ellipsis: true,
                      render: (_, a) => (
                        <Link to={a.id} className="m">
                          <Person name={a.name || t('people.nameless')} />
                        </Link>
                      ),
                    },
                    { title: t('people.email'), dataIndex: 'email', width: 220, ellipsis: true },
                    { title: t('people.kind'), width: 260, ellipsis: true, render: (_, a) => kindOf(a) },
                    { title: t('people.since'), width: 160, render: (_, a) => <When at={a.created_at} /> },
                    { title: t('people.state'), width: 110, render: (_, a) => <AccountState plain account={a} /> },
                  ]}
                />
              )}
              {!found && <More query={query} />}
            </>
          )
        }}
      </Loaded>
    </div>
  )
}

/** Ours are the platform's own: their roles, and the invitations that wait. */
function Ours() {
  const t = useWords('operator')
  const common = useWords()
  const me = useMe()
  const phone = usePhone()
  const [removing, setRemoving] = useState<Member>()
  const [changing, setChanging] = useState<Member>()
  const members = useQuery({ queryKey: ['members'], queryFn: async () => (await body(api.GET('/api/v1/members'))).items })
  const invitations = useQuery({ queryKey: ['invitations'], queryFn: async () => (await body(api.GET('/api/v1/invitations'))).items })
  const withdraw = useAct((id: string) => api.DELETE('/api/v1/invitations/{id}', { params: { path: { id } } }), [['invitations']])
  const remove = useAct((id: string) => api.DELETE('/api/v1/members/{id}', { params: { path: { id } } }), [['members'], ['accounts']])
  const acts = (m: Member) =>
    m.account_id !== me?.id && (
      <span className="row g4 to-end">
        <Button size="small" type="text" aria-label={`${t('people.change')} ${m.name}`} onClick={() => setChanging(m)}>
          {t('people.change')}
        </Button>
        <Button size="small" type="text" danger aria-label={`${common('remove')} ${m.name}`} onClick={() => setRemoving(m)}>
          {common('remove')}
        </Button>
      </span>
    )
  return (
    <>
      <Section title={t('people.members')} note={t('people.membersNote')}>
        <Loaded query={members}>
          {(list) =>
            phone ? (
              <ul>
                {list.map((m, i) => (
                  <li
                    key={m.account_id}
                    className="row wrap between g8"
                    style={{ padding: '10px 0', borderTop: i > 0 ? '1px solid var(--line)' : undefined }}
                  >
                    <span className="col min0">
                      <Link to={m.account_id}>
                        <Person name={m.name} fact={common('role.' + m.role) + (m.account_id === me?.id ? ' · ' + t('people.you') : '')} />
                      </Link>
                      <span className="sm t3 break">{m.email}</span>
                    </span>
                    {acts(m)}
                  </li>
                ))}
              </ul>
            ) : (
              <Table<Member>
                aria-label={t('people.members')}
                rowKey="account_id"
                size="small"
                dataSource={list}
                pagination={false}
                scroll={{ x: 640 }}
                columns={[
                  {
                    title: t('people.name'),
                    render: (_, m) => (
                      <Link to={m.account_id}>
                        <Person name={m.name} fact={m.account_id === me?.id ? t('people.you') : undefined} />
                      </Link>
                    ),
                  },
                  { title: t('people.email'), render: (_, m) => <span className="t2">{m.email}</span> },
                  { title: t('people.role'), width: 120, render: (_, m) => common('role.' + m.role) },
                  { title: t('people.since'), width: 160, render: (_, m) => <When at={m.joined_at} /> },
                  { title: <span className="hidden">{t('people.change')}</span>, width: 170, align: 'right', render: (_, m) => acts(m) },
                ]}
              />
            )
          }
        </Loaded>
      </Section>
      <Section title={t('people.invited')}>
        <Loaded query={invitations}>
          {(list) =>
            list.length === 0 ? (
              <p className="t3">{t('people.noInvited')}</p>
            ) : (
              <ul>
                {list.map((i) => (
                  <li key={i.id} className="row wrap g12 py8 topline">
                    <span className="grow trunc">{i.email}</span>
                    <span className="t2">{common('role.' + i.role)}</span>
                    <span className="sm t3">
                      {t('people.until')} <When at={i.expires_at} />
                    </span>
                    <Button size="small" type="text" danger loading={withdraw.isPending} onClick={() => withdraw.mutate(i.id)}>
                      {t('people.withdraw')}
                    </Button>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
        {withdraw.error && <Failure problem={withdraw.error} />}
      </Section>
      {changing && (
        <RoleDialog
          member={changing}
          roles={['trainer', 'operator']}
          title={t('people.roleTitle', { name: changing.name })}
          price={() => t('people.takes')}
          action={(r) => t('people.roleButton', { role: common('role.' + r) })}
          onClose={() => setChanging(undefined)}
        />
      )}
      {removing && (
        <Dialog
          open
          title={t('people.removeTitle', { name: removing.name })}
          onCancel={() => setRemoving(undefined)}
          onOk={() => remove.mutate(removing.account_id, { onSuccess: () => setRemoving(undefined) })}
          okText={t('people.removeTitle', { name: removing.name })}
          okButtonProps={{ danger: true, loading: remove.isPending }}
          cancelText={common('cancel')}
        >
          <p>{t('people.removeHint')}</p>
          {remove.error && <Failure problem={remove.error} />}
        </Dialog>
      )}
    </>
  )
}

function Invite({ onClose }: { onClose: () => void }) {
  const t = useWords('operator')
  const common = useWords()
  const [form] = Form.useForm<Schema<'PostInvitationInputBody'>>()
  const invite = useAct((v: Schema<'PostInvitationInputBody'>) => body(api.POST('/api/v1/invitations', { body: v })), [['invitations']])
  return (
    <Dialog
      open
      title={t('people.invite')}
      onCancel={onClose}
      onOk={() => (invite.data ? onClose() : form.submit())}
      okText={invite.data ? common('done') : t('people.invite')}
      cancelText={common('cancel')}
      confirmLoading={invite.isPending}
    >
      {invite.data ? (
        <div className="col g8" role="status">
          <p>{t('people.handOver')}</p>
          <p className="mono soft break">{invite.data.link}</p>
          <p className="sm t3">
            {t('people.until')} <When at={invite.data.expires_at} showZone />
          </p>
        </div>
      ) : (
        <Form form={form} layout="vertical" requiredMark={false} initialValues={{ role: 'trainer' }} onFinish={(v) => invite.mutate(v)}>
          <Form.Item name="email" label={t('people.email')} rules={[{ required: true, type: 'email', message: t('people.emailNeeded') }]}>
            <Input type="email" autoComplete="off" />
          </Form.Item>
          <Form.Item name="role" label={t('people.role')}>
            <Select options={(['trainer', 'operator'] as const).map((r) => ({ value: r, label: common('role.' + r) }))} />
          </Form.Item>
        </Form>
      )}
      {invite.error && <Failure problem={invite.error} kept />}
    </Dialog>
  )
}

export type Doing = 'reveal' | 'disablement' | 'enablement' | 'password-reset'

/** Do is an operator's act on an account, with its reason; what it brings back is shown once. */
export function Do({ act: what, account, onClose }: { act: Doing; account: Account; onClose: () => void }) {
  const t = useWords('operator')
  const common = useWords()
  const act = useAct(
    async (reason: string): Promise<{ revealed?: Schema<'RevealBody'>; link?: Schema<'LinkBody'> }> => {
      const path = { id: account.id },
        request = { reason }
      switch (what) {
        case 'reveal':
          return { revealed: await body(api.POST('/api/v1/accounts/{id}/reveal', { params: { path }, body: request })) }
        case 'password-reset':
          return { link: await body(api.POST('/api/v1/accounts/{id}/password-reset', { params: { path }, body: request })) }
        case 'disablement':
          await body(api.POST('/api/v1/accounts/{id}/disablement', { params: { path }, body: request }))
          return {}
        case 'enablement':
          await body(api.POST('/api/v1/accounts/{id}/enablement', { params: { path }, body: request }))
          return {}
      }
    },
    [['accounts'], ['audit']],
  )
  const { revealed, link } = act.data ?? {}
  if (revealed || link) {
    return (
      <Dialog
        open
        title={t(revealed ? 'people.revealed' : 'people.link')}
        onCancel={onClose}
        footer={
          <Button type="primary" onClick={onClose}>
            {common('done')}
          </Button>
        }
      >
        {revealed && (
          <dl className="col g8">
            <div>
              <dt className="sm t3">{t('people.name')}</dt>
              <dd className="m">{revealed.name}</dd>
            </div>
            <div>
              <dt className="sm t3">{t('people.email')}</dt>
              <dd className="m break">{revealed.email}</dd>
            </div>
          </dl>
        )}
        {link && (
          <div className="col g8">
            <p>{t('people.handOver')}</p>
            <p className="mono soft break">{link.link}</p>
            <p className="sm t3">
              {t('people.until')} <When at={link.expires_at} showZone />
            </p>
          </div>
        )}
      </Dialog>
    )
  }
  return (
    <Reason
      title={t('people.act.' + what)}
      hint={t('people.hint.' + what, { name: account.name })}
      danger={what === 'disablement'}
      busy={act.isPending}
      problem={act.error}
      onClose={onClose}
      onGiven={(reason) =>
        act.mutate(reason, {
          onSuccess: (r) => {
            if (!r.revealed && !r.link) onClose()
          },
        })
      }
    />
  )
}
