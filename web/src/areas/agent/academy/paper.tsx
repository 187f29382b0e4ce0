import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { Link, useNavigate, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { Button, buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Glyph, State } from '@/design/state'
import { Countdown, useNow, When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { device } from '../exam/device'
import { useHours } from '../parts'
import { percent } from './papers'

/** Paper is the door of an exam: what it is, whether I may begin now, and how it went before. */
export default function Paper() {
  const t = useWords('agent')
  const language = useLanguage()
  const { id = '' } = useParams()
  const hours = useHours()
  const papers = useQuery({
    queryKey: ['papers', id],
    queryFn: () => body(api.GET('/api/v1/papers/{id}/versions', { params: { path: { id } } })),
    staleTime: 60_000,
    select: (l) => l.items,
  })
  const paper = papers.data?.[0]
  const name = paper ? (language === 'zh' ? paper.name_zh : paper.name_en) : t('exam.title')
  return (
    <Page title={name} trail={<Link to="/agent/academy">{t('nav.academy')}</Link>}>
      <div className="column">
        <Card lead label={name}>
          <Loaded query={papers} skeleton={<Skeleton lines={[20, 20, 52]} />}>
            {() =>
              paper && (
                <>
                  <dl className="col g8">
                    {(
                      [
                        ['count', t('exam.count', { count: paper.blueprint.reduce((s, c) => s + c.count, 0) })],
                        ['minutes', t('exam.minutes', { count: paper.minutes })],
                        ['pass', percent(paper.pass_score)],
                        ['attempts', t('exam.times', { count: paper.max_attempts })],
                        ['coolDown', hours(paper.cool_down_minutes)],
                      ] as const
                    ).map(([k, v]) => (
                      <div key={k} className="row between">
                        <dt className="t2">{t('exam.fact.' + k)}</dt>
                        <dd className="num">{v}</dd>
                      </div>
                    ))}
                  </dl>
                  <Begin paper={id} />
                </>
              )
            }
          </Loaded>
        </Card>
        <Before paper={id} />
        <Card title={t('exam.rules')}>
          <ul className="col g8 t2" style={{ listStyle: 'disc', paddingLeft: 18 }}>
            {['clock', 'saved', 'device', 'form', 'camera'].map((k) => (
              <li key={k}>{t('exam.ruleOf.' + k)}</li>
            ))}
          </ul>
        </Card>
      </div>
    </Page>
  )
}

function Begin({ paper }: { paper: string }) {
  const t = useWords('agent')
  const language = useLanguage()
  const go = useNavigate()
  const now = useNow()
  const standing = useQuery({
    queryKey: ['standing', paper, language],
    queryFn: () => body(api.GET('/api/v1/papers/{id}/standing', { params: { path: { id: paper } } })),
  })
  const help = useQuery({ queryKey: ['accommodations'], queryFn: () => body(api.GET('/api/v1/accommodations')), select: (l) => l.items[0] })
  const begin = useAct(
    (_: 'begin', header) =>
      body(api.POST('/api/v1/papers/{id}/attempts', { params: { path: { id: paper }, header: { ...header, 'Exam-Device': device() } } })),
    [['standing'], ['attempts']],
  )
  return (
    <Loaded query={standing} skeleton={<Skeleton lines={[52]} />}>
      {(s) => (
        <div className="col g12 mt16">
          {help.data && (
            <div className="soft row start g8">
              <span className="pt4">
                <Glyph tone="info" />
              </span>
              <span>{t('exam.help', { factor: help.data.time_factor / 100, minutes: help.data.pause_minutes })}</span>
            </div>
          )}
          {s.open_attempt_id ? (
            <Link className={buttonClass({ type: 'primary', className: 'act' })} to={'/agent/exam/' + s.open_attempt_id}>
              {t('exam.continue')}
            </Link>
          ) : s.may_start || (s.retry_at && Date.parse(s.retry_at) <= now) ? (
            <Button
              type="primary"
              className="act"
              loading={begin.isPending}
              onClick={() => begin.mutate('begin', { onSuccess: (a) => void go('/agent/exam/' + a.id) })}
            >
              {t('exam.begin')}
            </Button>
          ) : (
            <div className="soft">
              <div className="row start g8">
                <span className="pt4">
                  <Glyph tone="late" shape="clock" />
                </span>
                <div>
                  <p className="m">{s.reason}</p>
                  {s.retry_at && (
                    <p className="sm t2">
                      {t('exam.from')} <When at={s.retry_at} showZone /> · <Countdown until={s.retry_at} />
                    </p>
                  )}
                </div>
              </div>
            </div>
          )}
          <p className="sm t3">{t('exam.attemptsLeft', { count: s.attempts_left })}</p>
          {begin.error && <Failure problem={begin.error} />}
        </div>
      )}
    </Loaded>
  )
}

function Before({ paper }: { paper: string }) {
  const t = useWords('agent')
  const attempts = useQuery({
    queryKey: ['attempts', paper],
    queryFn: () => body(api.GET('/api/v1/attempts', { params: { query: { paper_id: paper, limit: 20 } } })),
    select: (l) => l.items,
  })
  const list = attempts.data?.filter((a) => a.state !== 'open') ?? []
  return (
    list.length > 0 && (
      <Card rows title={t('exam.earlier')}>
        <ul className="rows">
          {list.map((a) => (
            <li key={a.id}>
              <Link className="rowlink" to={'/agent/exam/' + a.id}>
                <span className="grow">
                  <span className="m line">
                    {t('exam.nth', { n: a.number })}
                    {a.score !== undefined && ' · ' + percent(a.score)}
                  </span>
                  <span className="sm t3">
                    <When at={a.started_at} />
                  </span>
                </span>
                {a.state === 'submitted' ? (
                  <State tone="info">{t('exam.inGrading')}</State>
                ) : a.passed ? (
                  <State tone="ok">{t('exam.pass')}</State>
                ) : (
                  <State tone="open" shape="ring">
                    {t('exam.fail')}
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
