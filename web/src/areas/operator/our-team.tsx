import { useQuery } from '@tanstack/react-query'
import { Form, Input, Select } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Failure, Loaded } from '@/design/feedback'
import { Invitations } from '@/design/invitations'
import { Section } from '@/design/page'
import { Person } from '@/design/person'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useMe } from '@/session/session'
import { useWords } from '@/words'
import { RoleDialog, type Member } from '../merchant/team/role'
import { OneTimeLink } from './account'

/** Ours are the platform's own: their roles, and the invitations that wait. */
export function Ours() {
  const t = useWords('operator')
  const common = useWords()
  const me = useMe()
  const [removing, setRemoving] = useState<Member>()
  const [changing, setChanging] = useState<Member>()
  const members = useQuery({ queryKey: ['members'], queryFn: async () => (await body(api.GET('/api/v1/members'))).items })
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
          {(list) => (
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
                { title: '', width: 170, align: 'right', render: (_, m) => acts(m) },
              ]}
            />
          )}
        </Loaded>
      </Section>
      <Invitations />
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

/** Invite asks somebody to be a trainer or an operator. */
export function Invite({ onClose }: { onClose: () => void }) {
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
        <OneTimeLink link={invite.data.link} until={invite.data.expires_at} />
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
