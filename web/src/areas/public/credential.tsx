import { useQuery } from '@tanstack/react-query'
import { Copy, Download, ShieldCheck } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useParams } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { credentialLook } from '@/design/credential-state'
import { Loaded, Skeleton } from '@/design/feedback'
import { TagLook } from '@/design/skill-tag'
import { Glyph } from '@/design/state'
import { Day, When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { checkCredential, offlineFile, type Outcome } from './credential-checks'
import { ByNumber } from './find'
import { Proof } from './proof'

type Verification = Schema<'Verification'>

const states = Object.keys(credentialLook) as Verification['state'][]

export default function CredentialPage() {
  const { publicId = '' } = useParams()
  const t = useWords('public')
  const common = useWords()
  const query = useQuery({
    queryKey: ['verification', publicId],
    queryFn: () => body(api.GET('/api/v1/verifications/{public_id}', { params: { path: { public_id: publicId } } })),
    refetchOnWindowFocus: true,
  })
  useEffect(() => {
    document.title = `${t('credential.title')} · ${common('name')}`
  }, [t, common])
  return (
    <div className="credential col g16">
      <h1 className="hidden">{t('credential.title')}</h1>
      <Loaded
        query={query}
        skeleton={
          <div className="panel p20">
            <Skeleton lines={[56, 28, 44, 44, 132]} />
          </div>
        }
      >
        {(v) => (
          <>
            {v.state === 'unknown' && !v.jwt ? <Nobody /> : <Shown v={v} checkedAt={query.dataUpdatedAt} />}
            <Legend now={v.state} />
          </>
        )}
      </Loaded>
    </div>
  )
}

function Banner({ state, note }: { state: Verification['state']; note: React.ReactNode }) {
  const common = useWords()
  const { tone, shape } = credentialLook[state]
  return (
    <div className={'verdict row g16 ' + tone}>
      <Glyph tone={tone} shape={shape} size={40} />
      <div>
        <div className="xl b">{common('credential.' + state)}</div>
        <div className="sm t2">{note}</div>
      </div>
    </div>
  )
}

function Nobody() {
  const t = useWords('public')
  return (
    <section className="panel clip">
      <Banner state="unknown" note={t('credential.unknownNote')} />
      <div className="col g16 p20">
        <p className="t2">{t('credential.unknownHint')}</p>
        <ByNumber />
      </div>
    </section>
  )
}

function Shown({ v, checkedAt }: { v: Verification; checkedAt: number }) {
  const t = useWords('public')
  const common = useWords()
  const zh = useLanguage() === 'zh'
  const [outcomes, setOutcomes] = useState<Outcome[]>([])
  const [checking, setChecking] = useState(false)
  const [copied, setCopied] = useState(false)
  const [failed, setFailed] = useState(false)
  const left =
    v.valid_until && (v.state === 'valid' || v.state === 'expiring') ? Math.ceil((Date.parse(v.valid_until) - checkedAt) / 86_400_000) : 0
  const check = async () => {
    setChecking(true)
    setOutcomes([])
    await checkCredential(v.jwt ?? '', v.log_index, setOutcomes)
    setChecking(false)
  }
  const save = async () => {
    setFailed(false)
    try {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob([JSON.stringify(await offlineFile(v.jwt ?? ''), null, 1)], { type: 'application/json' }))
      link.download = `peakseat-credential-${v.public_id}.json`
      link.click()
      URL.revokeObjectURL(link.href)
    } catch {
      setFailed(true)
    }
  }
  const copy = () => void navigator.clipboard.writeText(location.href).then(() => setCopied(true))
  return (
    <>
      <section className="panel clip">
        <Banner
          state={v.state}
          note={
            <>
              {t('credential.checked')} <When at={checkedAt} year seconds showZone />
            </>
          }
        />
        <div className="col g16 p20">
          <div>
            <h2 className="credname">{zh ? v.name_zh : v.name_en}</h2>
            <p className="t2">{v.holder_name ? t('credential.holder', { name: v.holder_name }) : t('credential.noName')}</p>
          </div>
          <p className={v.state === 'revoked' ? 'miss' : v.state === 'valid' ? 't2' : undefined}>{t('credential.means.' + v.state)}</p>
          {v.state === 'revoked' && v.revoked_at && <Why label={t('credential.revokedAt')} at={v.revoked_at} code={v.reason_code} />}
          {v.state === 'suspended' && v.suspended_until && (
            <Why label={t('credential.suspendedUntil')} at={v.suspended_until} code={v.reason_code} />
          )}
          <dl className="facts">
            {v.valid_from && (
              <div>
                <dt className="t3">{t('credential.issued')}</dt>
                <dd className="m">
                  <Day at={v.valid_from} />
                </dd>
              </div>
            )}
            {v.valid_until && (
              <div>
                <dt className="t3">{t('credential.until')}</dt>
                <dd className="m">
                  <Day at={v.valid_until} /> {left > 0 && <span className="t3">{t('credential.left', { count: left })}</span>}
                </dd>
              </div>
            )}
          </dl>
          {v.grants && v.grants.length > 0 && (
            <div>
              <div className="t3 mb4">{t('credential.grants')}</div>
              <ul className="row wrap g8">
                {v.grants.map((g) => (
                  <li key={g.tag} className="row">
                    <TagLook tag={g.tag} name={zh ? g.zh : g.en} level={g.level} dimension />
                  </li>
                ))}
              </ul>
            </div>
          )}
        </div>
        <hr className="rule" />
        <div className="row start g16 p20">
          <img src={`/credentials/${v.public_id}/qr.svg`} alt={t('credential.qr')} width={132} height={132} className="qr" />
          <div className="col g8 grow">
            <div>
              <div className="t3 sm">{t('credential.id')}</div>
              <div className="mono b break">{v.public_id}</div>
              <div className="paper sm break">{location.origin + '/credentials/' + v.public_id}</div>
            </div>
            <div className="screen">
              <button type="button" className="linkbtn row g4" onClick={copy}>
                <Copy size={14} aria-hidden />
                {copied ? common('copied') : t('credential.copy')}
              </button>
            </div>
            <p className="sm t3">{t('credential.qrHint')}</p>
          </div>
        </div>
      </section>
      <div className="col g8 screen">
        <Button
          type="primary"
          size="large"
          block
          loading={checking}
          onClick={() => void check()}
          icon={<ShieldCheck size={18} aria-hidden />}
        >
          {t('credential.verify')}
        </Button>
        <Button size="large" block onClick={() => void save()} icon={<Download size={18} aria-hidden />}>
          {t('credential.file')}
        </Button>
        {failed && (
          <p role="alert" className="miss">
            {t('credential.fileFailed')}
          </p>
        )}
        <p className="sm t3">
          {t('credential.fileHint')} <code className="mono nowrap">peakseat verify-credential</code>
        </p>
      </div>
      <Proof outcomes={outcomes} running={checking} logIndex={v.log_index} />
    </>
  )
}

/** Why is when a credential was taken out of force, and the reason code that anybody may read. */
function Why({ label, at, code }: { label: string; at: string; code?: string }) {
  const t = useWords('public')
  return (
    <dl className="facts">
      <div>
        <dt className="t3">{label}</dt>
        <dd className="m">
          <When at={at} year showZone />
        </dd>
      </div>
      <div>
        <dt className="t3">{t('credential.reason')}</dt>
        <dd>
          <span className="m">{t('credential.code.' + code, { defaultValue: code })}</span> <span className="mono t3">{code}</span>
        </dd>
      </div>
    </dl>
  )
}

function Legend({ now }: { now: Verification['state'] }) {
  const t = useWords('public')
  const common = useWords()
  return (
    <section className="screen">
      <div className="sechead">
        <h2>{t('credential.states')}</h2>
      </div>
      <ul className="panel sixstates">
        {states.map((s) => (
          <li key={s} className={s === now ? 'row g8 b' : 'row g8 t2'} aria-current={s === now || undefined}>
            <Glyph {...credentialLook[s]} />
            {common('credential.' + s)}
          </li>
        ))}
      </ul>
    </section>
  )
}
