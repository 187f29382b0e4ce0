import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Link, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button, buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Progress } from '@/design/progress'
import { useLanguage, useWords } from '@/words'
import { answered, AnswerForm, Shown } from '../../exam/answer-form'
import type { Answer } from '../../exam/queue'
import '../../exam/exam.css'
import { useTests } from './placement'
import { useNext } from './way'

type Placement = Schema<'Placement'>

/** One placement: the question that is asked now, or what came of it. */
export default function PlacementRoom() {
  const t = useWords('learning')
  const language = useLanguage()
  const { id = '' } = useParams()
  const queries = useQueryClient()
  const tests = useTests()
  const query = useQuery({
    queryKey: ['placement', id],
    queryFn: () => body(api.GET('/api/v1/placements/{id}', { params: { path: { id } } })),
    staleTime: Infinity,
  })
  const test = tests.data?.find((x) => x.id === query.data?.test_id)
  const put = (p: Placement) => {
    queries.setQueryData(['placement', id], p)
    if (p.state === 'finished') void queries.invalidateQueries({ queryKey: ['placements'] })
  }
  return (
    <Page
      title={test ? (language === 'zh' ? test.name_zh : test.name_en) : t('place.title')}
      trail={<Link to="/agent/academy/placement">{t('place.title')}</Link>}
    >
      <div className="column">
        <Loaded
          query={query}
          skeleton={
            <Card>
              <Skeleton lines={[20, 28, 56, 56, 56]} />
            </Card>
          }
        >
          {(p) =>
            p.state === 'finished' || !p.question ? (
              <Came placement={p} />
            ) : (
              <Asked key={p.question.position} placement={p} test={test} onNext={put} />
            )
          }
        </Loaded>
      </div>
    </Page>
  )
}

function Asked({ placement: p, test, onNext }: { placement: Placement; test?: Schema<'PlacementTest'>; onNext: (p: Placement) => void }) {
  const t = useWords('learning')
  const queries = useQueryClient()
  const [said, setSaid] = useState<Answer>()
  const [needed, setNeeded] = useState(false)
  const heading = useRef<HTMLDivElement>(null)
  const q = p.question!
  useEffect(() => {
    if (q.position > 1) heading.current?.focus()
  }, [q.position])
  const send = useAct((answer: Answer, header) =>
    body(api.POST('/api/v1/placements/{id}/answers', { params: { path: { id: p.id }, header }, body: { position: q.position, answer } })),
  )
  const submit = () => {
    if (!answered(said)) {
      setNeeded(true)
      return
    }
    send.mutate(said!, {
      onSuccess: onNext,
      onError: (e) => {
        if (e.code === 'placement_moved_on' || e.code === 'placement_finished')
          void queries.invalidateQueries({ queryKey: ['placement', p.id] })
      },
    })
  }
  // How far the error has come from 1 to where the test stops: what is left to know.
  const known = test ? Math.min(1, Math.max(0, (1 - p.se) / (1 - test.target_se))) : 0
  return (
    <Card lead label={t('place.at', { n: q.position })}>
      <div className="row between g8">
        <span className="m">{t('place.at', { n: q.position })}</span>
        {test && <span className="sm t3">{t('place.atMost', { of: test.max_items })}</span>}
      </div>
      {test && (
        <div className="col g8 mt8 mb16">
          <Progress label={t('place.precise')} value={Math.round(known * 100)} of={100} />
          <p className="sm t3">{t('place.preciseHint')}</p>
        </div>
      )}
      <div ref={heading} tabIndex={-1} id="question" className="examquestion">
        <span className="hidden">{t('place.at', { n: q.position })} </span>
        <Shown text={q.question.text} />
      </div>
      <AnswerForm
        question={q.question}
        answer={said}
        onAnswer={(a) => {
          setSaid(a)
          setNeeded(false)
        }}
        labelledBy="question"
      />
      <div role="alert">{needed && <p className="miss mt12">{t('place.needed')}</p>}</div>
      {send.error && <Failure problem={send.error} kept />}
      <Button type="primary" block className="act mt20" loading={send.isPending} onClick={submit}>
        {t('place.submit')}
      </Button>
      <p className="sm t3 mt12">{t('place.skipHint')}</p>
    </Card>
  )
}

// A step of difficulty is a standard deviation of ability, and difficulty 3 is the middle of all people.
const onLadder = (ability: number) => Math.min(5, Math.max(1, 3 + ability))
/** placed is where on the ladder from 1 to 5 one stands, and between which levels with a certainty of 95 %. */
const placed = (p: Placement) => ({
  at: onLadder(p.ability),
  from: onLadder(p.ability - 1.96 * p.se),
  to: onLadder(p.ability + 1.96 * p.se),
})

/** Came is a level with how sure it is, what it means, and where to go on. */
function Came({ placement: p }: { placement: Placement }) {
  const t = useWords('learning')
  const next = useNext()
  const head = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    head.current?.focus()
  }, [])
  const { at, from, to } = placed(p)
  const said = (x: number) => x.toFixed(1)
  return (
    <>
      <Card lead label={t('place.title')}>
        <h2 ref={head} tabIndex={-1} className="xl quietfocus">
          {t('place.result', { level: p.level })}
        </h2>
        <p className="t2 mt4">{t('place.means.' + p.level)}</p>
        <Ladder placement={p} label={t('place.scale', { at: said(at), from: said(from), to: said(to) })} />
        <p className="mt12">
          {t('place.how', { level: p.level })} {t('place.range', { from: said(from), to: said(to) })}
        </p>
        <p className="sm t3 mt8">
          {t('place.n', { count: p.answered })} · {t('place.error', { se: p.se.toFixed(2) })}
          {p.stopped_by && ' · ' + t('place.stopped.' + p.stopped_by)}
        </p>
      </Card>
      {next?.to && (
        <Card title={t('place.next')}>
          <Link className="rowlink" to={next.to}>
            <span className="grow m">{t(next.kind === 'course' ? 'place.toCourse' : 'place.toStep', { name: next.name })}</span>
            <span className={buttonClass()}>{t('place.go')}</span>
          </Link>
        </Card>
      )}
    </>
  )
}

function Ladder({ placement: p, label }: { placement: Placement; label: string }) {
  const { at, from, to } = placed(p)
  const x = (level: number) => 4 + ((level - 1) / 4) * 92 + '%'
  return (
    <svg className="ladder mt16" width="100%" height="48" role="img" aria-label={label}>
      <line className="rail" x1={x(1)} x2={x(5)} y1="14" y2="14" />
      <line className="range" x1={x(from)} x2={x(to)} y1="14" y2="14" />
      <circle className="dot" cx={x(at)} cy="14" r="8" />
      {[1, 2, 3, 4, 5].map((n) => (
        <text key={n} className={n === p.level ? 'n on' : 'n'} x={x(n)} y="42" textAnchor="middle">
          {n}
        </text>
      ))}
    </svg>
  )
}
