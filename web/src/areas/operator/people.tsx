import { App, Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { Reason } from '@/design/reason'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useWords } from '@/words'

type Account = Schema<'AccountBody'>
type Act = 'reveal' | 'disablement' | 'enablement' | 'password-reset'

/** People are masked; who looks behind the mask says why, and the audit keeps it. */
export default function People() {
  const t = useWords('operator')
  const common = useWords()
  const { modal } = App.useApp()
  const [found, setFound] = useState<Account[]>()
  const [asked, ask] = useState<{ act: Act; account: Account }>()
  const [inviting, setInviting] = useState(false)
  const query = usePages<Account>(['accounts'], (cursor) => body(api.GET('/api/v1/accounts', { params: { query: { limit: 50, cursor } } })))
  const lookup = useAct((email: string) => body(api.POST('/api/v1/accounts/lookup', { body: { email } })))
  const act = useAct(async ({ what, id, reason }: { what: Act; id: string; reason: string }) => {
    const path = { id }, request = { reason }
    switch (what) {
      case 'reveal': return { revealed: await body(api.POST('/api/v1/accounts/{id}/reveal', { params: { path }, body: request })) }
      case 'password-reset': return { link: await body(api.POST('/api/v1/accounts/{id}/password-reset', { params: { path }, body: request })) }
      case 'disablement': await body(api.POST('/api/v1/accounts/{id}/disablement', { params: { path }, body: request })); return {}
      case 'enablement': await body(api.POST('/api/v1/accounts/{id}/enablement', { params: { path }, body: request })); return {}
    }
  }, [['accounts']])
  const done = (result: { revealed?: Schema<'RevealBody'>; link?: Schema<'LinkBody'> }) => {
    ask(undefined)
    setFound(undefined)
    if (result.revealed) modal.info({ title: t('people.revealed'), content: <p>{result.revealed.name}<br />{result.revealed.email}</p> })
    if (result.link) modal.info({ title: t('people.link'), content: <p className="mono" style={{ overflowWrap: 'anywhere' }}>{result.link.link}</p> })
  }
  return (
    <Page title={t('people.title')} actions={<Button type="primary" onClick={() => setInviting(true)}>{t('people.invite')}</Button>}>
      <div className="sec">
        <div className="row wrap g8" style={{ marginBottom: 12 }}>
          <Input.Search aria-label={t('people.find')} placeholder={t('people.find')} allowClear style={{ maxWidth: 320 }} loading={lookup.isPending} enterButton={common('search')}
            onSearch={(email) => email ? lookup.mutate(email, { onSuccess: (a) => setFound([a]), onError: () => setFound([]) }) : setFound(undefined)} />
          <span className="sm t3">{t('people.masked')}</span>
        </div>
        {lookup.error && lookup.error.status !== 404 && <Failure problem={lookup.error} kept />}
        <Loaded query={query} skeleton={<Skeleton lines={[34, 34, 34, 34, 34]} />}>
          {(all) => (
            <>
              <Table<Account> rowKey="id" size="small" dataSource={found ?? all} pagination={false} scroll={{ x: 900 }} virtual={(found ?? all).length > 200} locale={{ emptyText: t('people.none') }} columns={[
                { title: t('people.name'), dataIndex: 'name', width: 140, render: (n: string) => <span className="m">{n || '–'}</span> },
                { title: t('people.email'), dataIndex: 'email', width: 220 },
                { title: t('people.kind'), width: 240, render: (_, a) => a.kind === 'agent' ? common('role.agent') : a.organisations.map((o) => `${o.name} · ${common('role.' + o.role)}`).join('；') },
                { title: t('people.since'), width: 160, render: (_, a) => <When at={a.created_at} /> },
                { title: t('people.state'), width: 110, render: (_, a) => a.erased ? <State plain tone="open">{t('people.erased')}</State> : a.disabled ? <State plain tone="miss">{t('people.disabled')}</State> : <State plain tone="ok">{t('people.active')}</State> },
                { title: '', width: 250, render: (_, a) => a.erased ? null : (
                  <span className="row g12">
                    <button type="button" className="linkbtn" onClick={() => ask({ act: 'reveal', account: a })}>{t('people.act.reveal')}</button>
                    <button type="button" className="linkbtn" onClick={() => ask({ act: 'password-reset', account: a })}>{t('people.act.password-reset')}</button>
                    <button type="button" className="linkbtn" onClick={() => ask({ act: a.disabled ? 'enablement' : 'disablement', account: a })}>{t('people.act.' + (a.disabled ? 'enablement' : 'disablement'))}</button>
                  </span>
                ) },
              ]} />
              {!found && <More query={query} />}
            </>
          )}
        </Loaded>
      </div>
      {asked && <Reason title={t('people.act.' + asked.act)} hint={t('people.hint.' + asked.act, { name: asked.account.name })} danger={asked.act === 'disablement'} busy={act.isPending} problem={act.error} onClose={() => { act.reset(); ask(undefined) }} onGiven={(reason) => act.mutate({ what: asked.act, id: asked.account.id, reason }, { onSuccess: done })} />}
      {inviting && <Invite onClose={() => setInviting(false)} />}
    </Page>
  )
}

function Invite({ onClose }: { onClose: () => void }) {
  const t = useWords('operator')
  const common = useWords()
  const [form] = Form.useForm<Schema<'PostInvitationInputBody'>>()
  const invite = useAct((v: Schema<'PostInvitationInputBody'>) => body(api.POST('/api/v1/invitations', { body: v })))
  return (
    <Modal open title={t('people.invite')} onCancel={onClose} onOk={() => invite.data ? onClose() : form.submit()} okText={invite.data ? common('done') : t('people.invite')} cancelText={common('cancel')} confirmLoading={invite.isPending}>
      {invite.data ? <div className="col g8"><p>{t('people.handOver')}</p><p className="mono soft" style={{ overflowWrap: 'anywhere' }}>{invite.data.link}</p><p className="sm t3"><When at={invite.data.expires_at} showZone /></p></div> : (
        <Form form={form} layout="vertical" requiredMark={false} initialValues={{ role: 'trainer' }} onFinish={(v) => invite.mutate(v)}>
          <Form.Item name="email" label={t('people.email')} rules={[{ required: true }]}><Input type="email" /></Form.Item>
          <Form.Item name="role" label={t('people.role')}><Select options={(['trainer', 'operator'] as const).map((r) => ({ value: r, label: common('role.' + r) }))} /></Form.Item>
        </Form>
      )}
      {invite.error && <Failure problem={invite.error} kept />}
    </Modal>
  )
}
