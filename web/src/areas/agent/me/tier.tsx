import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Card } from '@/design/card'
import { Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Glyph, State } from '@/design/state'
import { useTarget } from '@/design/target'
import { When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { useTier } from '../queries'
import { AppealForm, AppealState } from './appeal'

const round = (n: number) => Math.round(n * 10) / 10

/** My tier: what it is made of, what moves it, how it came about, and what counts against it. */
export default function TierPage() {
  const t = useWords('agent')
  const tier = useTier()
  return (
    <Page title={t('tier.title')} trail={<Link to="/agent/me">{t('nav.me')}</Link>}>
      <div className="column">
        <Loaded
          framed
          query={tier}
          skeleton={
            <Card>
              <Skeleton lines={[42, 20, 44, 44]} />
            </Card>
          }
        >
          {(x) => (
            <>
              <Card lead label={t('tier.title')}>
                <div className="row between base">
                  <span className="b tiername">{t('tier.name.' + x.tier)}</span>
                  <span className="t2">{t('tier.score', { score: round(x.score) })}</span>
                </div>
                <div className="sm t3">
                  {t('tier.shifts', { count: x.shifts })}
                  {x.level_bonus > 0 && ' · ' + t('tier.bonus', { count: x.level_bonus })}
                </div>
                {x.next && (
                  <div className="soft mt12">
                    <p className="m">
                      {t('tier.next', { tier: t('tier.name.' + x.next.tier) })}{' '}
                      {[
                        x.next.points > 0 && t('tier.points', { n: round(x.next.points) }),
                        x.next.shifts > 0 && t('tier.moreShifts', { count: x.next.shifts }),
                      ]
                        .filter(Boolean)
                        .join(' · ')}
                    </p>
                    <ul className="col g4 t2 bullets mt4">
                      {x.next.ways.map((w) => (
                        <li key={w}>{w}</li>
                      ))}
                    </ul>
                  </div>
                )}
              </Card>
              <Card rows title={t('tier.parts')}>
                <ul className="rows">
                  {x.parts.map((p) => (
                    <li key={p.part} className="stack">
                      <div className="row between g8">
                        <span className="m">{t('tier.part.' + p.part)}</span>
                        <span className="num">
                          {round(p.points)} <span className="t3">/ {p.weight}</span>
                        </span>
                      </div>
                      <span aria-hidden className="bar-line accented mt4 mb4">
                        <i style={{ width: p.value + '%' }} />
                      </span>
                      <div className="sm t3">{t('tier.how.' + p.part)}</div>
                    </li>
                  ))}
                </ul>
              </Card>
              <Penalties />
              {x.path.length > 0 && (
                <Card rows title={t('tier.path')}>
                  <ol className="rows">
                    {x.path.map((s) => (
                      <li key={s.at + s.cause} className="start">
                        <span className="grow">
                          {s.text}
                          <span className="sm t3 line">
                            <When at={s.at} />
                          </span>
                        </span>
                        <span className="sm t2 nowrap">
                          {s.from === s.to ? t('tier.name.' + s.to) : `${t('tier.name.' + s.from)} → ${t('tier.name.' + s.to)}`}
                        </span>
                      </li>
                    ))}
                  </ol>
                </Card>
              )}
            </>
          )}
        </Loaded>
      </div>
    </Page>
  )
}

function Penalties() {
  const t = useWords('agent')
  const query = useQuery({
    queryKey: ['penalties'],
    queryFn: () => body(api.GET('/api/v1/penalties', { params: { query: { limit: 100 } } })),
    select: (l) => l.items,
  })
  return (
    <Card rows title={t('penalty.title')}>
      <Loaded
        query={query}
        skeleton={
          <div className="py16">
            <Skeleton lines={[44]} />
          </div>
        }
      >
        {(list) =>
          list.length === 0 ? (
            <p className="row g8 t2 py16">
              <Glyph tone="ok" size={16} />
              {t('penalty.none')}
            </p>
          ) : (
            <ul className="rows">
              {list.map((p) => (
                <Penalty key={p.id} penalty={p} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  )
}

function Penalty({ penalty: p }: { penalty: Schema<'Penalty'> }) {
  const t = useWords('agent')
  const language = useLanguage()
  const target = useTarget()
  const appeal = useAct(
    (said: string, header) =>
      body(api.POST('/api/v1/penalties/{id}/appeal', { params: { path: { id: p.id }, header }, body: { reason: said } })),
    [['penalties'], ['tier']],
  )
  return (
    <li {...target(p.subject_id)} className="stack" lang={language === 'zh' ? 'zh-CN' : 'en'}>
      <div className="row between g8">
        <span>
          <span className="m">
            {t(p.kind === 'late' && p.minutes === 0 ? 'penalty.kind.just_late' : 'penalty.kind.' + p.kind, { count: p.minutes })}
          </span>
          <span className="sm t3 line">
            <When at={p.happened_at} showZone />
          </span>
        </span>
        {p.appealed_at ? (
          <AppealState upheld={p.upheld} />
        ) : (
          <State tone={p.kind === 'missing' ? 'miss' : 'late'}>{t('penalty.counts')}</State>
        )}
      </div>
      {p.reason && <p className="sm t2 pre mt8">{p.reason}</p>}
      {p.decision && <p className="sm pre mt8">{p.decision}</p>}
      {!p.appealed_at && p.kind !== 'minutes_lost' && (
        <AppealForm hint={t('penalty.hint')} busy={appeal.isPending} problem={appeal.error} onSend={(reason) => appeal.mutate(reason)} />
      )}
    </li>
  )
}
