import { useQuery } from '@tanstack/react-query'
import { App, Form, Input, Modal, Segmented, Select } from 'antd'
import { Award } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { CredentialState } from '@/design/credential-state'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { SkillTag } from '@/design/skill-tag'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useLanguage, useWords } from '@/words'

type Credential = Schema<'Credential'>
type View = 'candidates' | 'issued' | 'revocations'

/** The certification board: who is on the way, what was issued, and revocations that wait for a second person. */
export default function Credentials() {
  const t = useWords('trainer')
  const [view, setView] = useState<View>('candidates')
  return (
    <Page title={t('credentials.title')} actions={<Segmented<View> value={view} onChange={setView} options={(['candidates', 'issued', 'revocations'] as const).map((v) => ({ value: v, label: t('credentials.' + v) }))} />}>
      <div className="sec">{view === 'candidates' ? <Candidates /> : view === 'issued' ? <Issued /> : <Revocations />}</div>
    </Page>
  )
}

function Candidates() {
  const t = useWords('trainer')
  const zh = useLanguage() === 'zh'
  const templates = useQuery({ queryKey: ['templates'], queryFn: () => body(api.GET('/api/v1/credential-templates')) })
  const [chosen, choose] = useState<string>()
  const template = templates.data?.items.find((x) => x.id === chosen) ?? templates.data?.items[0]
  const [issuing, issue] = useState<string>()
  const query = usePages<Schema<'Candidate'>>(['candidates', template?.id], (cursor) => template ? body(api.GET('/api/v1/credential-templates/{id}/candidates', { params: { path: { id: template.id }, query: { limit: 50, cursor } } })) : Promise.resolve({ items: [] }))
  if (templates.data?.items.length === 0) return <Empty icon={Award} title={t('credentials.noTemplates')} hint={t('credentials.noTemplatesHint')} />
  const input = (i: Schema<'Input'>) => i.of === 0 ? <span className="t3">–</span> : <State plain tone={i.met >= i.of ? 'ok' : i.met > 0 ? 'late' : 'open'}>{i.met} / {i.of}</State>
  return (
    <Loaded query={templates} skeleton={<Skeleton lines={[32, 34, 34, 34]} />}>
      {({ items }) => (
        <>
          <div className="row wrap g12" style={{ marginBottom: 12 }}>
            <Select aria-label={t('credentials.template')} value={template?.id} onChange={choose} style={{ minWidth: 240 }} options={items.map((x) => ({ value: x.id, label: zh ? x.name_zh : x.name_en }))} />
            {template && <span className="row wrap g4"><span className="sm t3">{t('credentials.grants')}</span>{template.grants.map((g) => <SkillTag key={g.tag} tag={g.tag} level={g.level} />)}</span>}
          </div>
          <Loaded query={query}>
            {(list) => list.length === 0 ? <Empty icon={Award} title={t('credentials.nobody')} hint={t('credentials.nobodyHint')} /> : (
              <Table<Schema<'Candidate'>> rowKey="agent_id" size="small" dataSource={list} pagination={false} scroll={{ x: 760 }} expandable={{ expandedRowRender: (c) => <ul className="col g4">{c.requirements.map((r) => <li key={r.kind + r.ref} className="row g8"><State plain tone={r.met ? 'ok' : 'open'}>{t('requirement.' + r.kind)} <span className="mono">{r.ref}</span></State>{r.best !== undefined && <span className="t3">{r.best}%</span>}{!r.met && <span className="t2">{r.next}</span>}</li>)}</ul> }} columns={[
                { title: t('credentials.agent'), render: (_, c) => <span className="mono">{c.agent_id.slice(-8)}</span> },
                { title: t('credentials.training'), render: (_, c) => input(c.inputs.training) },
                { title: t('credentials.exam'), render: (_, c) => input(c.inputs.exam) },
                { title: t('credentials.simulation'), render: (_, c) => input(c.inputs.simulation) },
                { title: t('credentials.trial'), render: (_, c) => input(c.inputs.trial) },
                { title: t('credentials.state'), render: (_, c) => <State plain tone={c.state === 'held' ? 'ok' : c.state === 'renewable' ? 'late' : c.state === 'open' ? 'info' : 'open'}>{t('credentials.is.' + c.state)}</State> },
                { title: '', render: (_, c) => (c.state === 'open' || c.state === 'renewable') && <button type="button" className="linkbtn" onClick={() => issue(c.agent_id)}>{t('credentials.issue')}</button> },
              ]} />
            )}
          </Loaded>
          <More query={query} />
          {issuing && template && <Issue agent={issuing} template={template} onClose={() => issue(undefined)} />}
        </>
      )}
    </Loaded>
  )
}

function Issue({ agent, template, onClose }: { agent: string; template: Schema<'Template'>; onClose: () => void }) {
  const t = useWords('trainer')
  const common = useWords()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ evidence: string }>()
  const issue = useAct((v: { evidence: string }, headers) => body(api.POST('/api/v1/credentials', { params: { header: headers }, body: { agent_id: agent, template_id: template.id, evidence: v.evidence } })), [['candidates'], ['credentials']])
  return (
    <Modal open title={t('credentials.issue')} onCancel={onClose} onOk={() => form.submit()} okText={t('credentials.issue')} cancelText={common('cancel')} confirmLoading={issue.isPending}>
      <p className="t2" style={{ marginBottom: 12 }}>{t('credentials.issueHint')}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => issue.mutate(v, { onSuccess: () => { void message.success(t('credentials.issuedNow')); onClose() } })}><Form.Item name="evidence" label={t('credentials.evidence')} rules={[{ required: true, whitespace: true }]}><Input.TextArea rows={3} maxLength={2000} /></Form.Item></Form>
      {issue.error && <Failure problem={issue.error} kept />}
    </Modal>
  )
}

function Issued() {
  const t = useWords('trainer')
  const zh = useLanguage() === 'zh'
  const [acting, act] = useState<{ credential: Credential; what: 'suspension' | 'revocation' | 'reinstatement' }>()
  const query = usePages<Credential>(['credentials'], (cursor) => body(api.GET('/api/v1/credentials', { params: { query: { limit: 50, cursor } } })))
  return (
    <>
      <Loaded query={query} skeleton={<Skeleton lines={[34, 34, 34, 34]} />}>
        {(list) => list.length === 0 ? <Empty icon={Award} title={t('credentials.noneIssued')} hint={t('credentials.noneIssuedHint')} /> : (
          <Table<Credential> rowKey="id" size="small" dataSource={list} pagination={false} scroll={{ x: 860 }} columns={[
            { title: t('credentials.template'), render: (_, c) => <Link to={'/credentials/' + c.public_id} className="m">{zh ? c.name_zh : c.name_en}</Link> },
            { title: t('credentials.agent'), render: (_, c) => <span className="mono">{c.agent_id.slice(-8)}</span> },
            { title: t('credentials.state'), render: (_, c) => <CredentialState plain state={c.state} /> },
            { title: t('credentials.issuedAt'), render: (_, c) => <When at={c.issued_at} /> },
            { title: t('credentials.until'), render: (_, c) => <When at={c.valid_until} /> },
            { title: '', render: (_, c) => (
              <span className="row g12">
                {(c.state === 'valid' || c.state === 'expiring') && <button type="button" className="linkbtn" onClick={() => act({ credential: c, what: 'suspension' })}>{t('credentials.act.suspension')}</button>}
                {c.state === 'suspended' && <button type="button" className="linkbtn" onClick={() => act({ credential: c, what: 'reinstatement' })}>{t('credentials.act.reinstatement')}</button>}
                {c.state !== 'revoked' && c.state !== 'expired' && <button type="button" className="linkbtn" onClick={() => act({ credential: c, what: 'revocation' })}>{t('credentials.act.revocation')}</button>}
              </span>
            ) },
          ]} />
        )}
      </Loaded>
      <More query={query} />
      {acting && <Act {...acting} onClose={() => act(undefined)} />}
    </>
  )
}

const grounds: Schema<'Grounds'>['reason_code'][] = ['cheating', 'misconduct', 'evidence_wrong', 'security', 'other']

function Act({ credential, what, onClose }: { credential: Credential; what: 'suspension' | 'revocation' | 'reinstatement'; onClose: () => void }) {
  const t = useWords('trainer')
  const common = useWords()
  const [form] = Form.useForm<Schema<'Grounds'>>()
  const path = { id: credential.id }
  const act = useAct(async (v: Schema<'Grounds'>, headers): Promise<unknown> => {
    switch (what) {
      case 'suspension': return body(api.POST('/api/v1/credentials/{id}/suspension', { params: { path, header: headers }, body: v }))
      case 'revocation': return body(api.POST('/api/v1/credentials/{id}/revocation-requests', { params: { path, header: headers }, body: v }))
      case 'reinstatement': return body(api.POST('/api/v1/credentials/{id}/reinstatement', { params: { path, header: headers }, body: { reason: v.reason } }))
    }
  }, [['credentials'], ['revocations']])
  return (
    <Modal open title={t('credentials.act.' + what)} onCancel={onClose} onOk={() => form.submit()} okText={t('credentials.act.' + what)} okButtonProps={{ danger: what !== 'reinstatement', loading: act.isPending }} cancelText={common('cancel')}>
      <p className="t2" style={{ marginBottom: 12 }}>{t('credentials.hint.' + what)}</p>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ reason_code: 'cheating' }} onFinish={(v) => act.mutate(v, { onSuccess: onClose })}>
        {what !== 'reinstatement' && <Form.Item name="reason_code" label={t('credentials.ground')}><Select options={grounds.map((g) => ({ value: g, label: t('credentials.grounds.' + g) }))} /></Form.Item>}
        <Form.Item name="reason" label={t('reason')} rules={[{ required: true, whitespace: true, message: t('reasonNeeded') }]}><Input.TextArea rows={3} maxLength={2000} /></Form.Item>
      </Form>
      {act.error && <Failure problem={act.error} kept />}
    </Modal>
  )
}

function Revocations() {
  const t = useWords('trainer')
  const { message } = App.useApp()
  const query = usePages<Schema<'RevocationRequest'>>(['revocations'], (cursor) => body(api.GET('/api/v1/revocation-requests', { params: { query: { limit: 50, cursor } } })))
  const confirm = useAct((id: string, headers) => body(api.POST('/api/v1/revocation-requests/{id}/confirmation', { params: { path: { id }, header: headers } })), [['revocations'], ['credentials']])
  return (
    <>
      {confirm.error && <Failure problem={confirm.error} />}
      <Loaded query={query}>
        {(list) => list.length === 0 ? <Empty icon={Award} title={t('credentials.noRevocations')} hint={t('credentials.noRevocationsHint')} /> : (
          <ul>{list.map((r) => (
            <li key={r.id} className="row wrap start g16" style={{ padding: '14px 0', borderTop: '1px solid var(--line)' }}>
              <div className="grow col g4"><div className="row wrap g8"><State tone="late">{t('credentials.grounds.' + r.reason_code, { defaultValue: r.reason_code })}</State><span className="sm t3"><When at={r.requested_at} /></span></div><p className="pre">{r.reason}</p></div>
              <Button danger loading={confirm.isPending} onClick={() => confirm.mutate(r.id, { onSuccess: () => void message.success(t('credentials.revoked')) })}>{t('credentials.confirmRevocation')}</Button>
            </li>
          ))}</ul>
        )}
      </Loaded>
      <More query={query} />
    </>
  )
}
