import { useQuery } from '@tanstack/react-query'
import { App } from 'antd'
import { ExternalLink } from 'lucide-react'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { CredentialState } from '@/design/credential-state'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page, Section } from '@/design/page'
import { SkillTag } from '@/design/skill-tag'
import { Glyph, State, type Shape, type Tone } from '@/design/state'
import { When, useClock } from '@/design/time'
import { useMe } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { Act, type Doing } from './act'
import { Inputs } from './inputs'
import { Who } from './who'

type Record = Schema<'CredentialRecord'>
type Kind = Schema<'CredentialAct'>['kind']

const looks: { [K in Kind]: { tone: Tone; shape?: Shape } } = {
  issued: { tone: 'ok' },
  suspended: { tone: 'late', shape: 'bar' },
  reinstated: { tone: 'ok' },
  lapsed: { tone: 'ok' },
  revocation_asked: { tone: 'late', shape: 'clock' },
  revoked: { tone: 'miss' },
  appealed: { tone: 'info', shape: 'unknown' },
  appeal_upheld: { tone: 'ok' },
  appeal_refused: { tone: 'open', shape: 'bar' },
  name_shown: { tone: 'open', shape: 'ring' },
  name_hidden: { tone: 'open', shape: 'ring' },
}

/** One credential as officials see it: what it is, what it stands on, all that was done to it, and what may be done now. */
export default function CredentialRecordPage() {
  const t = useWords('official')
  const zh = useLanguage() === 'zh'
  const me = useMe()
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['credentials', 'one', id],
    queryFn: () => body(api.GET('/api/v1/credentials/{id}', { params: { path: { id } } })),
  })
  const c = query.data
  return (
    <Page
      title={c ? (zh ? c.name_zh : c.name_en) : t('credential.template')}
      trail={
        <Link to={me?.role === 'operator' ? '/operator/credentials' : '/trainer/credentials?view=issued'}>{t('credential.trail')}</Link>
      }
      note={c && <CredentialState state={c.state} />}
      actions={c && <Doings record={c} />}
    >
      <Loaded
        query={query}
        skeleton={
          <div className="sec">
            <Skeleton lines={[60, 120, 200]} />
          </div>
        }
      >
        {(record) => <Shown record={record} />}
      </Loaded>
    </Page>
  )
}

function Shown({ record: c }: { record: Record }) {
  const t = useWords('official')
  const templates = useQuery({ queryKey: ['templates'], queryFn: () => body(api.GET('/api/v1/credential-templates')) })
  const progress = useQuery({
    queryKey: ['progress', c.agent_id],
    queryFn: () => body(api.GET('/api/v1/agents/{id}/credential-progress', { params: { path: { id: c.agent_id } } })),
  })
  const template = templates.data?.items.find((x) => x.id === c.template_id)
  const way = progress.data?.items.find((p) => p.template_id === c.template_id)
  return (
    <>
      <Waiting record={c} />
      <div className="split">
        <div className="col">
          <Section>
            <p className="t2 mb16">
              {t('credential.meaning.' + c.state)}
              {c.state === 'suspended' && c.suspended_until && (
                <>
                  {' '}
                  {t('credential.suspendedUntil')} <When at={c.suspended_until} showZone />
                </>
              )}
              {c.state === 'revoked' && c.revoked_at && (
                <>
                  {' '}
                  {t('credential.revokedAt')} <When at={c.revoked_at} showZone />
                </>
              )}
            </p>
            <dl className="facts">
              <div>
                <dt className="sm t3">{t('credential.holder')}</dt>
                <dd>
                  <Who id={c.agent_id} />
                </dd>
              </div>
              <div>
                <dt className="sm t3">{t('credential.issuedAt')}</dt>
                <dd>
                  <When at={c.issued_at} />
                </dd>
              </div>
              <div>
                <dt className="sm t3">{t('credential.until')}</dt>
                <dd>
                  <When at={c.valid_until} />
                </dd>
              </div>
              <div>
                <dt className="sm t3">{t('credential.template')}</dt>
                <dd>
                  <span className="mono">{c.code}</span>{' '}
                  <span className="t3">{t('credential.version', { version: c.template_version })}</span>
                </dd>
              </div>
            </dl>
            {template && (
              <div className="row wrap g8 mt16">
                <span className="sm t3">{t('credential.grants')}</span>
                {template.grants.map((g) => (
                  <SkillTag key={g.tag} tag={g.tag} level={g.level} />
                ))}
              </div>
            )}
          </Section>
          <Section title={t('credential.record')}>
            <ol aria-label={t('credential.record')}>
              {c.acts.map((a) => (
                <li key={a.kind + a.id} className="row start g12 py12 topline">
                  <span className="pt4">
                    <Glyph {...looks[a.kind]} />
                  </span>
                  <div className="grow col g4">
                    <div className="row wrap g8">
                      <span className="m">{t('credential.kind.' + a.kind)}</span>
                      {a.reason_code && (
                        <span className="t2">
                          {a.kind.startsWith('appeal')
                            ? t('credential.against.' + a.reason_code)
                            : t('credential.grounds.' + a.reason_code, { defaultValue: a.reason_code })}
                        </span>
                      )}
                    </div>
                    {a.reason && <p className="pre t2">{a.reason}</p>}
                    <div className="row wrap g8 sm t3">
                      <When at={a.at} seconds />
                      {a.by ? <Who id={a.by} plain /> : <span>{t('credential.program')}</span>}
                      {a.until && (
                        <span>
                          {t('credential.lasts')} <When at={a.until} />
                        </span>
                      )}
                    </div>
                  </div>
                </li>
              ))}
            </ol>
          </Section>
        </div>
        <aside>
          <Section title={t('credential.inputs')}>
            {template?.requirements.length === 0 ? (
              <p className="t3">{t('credential.byHand')}</p>
            ) : (
              <Loaded query={progress}>{() => (way ? <Inputs way={way} /> : <p className="t3">{t('credential.noInputs')}</p>)}</Loaded>
            )}
          </Section>
          <Section title={t('credential.publicPage')}>
            <div className="col g8">
              <Link to={'/credentials/' + c.public_id} className="row g4">
                <ExternalLink size={14} aria-hidden />
                <span className="mono break">{c.public_id}</span>
              </Link>
              {c.log_index !== undefined && (
                <Link to={'/log?leaf=' + c.log_index} className="row g4">
                  <ExternalLink size={14} aria-hidden />
                  {t('credential.logLeaf', { index: c.log_index })}
                </Link>
              )}
              <span className="sm t3">{t(c.show_name ? 'credential.nameShown' : 'credential.nameHidden')}</span>
            </div>
          </Section>
        </aside>
      </div>
    </>
  )
}

/** Waiting is a revocation that waits for its second person; who asked for it cannot be that person. */
function Waiting({ record: c }: { record: Record }) {
  const t = useWords('official')
  const me = useMe()
  const { message, modal } = App.useApp()
  const confirm = useAct(
    (id: string, headers) => body(api.POST('/api/v1/revocation-requests/{id}/confirmation', { params: { path: { id }, header: headers } })),
    [['credentials'], ['revocations'], ['progress']],
  )
  const now = useClock()
  const asked = c.acts.findLast((a) => a.kind === 'revocation_asked' && a.until && Date.parse(a.until) > now)
  if (!asked || c.state === 'revoked') return null
  const own = asked.by === me?.id
  const sure = () =>
    void modal.confirm({
      title: t('credential.confirmSure'),
      content: t('credential.confirmHint'),
      okText: t('credential.confirm'),
      okButtonProps: { danger: true },
      onOk: () =>
        confirm.mutateAsync(asked.id).then(
          () => void message.success(t('credential.confirmed')),
          () => undefined,
        ),
    })
  return (
    <div className="sec alarm" role="status">
      <div className="row wrap g16">
        <div className="grow fillrow col g4">
          <State tone="late" shape="clock" plain>
            {t('credential.waiting')}
          </State>
          <p className="pre">
            {t('credential.grounds.' + (asked.reason_code ?? 'other'), { defaultValue: asked.reason_code })} · {asked.reason}
          </p>
          <div className="row wrap g8 sm t2">
            <span>{t('credential.askedBy')}</span>
            {asked.by && <Who id={asked.by} plain />}
            <span>{t('credential.waitingUntil')}</span>
            {asked.until && <When at={asked.until} />}
          </div>
        </div>
        {own ? (
          <p className="t2">{t('credential.ownRequest')}</p>
        ) : (
          <Button danger loading={confirm.isPending} onClick={sure}>
            {t('credential.confirm')}
          </Button>
        )}
      </div>
      {confirm.error && <Failure problem={confirm.error} />}
    </div>
  )
}

function Doings({ record: c }: { record: Record }) {
  const t = useWords('official')
  const [doing, setDoing] = useState<Doing>()
  const now = useClock()
  const asked = c.acts.some((a) => a.kind === 'revocation_asked' && a.until && Date.parse(a.until) > now)
  return (
    <>
      {c.state === 'suspended' && <Button onClick={() => setDoing('reinstatement')}>{t('credential.act.reinstatement')}</Button>}
      {(c.state === 'valid' || c.state === 'expiring') && (
        <Button onClick={() => setDoing('suspension')}>{t('credential.act.suspension')}</Button>
      )}
      {c.state !== 'revoked' && c.state !== 'unknown' && !asked && (
        <Button danger onClick={() => setDoing('revocation')}>
          {t('credential.act.revocation')}
        </Button>
      )}
      {doing && <Act credential={c} what={doing} onClose={() => setDoing(undefined)} />}
    </>
  )
}
