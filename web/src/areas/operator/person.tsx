import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { CredentialState } from '@/design/credential-state'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { Page, Section } from '@/design/page'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useMe } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { Requirements } from '../official/inputs'
import { AuditRows } from './audit'
import { RealName } from './identity'
import { AccountState, Do, type Doing } from './account'

type Account = Schema<'AccountBody'>

/** One person as operators see them: masked, with what they may do, what they hold, and what was done to and by them. */
export default function PersonPage() {
  const t = useWords('operator')
  const me = useMe()
  const { id = '' } = useParams()
  const [doing, setDoing] = useState<Doing>()
  const query = useQuery({
    queryKey: ['accounts', 'one', id],
    queryFn: () => body(api.GET('/api/v1/accounts/{id}', { params: { path: { id } } })),
  })
  const a = query.data
  const may = a && !a.erased && a.id !== me?.id
  return (
    <Page
      title={a ? a.name || t('people.nameless') : t('people.one')}
      trail={<Link to="/operator/people">{t('people.title')}</Link>}
      note={a && <AccountState account={a} />}
      actions={
        may && (
          <>
            <Button onClick={() => setDoing('reveal')}>{t('people.act.reveal')}</Button>
            <Button onClick={() => setDoing('password-reset')}>{t('people.act.password-reset')}</Button>
            <Button danger={!a.disabled} onClick={() => setDoing(a.disabled ? 'enablement' : 'disablement')}>
              {t('people.act.' + (a.disabled ? 'enablement' : 'disablement'))}
            </Button>
          </>
        )
      }
    >
      <Loaded
        query={query}
        framed
        skeleton={
          <div className="sec">
            <Skeleton lines={[60, 120, 200]} />
          </div>
        }
      >
        {(account) => (
          <div className="split">
            <div>
              {account.kind === 'agent' && !account.erased && <Agent id={account.id} />}
              <Section title={t('people.about')} note={t('people.aboutNote')}>
                <AuditRows filter={{ subject: id }} short />
              </Section>
              {account.kind === 'staff' && (
                <Section title={t('people.by')}>
                  <AuditRows filter={{ actor: id }} short />
                </Section>
              )}
            </div>
            <aside>
              <Facts account={account} />
              {account.kind === 'agent' && !account.erased && <RealName id={account.id} />}
            </aside>
          </div>
        )}
      </Loaded>
      {doing && a && <Do act={doing} account={a} onClose={() => setDoing(undefined)} />}
    </Page>
  )
}

function Facts({ account: a }: { account: Account }) {
  const t = useWords('operator')
  const common = useWords()
  return (
    <Section>
      <dl className="facts">
        <div>
          <dt className="sm t3">{t('people.email')}</dt>
          <dd>{a.email || '–'}</dd>
        </div>
        <div>
          <dt className="sm t3">{t('people.kind')}</dt>
          <dd>
            {a.kind === 'agent' ? (
              common('role.agent')
            ) : a.organisations.length === 0 ? (
              t('people.homeless')
            ) : (
              <ul>
                {a.organisations.map((o) => (
                  <li key={o.id}>
                    {o.name} · {common('role.' + o.role)}
                  </li>
                ))}
              </ul>
            )}
          </dd>
        </div>
        <div>
          <dt className="sm t3">{t('people.since')}</dt>
          <dd>
            <When at={a.created_at} />
          </dd>
        </div>
        <div>
          <dt className="sm t3">{t('people.id')}</dt>
          <dd className="mono break">{a.id}</dd>
        </div>
      </dl>
      <p className="sm t3 mt12">{t('people.maskedHere')}</p>
    </Section>
  )
}

function Agent({ id }: { id: string }) {
  const t = useWords('operator')
  const zh = useLanguage() === 'zh'
  const tier = useQuery({ queryKey: ['tier', id], queryFn: () => body(api.GET('/api/v1/agents/{id}/tier', { params: { path: { id } } })) })
  const credentials = usePages<Schema<'Credential'>>(['credentials', 'of', id], (cursor) =>
    body(api.GET('/api/v1/credentials', { params: { query: { agent_id: id, limit: 50, cursor } } })),
  )
  const progress = useQuery({
    queryKey: ['progress', id],
    queryFn: () => body(api.GET('/api/v1/agents/{id}/credential-progress', { params: { path: { id } } })),
  })
  return (
    <>
      <Section title={t('people.tier')} note={t('people.tierNote')}>
        <Loaded query={tier} skeleton={<Skeleton lines={[40]} />}>
          {(x) => (
            <div className="row wrap g32">
              <div>
                <div className="figure">{t('people.tiers.' + x.tier)}</div>
                <div className="sm t3">
                  {t('people.score', { score: x.score.toFixed(1) })} · {t('people.shifts', { count: x.shifts })}
                </div>
              </div>
              <dl className="facts">
                {x.parts.map((p) => (
                  <div key={p.part}>
                    <dt className="sm t3">{t('people.part.' + p.part)}</dt>
                    <dd className="num">
                      <span className="m">{p.points.toFixed(1)}</span> <span className="t3">/ {p.weight}</span>
                    </dd>
                  </div>
                ))}
              </dl>
            </div>
          )}
        </Loaded>
      </Section>
      <Section title={t('people.credentials')}>
        <Loaded query={credentials} skeleton={<Skeleton lines={[34]} />}>
          {(list) =>
            list.length === 0 ? (
              <Empty title={t('people.noCredentials')} />
            ) : (
              <Table<Schema<'Credential'>>
                aria-label={t('people.credentials')}
                rowKey="id"
                size="small"
                dataSource={list}
                pagination={false}
                scroll={{ x: 560 }}
                columns={[
                  {
                    title: t('people.credential'),
                    render: (_, c) => (
                      <Link to={'/operator/credentials/' + c.id} className="m">
                        {zh ? c.name_zh : c.name_en}
                      </Link>
                    ),
                  },
                  { title: t('people.state'), width: 120, render: (_, c) => <CredentialState plain state={c.state} /> },
                  { title: t('people.validUntil'), width: 160, render: (_, c) => <When at={c.valid_until} /> },
                ]}
              />
            )
          }
        </Loaded>
        <Loaded query={progress} skeleton={null}>
          {({ items }) => {
            const open = items.filter((p) => p.state === 'open' && p.requirements.some((r) => r.have > 0 || r.met))
            return open.length === 0 ? null : (
              <div className="mt16 measure">
                {open.map((p) => (
                  <div key={p.template_id} className="mb16">
                    <div className="row g8 mb4">
                      <span className="m">{zh ? p.name_zh : p.name_en}</span>
                      <State plain tone="info">
                        {t('people.onTheWay', { count: p.missing })}
                      </State>
                    </div>
                    <Requirements list={p.requirements} />
                  </div>
                ))}
              </div>
            )
          }}
        </Loaded>
      </Section>
    </>
  )
}
