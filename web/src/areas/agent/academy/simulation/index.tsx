import { useQuery } from '@tanstack/react-query'
import { ChevronRight, MessagesSquare } from 'lucide-react'
import { Link, Navigate, useNavigate, useParams, useSearchParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { percent } from '../papers'
import { ToAcademy } from '../parts'
import { useScenarios } from '../way'
import { Score } from './score'
import { roomOf, useRun } from './run'

/** Simulation is a chat scenario: what it is and how it went before; with ?run= how that run went. */
export default function Simulation() {
  const t = useWords('learning')
  const language = useLanguage()
  const { code = '' } = useParams()
  const [search] = useSearchParams()
  const run = search.get('run')
  const scenarios = useScenarios()
  const scenario = scenarios.data?.find((s) => s.code === code)
  const name = scenario ? (language === 'zh' ? scenario.name_zh : scenario.name_en) : t('academy.simulation')
  return (
    <Page title={run ? t('sim.score') : name} trail={run ? <Link to={'/agent/academy/simulations/' + code}>{name}</Link> : <ToAcademy />}>
      <div className="column">
        {run ? (
          <Ended key={run} id={run} />
        ) : (
          <Loaded
            query={scenarios}
            skeleton={
              <Card>
                <Skeleton lines={[20, 20, 52]} />
              </Card>
            }
          >
            {() =>
              scenario ? (
                <>
                  <Door scenario={scenario} />
                  <Runs code={code} />
                </>
              ) : (
                <Card>
                  <Empty icon={MessagesSquare} title={t('academy.noScenario')} />
                </Card>
              )
            }
          </Loaded>
        )}
      </div>
    </Page>
  )
}

/** Ended is how a run went; one that still goes on has its room. */
function Ended({ id }: { id: string }) {
  const run = useRun(id)
  return (
    <Loaded
      query={run}
      skeleton={
        <Card>
          <Skeleton lines={[40, 44, 44, 44]} />
        </Card>
      }
    >
      {(r) => (r.state === 'live' ? <Navigate to={roomOf(r)} replace /> : <Score run={r} />)}
    </Loaded>
  )
}

function Door({ scenario: s }: { scenario: Schema<'Scenario'> }) {
  const t = useWords('learning')
  const language = useLanguage()
  const go = useNavigate()
  const begin = useAct(
    (_: 'begin', header) => body(api.POST('/api/v1/simulation-runs', { params: { header }, body: { scenario: s.code, language } })),
    [['runs']],
  )
  return (
    <Card lead label={t('academy.simulation')}>
      <p className="t2 pre">{language === 'zh' ? s.about_zh : s.about_en}</p>
      <dl className="pairs mt12">
        {(
          [
            ['dialogues', t('sim.customers', { count: s.dialogues })],
            ['time', t('sim.minutes', { count: Math.ceil(s.seconds / 60) })],
            ['pass', percent(s.pass)],
            ...(s.best === undefined ? [] : [['best', percent(s.best)] as const]),
          ] as const
        ).map(([k, v]) => (
          <div key={k}>
            <dt>{t('sim.fact.' + k)}</dt>
            <dd>{v}</dd>
          </div>
        ))}
      </dl>
      <p className="soft sm t2 mt12">{t('sim.how')}</p>
      {begin.error && <Failure problem={begin.error} />}
      <Button
        type="primary"
        block
        className="act mt16"
        loading={begin.isPending}
        onClick={() => begin.mutate('begin', { onSuccess: (r) => void go(roomOf(r)) })}
      >
        {t('sim.begin')}
      </Button>
    </Card>
  )
}

function Runs({ code }: { code: string }) {
  const t = useWords('learning')
  const runs = useQuery({
    queryKey: ['runs'],
    queryFn: () => body(api.GET('/api/v1/simulation-runs', { params: { query: { limit: 50 } } })),
    select: (l) => l.items,
  })
  const list = runs.data?.filter((r) => r.scenario === code) ?? []
  return (
    list.length > 0 && (
      <Card rows title={t('sim.earlier')}>
        <ul className="rows">
          {list.map((r) => (
            <li key={r.id}>
              <Link className="rowlink" to={r.ended_at ? '?run=' + r.id : roomOf(r)}>
                <span className="grow m">
                  <When at={r.started_at} />
                </span>
                {!r.ended_at ? (
                  <State tone="info">{t('sim.live')}</State>
                ) : (
                  <State tone={r.passed ? 'ok' : 'open'} shape={r.passed ? undefined : 'ring'}>
                    {percent(r.score ?? 0)}
                  </State>
                )}
                <ChevronRight size={18} color="var(--text3)" aria-hidden className="rigid" />
              </Link>
            </li>
          ))}
        </ul>
      </Card>
    )
  )
}
