import { useQuery } from '@tanstack/react-query'
import { QRCode, Switch } from 'antd'
import { Award, Download, ExternalLink, QrCode } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button, buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { CredentialState } from '@/design/credential-state'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Sheet } from '@/design/sheet'
import { useTarget } from '@/design/target'
import { useTheme } from '@/design/theme'
import { Day, When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { nearest, Way } from '../academy/way'
import { useCredentials, useProgress } from '../queries'
import { AppealForm, AppealState } from './appeal'

type Credential = Schema<'Credential'>

export default function Credentials() {
  const t = useWords('agent')
  const credentials = useCredentials()
  return (
    <Page title={t('credential.title')} trail={<Link to="/agent/me">{t('nav.me')}</Link>}>
      <div className="column">
        <Loaded
          framed
          query={credentials}
          skeleton={
            <Card>
              <Skeleton lines={[24, 20, 20, 44]} />
            </Card>
          }
        >
          {(list) =>
            list.length === 0 ? (
              <Card>
                <Empty icon={Award} title={t('credential.none')} hint={t('credential.noneHint')} />
              </Card>
            ) : (
              list.map((c) => <One key={c.id} credential={c} />)
            )
          }
        </Loaded>
        <Ways />
      </div>
    </Page>
  )
}

function One({ credential: c }: { credential: Credential }) {
  const t = useWords('agent')
  const language = useLanguage()
  const target = useTarget()
  const [showing, setShowing] = useState(false)
  const consent = useAct(
    (show_name: boolean) => body(api.PUT('/api/v1/credentials/{id}/consent', { params: { path: { id: c.id } }, body: { show_name } })),
    [['credentials']],
  )
  const address = `${location.origin}/credentials/${c.public_id}`
  const name = language === 'zh' ? c.name_zh : c.name_en
  return (
    <Card label={name} at={target(c.id)}>
      <div className="row between start g8">
        <h2>{name}</h2>
        <CredentialState state={c.state} />
      </div>
      <div className="sm t2 mt4">
        {t('credential.valid')} <Day at={c.valid_from} /> – <Day at={c.valid_until} />
      </div>
      {c.suspended_until && c.state === 'suspended' && (
        <p className="late sm mt8">
          {t('credential.suspendedUntil')} <When at={c.suspended_until} showZone />
          {c.reason_code && ' · ' + t('credential.reason.' + c.reason_code)}
        </p>
      )}
      {c.revoked_at && (
        <p className="miss sm mt8">
          {t('credential.revokedAt')} <When at={c.revoked_at} showZone />
          {c.reason_code && ' · ' + t('credential.reason.' + c.reason_code)}
        </p>
      )}
      <div className="row wrap g8 mt12 evenly">
        <Button icon={<QrCode size={18} aria-hidden />} onClick={() => setShowing(true)}>
          {t('credential.show')}
        </Button>
        <a className={buttonClass()} href={'/credentials/' + c.public_id} target="_blank" rel="noreferrer">
          <ExternalLink size={16} aria-hidden />
          {t('credential.page')}
        </a>
        <File credential={c} />
      </div>
      <label className="row between g12 mt16 consent">
        <span>
          <span className="m">{t('credential.name')}</span>
          <span className="sm t3 line">{t(c.show_name ? 'credential.nameShown' : 'credential.nameHidden')}</span>
        </span>
        <Switch checked={c.show_name} loading={consent.isPending} onChange={(v) => consent.mutate(v)} />
      </label>
      {consent.error && <Failure problem={consent.error} />}
      {(c.state === 'suspended' || c.state === 'revoked') && <Appeal credential={c} />}
      <Sheet open={showing} title={name} onClose={() => setShowing(false)}>
        <Code address={address} />
      </Sheet>
    </Card>
  )
}

function Code({ address }: { address: string }) {
  const t = useWords('agent')
  const common = useWords()
  const { tokens } = useTheme()
  const [copied, setCopied] = useState(false)
  return (
    <div className="col g12" style={{ alignItems: 'center' }}>
      <div role="img" aria-label={t('credential.qr', { address })}>
        <QRCode value={address} size={220} type="svg" bordered={false} color={tokens.text} bgColor={tokens.raised} />
      </div>
      <p className="sm t2 center">{t('credential.qrHint')}</p>
      <p className="mono sm center pre">{address}</p>
      <Button block size="large" onClick={() => void navigator.clipboard.writeText(address).then(() => setCopied(true))}>
        {common(copied ? 'copied' : 'copy')}
      </Button>
    </div>
  )
}

/** File saves the credential so that it can be checked without a server. */
function File({ credential }: { credential: Credential }) {
  const t = useWords('agent')
  const read = useAct((_: 'file') => body(api.GET('/api/v1/credentials/{id}/file', { params: { path: { id: credential.id } } })))
  const save = () =>
    read.mutate('file', {
      onSuccess: (file) => {
        const link = document.createElement('a')
        link.href = URL.createObjectURL(new Blob([JSON.stringify(file, null, 2)], { type: 'application/json' }))
        link.download = `${credential.code}-${credential.public_id}.json`
        link.click()
        URL.revokeObjectURL(link.href)
      },
    })
  return (
    <>
      <Button icon={<Download size={18} aria-hidden />} loading={read.isPending} onClick={save}>
        {t('credential.file')}
      </Button>
      {read.error && <Failure problem={read.error} />}
    </>
  )
}

function Appeal({ credential: c }: { credential: Credential }) {
  const t = useWords('agent')
  const appeals = useQuery({
    queryKey: ['appeals'],
    queryFn: () => body(api.GET('/api/v1/appeals', { params: { query: { limit: 100 } } })),
    select: (l) => l.items,
  })
  const send = useAct(
    (said: string, header) =>
      body(api.POST('/api/v1/credentials/{id}/appeals', { params: { path: { id: c.id }, header }, body: { reason: said } })),
    [['appeals'], ['credentials']],
  )
  const mine = appeals.data?.find((a) => a.credential_id === c.id && a.against === (c.state === 'revoked' ? 'revocation' : 'suspension'))
  if (!appeals.data) return appeals.error ? <Failure problem={appeals.error} /> : <Skeleton lines={[44]} />
  if (mine) {
    return (
      <div className="soft mt12">
        <div className="row between g8">
          <span className="m">{t('appeal.mine')}</span>
          <AppealState upheld={mine.decided_at ? mine.upheld : undefined} />
        </div>
        <p className="sm t2 pre">{mine.reason}</p>
        {mine.decision && <p className="sm pre mt8">{mine.decision}</p>}
      </div>
    )
  }
  return <AppealForm hint={t('appeal.hint')} busy={send.isPending} problem={send.error} onSend={(reason) => send.mutate(reason)} />
}

/** Ways are what leads to each credential, and how far I am. */
function Ways() {
  const t = useWords('learning')
  const progress = useProgress()
  // What is held and renewed by nobody's own doing stands above already.
  const list = nearest(progress.data ?? []).filter((p) => p.state !== 'renewable' || p.requirements.length > 0)
  if (progress.error)
    return (
      <Card title={t('way.title')}>
        <Failure problem={progress.error} onRetry={() => void progress.refetch()} />
      </Card>
    )
  return (
    list.length > 0 && (
      <>
        {list.map((p) => (
          <Way key={p.template_id} progress={p} />
        ))}
      </>
    )
  )
}
