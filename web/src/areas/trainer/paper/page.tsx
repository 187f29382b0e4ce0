import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Loaded, Skeleton } from '@/design/feedback'
import { Page, Section } from '@/design/page'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { useBanks } from '../topics'
import { Check } from './check'
import { unitOf } from './cool-down'
import { Edit } from './edit'
import { Preview } from './preview'
import { NextVersion, Publish } from './publish'
import type { Version } from './terms'

/** A paper: its versions, the blueprint of one, what the banks lack for it, and the form that a seed stands for. Published versions never change. */
export default function Paper() {
  const t = useWords('trainer')
  const zh = useLanguage() === 'zh'
  const { id = '' } = useParams()
  const fresh = id === 'new'
  const [chosen, choose] = useState<number>()
  const [editing, edit] = useState(false)
  const versions = useQuery({
    queryKey: ['papers', id],
    enabled: !fresh,
    queryFn: () => body(api.GET('/api/v1/papers/{id}/versions', { params: { path: { id } } })),
  })
  const trail = <Link to="/trainer/papers">{t('papers.title')}</Link>
  if (fresh)
    return (
      <Page title={t('papers.add')} trail={trail}>
        <Section>
          <Edit onDone={() => undefined} />
        </Section>
      </Page>
    )
  return (
    <Loaded
      query={versions}
      framed
      skeleton={
        <div className="sec">
          <Skeleton lines={[28, 20, 200]} />
        </div>
      }
    >
      {({ items }) => {
        const version = items.find((v) => v.version === chosen) ?? items[0]
        if (!version) return null
        const draft = version.state === 'draft'
        return (
          <Page
            title={zh ? version.name_zh : version.name_en}
            trail={trail}
            note={
              <State tone={draft ? 'open' : 'ok'} shape={draft ? 'bar' : undefined}>
                {t('papers.is.' + version.state)}
              </State>
            }
            actions={
              <>
                <Select<number>
                  aria-label={t('papers.version')}
                  value={version.version}
                  onChange={(v) => {
                    choose(v)
                    edit(false)
                  }}
                  options={items.map((v) => ({ value: v.version, label: `v${v.version}` }))}
                />
                {draft ? (
                  !editing && <Button onClick={() => edit(true)}>{t('papers.edit')}</Button>
                ) : (
                  <>
                    <Link to={`/trainer/items?paper=${version.paper_id}&v=${version.version}`} className="btn">
                      {t('items.title')}
                    </Link>
                    <NextVersion
                      version={version}
                      onMade={(v) => {
                        choose(v)
                        edit(true)
                      }}
                    />
                  </>
                )}
                {draft && !editing && <Publish version={version} />}
              </>
            }
          >
            {editing && draft ? (
              <Section>
                <Edit key={version.id} version={version} onDone={() => edit(false)} />
              </Section>
            ) : (
              <Show version={version} />
            )}
          </Page>
        )
      }}
    </Loaded>
  )
}

function Show({ version: v }: { version: Version }) {
  const t = useWords('trainer')
  const coolDown = (minutes: number) => {
    const unit = unitOf(minutes)
    return minutes === 0 ? t('papers.noCoolDown') : t('papers.span.' + unit.name, { count: minutes / unit.minutes })
  }
  const fact = (label: string, value: React.ReactNode) => (
    <div>
      <dt className="t3 sm">{label}</dt>
      <dd className="m">{value}</dd>
    </div>
  )
  return (
    <>
      <Section>
        <dl className="facts">
          {fact(t('papers.banks'), <BankNames ids={v.bank_ids} />)}
          {fact(t('papers.minutes'), t('papers.nMinutes', { count: v.minutes }))}
          {fact(t('papers.pass'), `${v.pass_score / 100}%`)}
          {fact(t('papers.attempts'), t('papers.nAttempts', { count: v.max_attempts }))}
          {fact(t('papers.coolDown'), coolDown(v.cool_down_minutes))}
          {fact(t('papers.overlap'), `${v.max_overlap}%`)}
          {v.published_at && fact(t('papers.publishedAt'), <When at={v.published_at} />)}
        </dl>
      </Section>
      <Section title={t('papers.blueprint')} note={t('papers.blueprintNote')}>
        <Check version={v} />
      </Section>
      <Section title={t('papers.preview')} note={t('papers.previewNote')}>
        <Preview version={v} />
      </Section>
    </>
  )
}

/** BankNames are the banks that a version draws from, each a way to its questions. */
function BankNames({ ids }: { ids: string[] }) {
  const banks = useBanks()
  return (
    <span className="row wrap g8">
      {ids.map((id) => (
        <Link key={id} to={'/trainer/banks/' + id}>
          {banks.data?.items.find((b) => b.id === id)?.name ?? '…'}
        </Link>
      ))}
    </span>
  )
}
