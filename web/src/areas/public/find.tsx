import { FileSearch } from 'lucide-react'
import { useId, useRef, useState, type ChangeEvent, type FormEvent } from 'react'
import { Link, useNavigate } from 'react-router'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Page, Section } from '@/design/page'
import { useWords } from '@/words'
import { checkCredential, claimedId, type Outcome } from './credential-checks'
import { Proof } from './proof'

/** Find is for who has a credential's number or its file, and not its QR code. */
export default function Find() {
  const t = useWords('public')
  return (
    <div className="narrow">
      <div className="panel">
        <Page title={t('credential.title')}>
          <Section title={t('find.number')} note={t('find.numberHint')}>
            <ByNumber />
          </Section>
          <Section title={t('find.file')}>
            <p className="t2 mb12">{t('find.fileHint')}</p>
            <ByFile />
          </Section>
        </Page>
      </div>
    </div>
  )
}

/** ByNumber opens the page of a credential whose number, or whose whole address, is typed. */
export function ByNumber() {
  const t = useWords('public')
  const go = useNavigate()
  const field = useId()
  const [wrong, setWrong] = useState(false)
  const open = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const said = (new FormData(e.currentTarget).get('number') as string).trim()
    const id = /([\w-]{22})\/?$/.exec(said)?.[1]
    setWrong(!id)
    if (id) void go('/credentials/' + id)
  }
  return (
    <form className="col g8" onSubmit={open}>
      <div className="row g8">
        <label className="field grow">
          <span className="hidden">{t('credential.id')}</span>
          <input
            name="number"
            className="mono"
            autoComplete="off"
            spellCheck={false}
            required
            aria-describedby={wrong ? field : undefined}
          />
        </label>
        <Button htmlType="submit">{t('find.open')}</Button>
      </div>
      {wrong && (
        <p id={field} role="alert" className="sm miss">
          {t('find.wrong')}
        </p>
      )}
    </form>
  )
}

interface Found {
  outcomes: Outcome[]
  running: boolean
  id?: string
  logIndex?: number
}

/** ByFile checks a credential's offline file, or the bare JWT, as it is: forged or altered, it fails here. */
function ByFile() {
  const t = useWords('public')
  const input = useRef<HTMLInputElement>(null)
  const [found, setFound] = useState<Found>()
  const check = async (e: ChangeEvent<HTMLInputElement>) => {
    const file = e.target.files?.[0]
    e.target.value = '' // the same file may be chosen again
    if (!file) return
    setFound({ outcomes: [], running: true })
    const jwt = credentialIn(await file.text())
    const id = claimedId(jwt)
    const issued = id
      ? await body(api.GET('/api/v1/verifications/{public_id}', { params: { path: { public_id: id } } })).catch(() => undefined)
      : undefined
    const of = { id: issued?.jwt === jwt ? id : undefined, logIndex: issued?.log_index }
    await checkCredential(jwt, issued?.log_index, (outcomes) => setFound({ ...of, outcomes, running: true }))
    setFound((f) => f && { ...f, running: false })
  }
  const failed = found && !found.running && found.outcomes.some((o) => !o.passed)
  return (
    <div className="col g16">
      <div>
        <input
          ref={input}
          type="file"
          accept=".json,.jwt,.txt,application/json"
          className="hidden"
          tabIndex={-1}
          aria-label={t('find.choose')}
          onChange={(e) => void check(e)}
        />
        <Button onClick={() => input.current?.click()} icon={<FileSearch size={16} aria-hidden />}>
          {t('find.choose')}
        </Button>
      </div>
      {found && <Proof {...found} />}
      {failed && (
        <p role="alert" className="miss m">
          {t('find.refused')}
        </p>
      )}
      {found?.id && !found.running && <Link to={'/credentials/' + found.id}>{t('find.page')}</Link>}
    </div>
  )
}

/** credentialIn is the JWT of an offline file, or the text itself. */
function credentialIn(text: string) {
  try {
    const { credential } = JSON.parse(text) as { credential?: unknown }
    if (typeof credential === 'string') return credential
  } catch {
    // no JSON: it may be the JWT alone
  }
  return text.trim()
}
