import { Link, useParams, useSearchParams } from 'react-router'
import { Problem } from '@/api/problem'
import { buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Glyph, State } from '@/design/state'
import { useClock, When } from '@/design/time'
import { useWords } from '@/words'
import { Body } from './body'
import { useMyPacks, usePack } from './queries'
import { ToAcademy } from '../agent/academy/parts'

/** Read is a shop's pack for its agents: what it says, and the way to its quiz. */
export default function Read() {
  const t = useWords('pack')
  const { id = '' } = useParams()
  const now = useClock()
  const [search] = useSearchParams()
  const query = usePack(id, Number(search.get('version') ?? 0) || 0)
  const mine = useMyPacks().data?.find((p) => p.shop_id === id)
  const due = mine?.seats.filter((s) => s.due_at).length ?? 0
  const gone = query.error instanceof Problem && query.error.status === 404
  return (
    <Page
      title={query.data ? query.data.shop_name : t('title')}
      trail={<ToAcademy />}
      note={
        query.data && (
          <span className="sm t3">
            {t('title')} · {t('version', { n: query.data.version })}
          </span>
        )
      }
    >
      <div className="column">
        {gone ? (
          <Card>
            <Failure problem={query.error} />
          </Card>
        ) : (
          <Loaded
            query={query}
            skeleton={
              <Card>
                <Skeleton lines={[24, 20, 160]} />
              </Card>
            }
          >
            {(p) => (
              <>
                {p.exam && (
                  <Card lead label={t('part.quiz')}>
                    <div className="row start g12">
                      <span className="pt4">
                        <Glyph tone={p.exam.passed ? 'ok' : 'late'} size={16} />
                      </span>
                      <div className="col g8 grow">
                        <p className="m">{t(p.exam.passed ? 'read.passed' : 'read.needed')}</p>
                        {!p.exam.passed && mine?.due_at && (
                          <p className="late">
                            {t('read.due', { count: due })} <When at={mine.due_at} showZone />
                          </p>
                        )}
                        <p className="sm t3">
                          {t('quizOf', { n: p.exam.version })} ·{' '}
                          {t('read.about', { count: p.exam.questions, minutes: p.exam.minutes, score: p.exam.pass_score / 100 + '%' })}
                        </p>
                        {!p.exam.passed && (
                          <Link
                            className={buttonClass({ type: 'primary', className: 'act' })}
                            to={'/agent/academy/papers/' + p.exam.paper_id}
                          >
                            {t('read.take')}
                          </Link>
                        )}
                      </div>
                    </div>
                  </Card>
                )}
                <Card>
                  <div className="col g12">
                    <div className="row wrap g8">
                      {p.in_force ? (
                        <State tone="ok">{t('inForce')}</State>
                      ) : Date.parse(p.in_force_at) > now ? (
                        <State tone="info">{t('read.notInForce')}</State>
                      ) : (
                        <State tone="open" shape="bar">
                          {t('read.old')}
                        </State>
                      )}
                      <span className="sm t3">
                        {t('from')} <When at={p.in_force_at} showZone />
                      </span>
                      {!p.in_force && (
                        <Link className="sm" to={'/agent/packs/' + id}>
                          {t('read.toCurrent')}
                        </Link>
                      )}
                    </div>
                    {p.note && (
                      <div>
                        <p className="sm t3">{t('read.note')}</p>
                        <p>{p.note}</p>
                      </div>
                    )}
                    <Body pack={p.body} />
                  </div>
                </Card>
                {p.versions.length > 1 && (
                  <Card rows title={t('read.versions')}>
                    <ul className="rows">
                      {p.versions
                        .filter((v) => v.version !== p.version)
                        .map((v) => (
                          <li key={v.version}>
                            <Link className="rowlink" to={`/agent/packs/${id}?version=${v.version}`}>
                              <span className="grow">
                                <span className="m line">{t('version', { n: v.version })}</span>
                                <span className="sm t3">{v.note}</span>
                              </span>
                              <span className="sm t3">
                                <When at={v.in_force_at} />
                              </span>
                            </Link>
                          </li>
                        ))}
                    </ul>
                  </Card>
                )}
              </>
            )}
          </Loaded>
        )}
      </div>
    </Page>
  )
}
