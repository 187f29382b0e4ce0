import { useQuery } from '@tanstack/react-query'
import { ChevronRight, ListChecks } from 'lucide-react'
import { Link, useNavigate, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button, buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Glyph, State } from '@/design/state'
import { useNow, When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { percent, useAttempts } from '../agent/academy/papers'
import { useHours } from '../agent/parts'
import { device } from './device'
import { Refused, useStanding } from './standing-of-paper'
import { ToAcademy } from '../agent/academy/parts'

/** The door of an exam: what it is, whether I may begin now, and how it went before. */
export default function Door() {
  const t = useWords('exam')
  const language = useLanguage()
  const { id = '' } = useParams()
  const papers = useQuery({
    queryKey: ['papers', id],
    queryFn: () => body(api.GET('/api/v1/papers/{id}/versions', { params: { path: { id } } })),
    staleTime: 60_000,
    select: (l) => l.items,
  })
  const paper = papers.data?.[0]
  const name = paper ? (language === 'zh' ? paper.name_zh : paper.name_en) : t('title')
  return (
    <Page title={name} trail={<ToAcademy />}>
      <div className="column">
        <Card lead label={name}>
          <Loaded query={papers} skeleton={<Skeleton lines={[20, 20, 52]} />}>
            {() => (paper ? <Begin paper={paper} /> : <Empty icon={ListChecks} title={t('noPaper')} />)}
          </Loaded>
        </Card>
        <Before paper={id} />
        <Card title={t('rules')}>
          <ul className="bullets col g8 t2">
            {['clock', 'saved', 'device', 'form', 'camera'].map((k) => (
              <li key={k}>{t('ruleOf.' + k)}</li>
            ))}
          </ul>
        </Card>
      </div>
    </Page>
  )
}

function Begin({ paper: p }: { paper: Schema<'PaperVersion'> }) {
  const t = useWords('exam')
  const go = useNavigate()
  const hours = useHours()
  const now = useNow()
  const standing = useStanding(p.paper_id)
  const help = useQuery({ queryKey: ['accommodations'], queryFn: () => body(api.GET('/api/v1/accommodations')), select: (l) => l.items[0] })
  const begin = useAct(
    (_: 'begin', header) =>
      body(
        api.POST('/api/v1/papers/{id}/attempts', { params: { path: { id: p.paper_id }, header: { ...header, 'Exam-Device': device() } } }),
      ),
    [['standing'], ['attempts']],
  )
  const factor = help.data?.time_factor ?? 100
  return (
    <>
      <dl className="pairs">
        {(
          [
            ['count', t('count', { count: p.blueprint.reduce((s, c) => s + c.count, 0) })],
            ['minutes', t('minutes', { count: Math.round((p.minutes * factor) / 100) })],
            ['pass', percent(p.pass_score)],
            ['attempts', t('times', { count: p.max_attempts })],
            ['coolDown', hours(p.cool_down_minutes)],
          ] as const
        ).map(([k, v]) => (
          <div key={k}>
            <dt>{t('fact.' + k)}</dt>
            <dd>{v}</dd>
          </div>
        ))}
      </dl>
      {help.data && (
        <div className="soft row start g8 mt12">
          <span className="pt4">
            <Glyph tone="info" />
          </span>
          <span>
            {[
              factor > 100 && t('help.time', { factor: factor / 100, minutes: p.minutes }),
              help.data.pause_minutes > 0 && t('help.pause', { count: help.data.pause_minutes }),
            ]
              .filter(Boolean)
              .join(' ')}
          </span>
        </div>
      )}
      <Loaded query={standing} skeleton={<Skeleton lines={[52]} />}>
        {(s) => (
          <div className="col g12 mt16">
            {s.open_attempt_id ? (
              <Link className={buttonClass({ type: 'primary', className: 'act' })} to={'/agent/exam/' + s.open_attempt_id}>
                {t('continue')}
              </Link>
            ) : s.may_start || (s.retry_at && Date.parse(s.retry_at) <= now) ? (
              <>
                <Button
                  type="primary"
                  className="act"
                  loading={begin.isPending}
                  onClick={() => begin.mutate('begin', { onSuccess: (a) => void go('/agent/exam/' + a.id) })}
                >
                  {t('begin')}
                </Button>
                <p className="sm t3">{t('attemptsLeft', { count: s.attempts_left })}</p>
              </>
            ) : (
              <Refused standing={s} />
            )}
            {begin.error && <Failure problem={begin.error} />}
          </div>
        )}
      </Loaded>
    </>
  )
}

function Before({ paper }: { paper: string }) {
  const t = useWords('exam')
  const list = useAttempts(paper).data?.filter((a) => a.state !== 'open') ?? []
  return (
    list.length > 0 && (
      <Card rows title={t('earlier')}>
        <ul className="rows">
          {list.map((a) => (
            <li key={a.id}>
              <Link className="rowlink" to={'/agent/exam/' + a.id}>
                <span className="grow">
                  <span className="m line">
                    {t('time', { n: a.number })}
                    {a.score !== undefined && ' · ' + percent(a.score)}
                  </span>
                  <span className="sm t3">
                    <When at={a.started_at} />
                  </span>
                </span>
                {a.state === 'submitted' ? (
                  <State tone="info">{t('inGrading')}</State>
                ) : a.passed ? (
                  <State tone="ok">{t('pass')}</State>
                ) : (
                  <State tone="open" shape="ring">
                    {t('fail')}
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
