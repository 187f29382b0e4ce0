import { useQuery } from '@tanstack/react-query'
import { Input, Select } from 'antd'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Failure, Loaded } from '@/design/feedback'
import { Invitations } from '@/design/invitations'
import { Page, Section } from '@/design/page'
import { Person } from '@/design/person'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { usePhone } from '@/design/theme'
import type { Me } from '@/session/session'
import { useWords } from '@/words'
import { Field } from '../new-booking/field'
import { Once } from './once'
import { covers, RoleDialog, titled, type Member, type Role } from './role'

const roles = ['owner', 'booker', 'finance', 'viewer'] as const

/** Team is who works for this merchant, and who is invited to. */
export default function Team({ me }: { me: Me }) {
  const t = useWords('merchant')
  const common = useWords()
  const phone = usePhone()
  const [removing, setRemoving] = useState<Member>()
  const [changing, setChanging] = useState<Member>()
  const members = useQuery({ queryKey: ['members'], queryFn: async () => (await body(api.GET('/api/v1/members'))).items })
  const remove = useAct((id: string) => api.DELETE('/api/v1/members/{id}', { params: { path: { id } } }), [['members'], ['keys']])
  const keys = useQuery({ queryKey: ['keys'], queryFn: async () => (await body(api.GET('/api/v1/api-keys'))).items })
  /** How many keys of a member stop when the member is left with a role, or with none. */
  const stop = (m: Member, role?: Role) =>
    keys.data?.filter((k) => k.account_id === m.account_id && (!role || !covers(role, k.role))).length ?? 0
  const acts = (m: Member) =>
    m.account_id !== me.id && (
      <span className="row g4 to-end">
        <Button size="small" type="text" aria-label={`${t('team.change')} ${m.name}`} onClick={() => setChanging(m)}>
          {t('team.change')}
        </Button>
        <Button size="small" type="text" danger aria-label={`${common('remove')} ${m.name}`} onClick={() => setRemoving(m)}>
          {common('remove')}
        </Button>
      </span>
    )
  return (
    <Page title={t('nav.team')} note={<span className="sm t3">{me.organisation?.name}</span>}>
      <div className="split">
        <div className="col">
          <Section title={t('team.members')} note={t('team.own')}>
            <Loaded query={members}>
              {(list) =>
                phone ? (
                  <ul className="rows">
                    {list.map((m) => (
                      <li key={m.account_id} className="wrap between">
                        <span className="col min0">
                          <Person name={m.name} fact={common('role.' + m.role) + (m.account_id === me.id ? ' · ' + t('team.you') : '')} />
                          <span className="sm t3 break">{m.email}</span>
                          {m.disabled && (
                            <State plain tone="miss">
                              {t('team.disabled')}
                            </State>
                          )}
                        </span>
                        {acts(m)}
                      </li>
                    ))}
                  </ul>
                ) : (
                  <Table<Member>
                    size="small"
                    rowKey="account_id"
                    dataSource={list}
                    pagination={list.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
                    scroll={{ x: 640 }}
                    columns={[
                      {
                        title: t('team.name'),
                        render: (_, m) => <Person name={m.name} fact={m.account_id === me.id ? t('team.you') : undefined} />,
                      },
                      { title: t('team.email'), render: (_, m) => <span className="t2 break">{m.email}</span> },
                      {
                        title: t('team.role'),
                        width: 110,
                        render: (_, m) => (
                          <span>
                            {titled(common('role.' + m.role))}
                            {m.disabled && (
                              <>
                                {' '}
                                <State plain tone="miss">
                                  {t('team.disabled')}
                                </State>
                              </>
                            )}
                          </span>
                        ),
                      },
                      {
                        title: t('team.since'),
                        width: 150,
                        render: (_, m) => (
                          <span className="t2">
                            <When at={m.joined_at} />
                          </span>
                        ),
                      },
                      { title: <span className="hidden">{t('team.change')}</span>, width: 160, align: 'right', render: (_, m) => acts(m) },
                    ]}
                  />
                )
              }
            </Loaded>
          </Section>
          <Invitations />
        </div>
        <aside>
          <Section title={t('team.invite')}>
            <Invite />
          </Section>
        </aside>
      </div>
      {changing && (
        <RoleDialog
          member={changing}
          roles={roles}
          title={t('team.roleTitle', { name: changing.name })}
          meaning={(r) => t('team.can.' + r)}
          action={(r) => t('team.roleButton', { role: common('role.' + r) })}
          onClose={() => setChanging(undefined)}
          price={(r) => (
            <>
              {t(covers(r, changing.role) ? 'team.gives' : 'team.takes')}{' '}
              {stop(changing, r) > 0 && t('team.keysStop', { count: stop(changing, r) })}
            </>
          )}
        />
      )}
      {removing && (
        <Dialog
          open
          title={t('team.removeTitle', { name: removing.name })}
          onCancel={() => setRemoving(undefined)}
          footer={
            <div className="row wrap g8 to-end">
              <Button onClick={() => setRemoving(undefined)}>{common('cancel')}</Button>
              <Button
                danger
                loading={remove.isPending}
                onClick={() => remove.mutate(removing.account_id, { onSuccess: () => setRemoving(undefined) })}
              >
                {t('team.removeButton', { name: removing.name })}
              </Button>
            </div>
          }
        >
          <p>
            {t('team.removeHint')} {stop(removing) > 0 && t('team.keysStop', { count: stop(removing) })}
          </p>
          {remove.error && <Failure problem={remove.error} />}
        </Dialog>
      )}
    </Page>
  )
}

function Invite() {
  const t = useWords('merchant')
  const common = useWords()
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<(typeof roles)[number]>('booker')
  const act = useAct(
    (b: { email: string; role: (typeof roles)[number] }) => body(api.POST('/api/v1/invitations', { body: b })),
    [['invitations']],
  )
  return (
    <form
      className="col g12"
      onSubmit={(e) => {
        e.preventDefault()
        act.mutate({ email: email.trim(), role }, { onSuccess: () => setEmail('') })
      }}
    >
      <Field label={t('team.email')} error={act.error?.at('/email')}>
        <Input type="email" required value={email} autoComplete="off" onChange={(e) => setEmail(e.target.value)} />
      </Field>
      <Field label={t('team.role')}>
        <Select
          aria-label={t('team.role')}
          value={role}
          onChange={setRole}
          options={roles.map((r) => ({ value: r, label: titled(common('role.' + r)) }))}
        />
      </Field>
      <p className="sm t3">{t('team.can.' + role)}</p>
      <Button type="primary" htmlType="submit" disabled={!email.includes('@')} loading={act.isPending}>
        {t('team.make')}
      </Button>
      {act.error && act.error.fields.length === 0 && <Failure problem={act.error} kept />}
      {act.data && <Once value={act.data.link} hint={t('team.link')} />}
    </form>
  )
}
