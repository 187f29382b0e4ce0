import { App, DatePicker, Input, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { FileSearch } from 'lucide-react'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePager } from '@/api/pages'
import { Button } from '@/design/button'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Pager } from '@/design/pager'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useWords } from '@/words'
import { Who } from '../official/who'

type Row = Schema<'SealedRow'>
export interface AuditFilter {
  action?: string
  subject?: string
  actor?: string
  from?: string
  until?: string
}

/** What is recorded, by the word before the dot; each may be asked for whole. */
const actions = {
  account: [
    'account.disabled',
    'account.enabled',
    'account.erased',
    'person.revealed',
    'password_reset.made',
    'password.reset',
    'invitation.made',
    'invitation.withdrawn',
    'member.role_changed',
    'member.removed',
    'api_key.made',
    'api_key.deleted',
    'identity.revealed',
    'identity.verified',
    'identity.refused',
    'accommodation.granted',
  ],
  certification: [
    'credential.*',
    'credential.issued',
    'credential.suspended',
    'credential.reinstated',
    'revocation.requested',
    'credential.revoked',
    'appeal.decided',
    'penalty.decided',
    'template.versioned',
    'tags.set',
  ],
  taxonomy: ['tag.*', 'tag.added', 'tag.changed', 'tag.retired', 'tag.restored'],
  academy: [
    'questions.imported',
    'question.retired',
    'paper.published',
    'paper.window_set',
    'course.published',
    'pack.published',
    'scenario.versioned',
    'answer.marked',
    'marking.second_asked',
    'exam_flag.decided',
  ],
  market: [
    'campaign.created',
    'plan.asked',
    'price_book.published',
    'dispute.ruled',
    'top_up.settled',
    'payout.sent',
    'fact.retried',
    'clock.moved',
    'marketplace.seeded',
  ],
}

export default function Audit() {
  const t = useWords('operator')
  const [params] = useSearchParams()
  const [filter, setFilter] = useState<AuditFilter>({
    subject: params.get('subject') ?? undefined,
    actor: params.get('actor') ?? undefined,
    action: params.get('action') ?? undefined,
  })
  const [days, setDays] = useState<[Dayjs | null, Dayjs | null] | null>(null)
  const set = (more: AuditFilter) => setFilter((f) => ({ ...f, ...more }))
  return (
    <Page title={t('audit.title')} note={<span className="sm t3">{t('audit.note')}</span>} actions={<Verify />}>
      <div className="sec">
        <div className="row wrap g8 mb12 filters">
          <Select
            aria-label={t('audit.action')}
            placeholder={t('audit.action')}
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            className="w240"
            value={filter.action}
            onChange={(action?: string) => set({ action })}
            options={Object.entries(actions).map(([group, list]) => ({
              label: t('audit.group.' + group),
              options: list.map((a) => ({ value: a, label: t('audit.did.' + key(a)) })),
            }))}
          />
          <Input.Search
            aria-label={t('audit.subject')}
            placeholder={t('audit.subject')}
            allowClear
            className="w240"
            defaultValue={filter.subject}
            onSearch={(subject) => set({ subject: subject.trim() || undefined })}
          />
          <Input.Search
            aria-label={t('audit.by')}
            placeholder={t('audit.byHint')}
            allowClear
            className="w240"
            defaultValue={filter.actor}
            onSearch={(actor) => set({ actor: actor.trim() || undefined })}
          />
          <DatePicker.RangePicker
            aria-label={t('audit.days')}
            value={days}
            onChange={(v) => {
              setDays(v)
              set({ from: v?.[0]?.startOf('day').toISOString(), until: v?.[1]?.add(1, 'day').startOf('day').toISOString() })
            }}
          />
        </div>
        <AuditRows filter={filter} onFilter={set} />
      </div>
    </Page>
  )
}

const key = (action: string) => action.replaceAll('.', '_').replace('*', 'all')

/** Verify computes the whole chain anew and says whether every row is what was written. */
function Verify() {
  const t = useWords('operator')
  const { modal } = App.useApp()
  const verify = useAct((_: null) => body(api.POST('/api/v1/audit/verification')), [])
  const tell = (v: Schema<'ChainVerification'>) =>
    void modal[v.broken ? 'error' : 'success']({
      width: 560,
      title: t(v.broken ? 'audit.broken' : 'audit.whole'),
      content: (
        <div className="col g8">
          {v.broken ? (
            <>
              <p>{t('audit.brokenHint')}</p>
              <dl className="facts">
                <div>
                  <dt className="sm t3">{t('audit.seal')}</dt>
                  <dd className="num">{v.broken.seal || t('audit.unsealed')}</dd>
                </div>
                <div>
                  <dt className="sm t3">{t('audit.row')}</dt>
                  <dd className="mono break">{v.broken.row}</dd>
                </div>
              </dl>
              <p className="soft mono">{v.broken.why}</p>
            </>
          ) : (
            <p>{t('audit.wholeHint', { count: v.sealed })}</p>
          )}
          {v.wait > 0 && <p className="sm t3">{t('audit.wait', { count: v.wait })}</p>}
          <div>
            <div className="sm t3">{t('audit.head')}</div>
            <p className="mono soft break">{v.head || '–'}</p>
          </div>
        </div>
      ),
    })
  return (
    <>
      <Button loading={verify.isPending} onClick={() => verify.mutate(null, { onSuccess: tell })}>
        {t('audit.verify')}
      </Button>
      {verify.error && <Failure problem={verify.error} />}
    </>
  )
}

/** AuditRows lists what was done; a row opens to all that is known of it. short leaves the paging out and shows ten. */
export function AuditRows({ filter, short, onFilter }: { filter: AuditFilter; short?: boolean; onFilter?: (more: AuditFilter) => void }) {
  const t = useWords('operator')
  const common = useWords()
  const onPage = short ? 10 : 50
  const query = usePager<Row>(['audit', filter, onPage], onPage, (cursor) =>
    body(api.GET('/api/v1/audit', { params: { query: { limit: onPage, cursor, ...filter } } })),
  )
  return (
    <Loaded query={query} skeleton={<Skeleton lines={[34, 34, 34]} />}>
      {(list) =>
        list.length === 0 ? (
          <Empty icon={FileSearch} title={t('audit.none')} hint={short ? undefined : t('audit.noneHint')} />
        ) : (
          <>
            <Table<Row>
              aria-label={t('audit.title')}
              rowKey="id"
              size="small"
              dataSource={list}
              pagination={false}
              scroll={{ x: short ? 640 : 860 }}
              expandable={{ expandedRowRender: (r) => <Detail row={r} onFilter={onFilter} /> }}
              columns={[
                {
                  title: t('audit.action'),
                  width: 170,
                  render: (_, r) => <span className="m">{t('audit.did.' + key(r.action), { defaultValue: r.action })}</span>,
                },
                { title: t('audit.at'), width: 170, render: (_, r) => <When at={r.at} seconds /> },
                {
                  title: t('audit.by'),
                  width: 200,
                  ellipsis: true,
                  render: (_, r) =>
                    r.actor ? (
                      <span className="row g8">
                        <Who id={r.actor} plain />
                        <span className="sm t3">{r.role && common('role.' + r.role, { defaultValue: r.role })}</span>
                      </span>
                    ) : (
                      <span className="t3">{t('audit.program')}</span>
                    ),
                },
                { title: t('audit.reason'), ellipsis: true, render: (_, r) => (r.reason ? <Reason of={r} /> : null) },
                ...(short
                  ? []
                  : [
                      {
                        title: t('audit.seal'),
                        width: 90,
                        align: 'right' as const,
                        render: (_: unknown, r: Row) =>
                          r.seal ? (
                            <span className="num t3">{r.seal.toLocaleString('en')}</span>
                          ) : (
                            <State plain tone="info">
                              {t('audit.waiting')}
                            </State>
                          ),
                      },
                    ]),
              ]}
            />
            {!short && <Pager pages={query.pages} />}
          </>
        )
      }
    </Loaded>
  )
}

/** Reason is what somebody wrote; what the program notes of a version by itself is said in the reader's language. */
function Reason({ of: r }: { of: Row }) {
  const t = useWords('operator')
  const noted = /^(?:(\S+) )?version (\d+)(?:, \d+ tags)?$/.exec(r.reason ?? '')
  if (!noted) return r.reason || null
  return (
    <>
      {noted[1] && <span className="mono t2">{noted[1]} </span>}
      {t('audit.version', { version: noted[2] })}
    </>
  )
}

function Detail({ row: r, onFilter }: { row: Row; onFilter?: (more: AuditFilter) => void }) {
  const t = useWords('operator')
  const line = (label: string, value: React.ReactNode) => (
    <div className="row start g16 py4">
      <dt className="t3 w96">{label}</dt>
      <dd className="grow break">{value}</dd>
    </div>
  )
  return (
    <dl className="detail">
      {line(t('audit.action'), <span className="mono">{r.action}</span>)}
      {line(
        t('audit.subject'),
        <span className="row wrap g8">
          <span className="mono">{r.subject || '–'}</span>
          {onFilter && r.subject && (
            <button type="button" className="linkbtn" onClick={() => onFilter({ subject: r.subject })}>
              {t('audit.allOfSubject')}
            </button>
          )}
          {onFilter && r.actor && (
            <button type="button" className="linkbtn" onClick={() => onFilter({ actor: r.actor })}>
              {t('audit.allOfActor')}
            </button>
          )}
        </span>,
      )}
      {r.reason && line(t('audit.reason'), <span className="pre">{r.reason}</span>)}
      {r.detail !== undefined &&
        r.detail !== null &&
        line(t('audit.detail'), <pre className="mono pre m0">{JSON.stringify(r.detail, null, 1)}</pre>)}
      {line(t('audit.row'), <span className="mono">{r.id}</span>)}
      {r.request_id && line(t('audit.request'), <span className="mono">{r.request_id}</span>)}
    </dl>
  )
}
