import { useQuery } from '@tanstack/react-query'
import { App, Form, Input, Segmented, Select } from 'antd'
import { Award } from 'lucide-react'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { CredentialState } from '@/design/credential-state'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { SkillTag } from '@/design/skill-tag'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useMe } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { InputState, Requirements } from './inputs'
import { TemplateEditor, Templates } from './templates'
import { Who } from './who'

type Credential = Schema<'Credential'>
const views = ['candidates', 'issued', 'revocations', 'templates'] as const
type View = (typeof views)[number]

/** The certification board: who is on the way, what was issued, revocations that wait for a second person, and what there is to earn. */
export default function Board() {
  const t = useWords('official')
  const [params, setParams] = useSearchParams()
  const [adding, setAdding] = useState(false)
  const view = views.find((v) => v === params.get('view')) ?? 'candidates'
  const waiting = useQuery({
    queryKey: ['revocations', 'count'],
    queryFn: () => body(api.GET('/api/v1/revocation-requests', { params: { query: { limit: 50 } } })),
  }).data?.items.length
  return (
    <Page
      title={t('credential.trail')}
      actions={
        <>
          <div className="scroll min0">
            <Segmented<View>
              value={view}
              onChange={(v) => setParams({ view: v }, { replace: true })}
              options={views.map((v) => ({
                value: v,
                label: v === 'revocations' && waiting ? `${t('board.' + v)} ${waiting}` : t('board.' + v),
              }))}
            />
          </div>
          {view === 'templates' && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t('template.add')}
            </Button>
          )}
        </>
      }
    >
      <div className="sec">
        {view === 'candidates' ? <Candidates /> : view === 'issued' ? <Issued /> : view === 'revocations' ? <Revocations /> : <Templates />}
      </div>
      {adding && <TemplateEditor onClose={() => setAdding(false)} />}
    </Page>
  )
}

function Candidates() {
  const t = useWords('official')
  const zh = useLanguage() === 'zh'
  const templates = useQuery({ queryKey: ['templates'], queryFn: () => body(api.GET('/api/v1/credential-templates')) })
  const [chosen, choose] = useState<string>()
  const [issuing, issue] = useState<Schema<'Candidate'>>()
  const template = templates.data?.items.find((x) => x.id === chosen) ?? templates.data?.items[0]
  const query = usePages<Schema<'Candidate'>>(['candidates', template?.id], (cursor) =>
    template
      ? body(
          api.GET('/api/v1/credential-templates/{id}/candidates', { params: { path: { id: template.id }, query: { limit: 50, cursor } } }),
        )
      : Promise.resolve({ items: [] }),
  )
  return (
    <Loaded query={templates} skeleton={<Skeleton lines={[32, 34, 34, 34]} />}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty icon={Award} title={t('board.noTemplates')} hint={t('board.noTemplatesHint')} />
        ) : (
          <>
            <div className="row wrap g12 mb12">
              <Select
                aria-label={t('credential.template')}
                value={template?.id}
                onChange={choose}
                style={{ minWidth: 240, maxWidth: '100%' }}
                options={items.map((x) => ({ value: x.id, label: zh ? x.name_zh : x.name_en }))}
              />
              {template && (
                <span className="row wrap g4">
                  <span className="sm t3">{t('credential.grants')}</span>
                  {template.grants.map((g) => (
                    <SkillTag key={g.tag} tag={g.tag} level={g.level} />
                  ))}
                </span>
              )}
            </div>
            <Loaded query={query}>
              {(list) =>
                list.length === 0 ? (
                  <Empty icon={Award} title={t('board.nobody')} hint={t('board.nobodyHint')} />
                ) : (
                  <Table<Schema<'Candidate'>>
                    aria-label={t('board.candidates')}
                    rowKey="agent_id"
                    size="small"
                    dataSource={list}
                    pagination={false}
                    scroll={{ x: 820 }}
                    expandable={{
                      expandedRowRender: (c) => (
                        <div style={{ maxWidth: 560 }}>
                          <Requirements list={c.requirements} />
                        </div>
                      ),
                    }}
                    columns={[
                      { title: t('board.agent'), width: 200, ellipsis: true, render: (_, c) => <Who id={c.agent_id} /> },
                      { title: t('input.training'), render: (_, c) => <InputState input={c.inputs.training} /> },
                      { title: t('input.exam'), render: (_, c) => <InputState input={c.inputs.exam} /> },
                      { title: t('input.simulation'), render: (_, c) => <InputState input={c.inputs.simulation} /> },
                      { title: t('input.trial'), render: (_, c) => <InputState input={c.inputs.trial} /> },
                      {
                        title: t('board.state'),
                        render: (_, c) => (
                          <State
                            plain
                            tone={c.state === 'held' ? 'ok' : c.state === 'renewable' ? 'late' : c.state === 'open' ? 'info' : 'open'}
                          >
                            {t('board.is.' + c.state)}
                          </State>
                        ),
                      },
                      {
                        title: <span className="hidden">{t('board.act')}</span>,
                        align: 'right',
                        render: (_, c) =>
                          c.state === 'open' || c.state === 'renewable' ? (
                            <Button size="small" onClick={() => issue(c)}>
                              {t('board.issue')}
                            </Button>
                          ) : (
                            c.credential_id && <Link to={c.credential_id}>{t('board.open')}</Link>
                          ),
                      },
                    ]}
                  />
                )
              }
            </Loaded>
            <More query={query} />
            {issuing && template && <Issue candidate={issuing} template={template} onClose={() => issue(undefined)} />}
          </>
        )
      }
    </Loaded>
  )
}

function Issue({ candidate: c, template, onClose }: { candidate: Schema<'Candidate'>; template: Schema<'Template'>; onClose: () => void }) {
  const t = useWords('official')
  const common = useWords()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ evidence: string }>()
  const issue = useAct(
    (v: { evidence: string }, headers) =>
      body(
        api.POST('/api/v1/credentials', {
          params: { header: headers },
          body: {
            agent_id: c.agent_id,
            template_id: template.id,
            evidence: v.evidence,
            renews: c.state === 'renewable' ? c.credential_id : undefined,
          },
        }),
      ),
    [['candidates'], ['credentials'], ['progress']],
  )
  return (
    <Dialog
      open
      title={t('board.issue')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('board.issue')}
      cancelText={common('cancel')}
      confirmLoading={issue.isPending}
    >
      <p className="mb8">
        <Who id={c.agent_id} plain /> · {t('board.missing', { count: c.missing })}
      </p>
      <p className="t2 mb12">{t('board.issueHint')}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(v) =>
          issue.mutate(v, {
            onSuccess: () => {
              void message.success(t('board.issuedNow'))
              onClose()
            },
          })
        }
      >
        <Form.Item
          name="evidence"
          label={t('credential.evidence')}
          rules={[{ required: true, whitespace: true, message: t('board.evidenceNeeded') }]}
        >
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
      </Form>
      {issue.error && <Failure problem={issue.error} kept />}
    </Dialog>
  )
}

function Issued() {
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

/** Revocations wait for a second person, who reads the whole record before confirming: hence a link and not a button. */
function Revocations() {
  const t = useWords('official')
  const me = useMe()
  const query = usePages<Schema<'RevocationRequest'>>(['revocations', 'list'], (cursor) =>
    body(api.GET('/api/v1/revocation-requests', { params: { query: { limit: 50, cursor } } })),
  )
  return (
    <>
      <Loaded query={query}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon={Award} title={t('board.noRevocations')} hint={t('board.noRevocationsHint')} />
          ) : (
            <ul className="lines">
              {list.map((r) => (
                <li key={r.id} className="row wrap start g16">
                  <div className="grow col g4" style={{ minWidth: 260 }}>
                    <div className="row wrap g8">
                      <State tone="late" shape="clock">
                        {t('credential.grounds.' + r.reason_code, { defaultValue: r.reason_code })}
                      </State>
                      <span className="sm t3">
                        <When at={r.requested_at} />
                      </span>
                      <span className="sm t2 row g4">
                        {t('credential.askedBy')} <Who id={r.requested_by} plain />
                      </span>
                    </div>
                    <p className="pre">{r.reason}</p>
                    {r.requested_by === me?.id && <p className="sm t3">{t('credential.ownRequest')}</p>}
                  </div>
                  <Link to={r.credential_id} className="m">
                    {t('board.review')}
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More query={query} />
    </>
  )
}
