import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Gauge } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button, buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { answered, AnswerForm, Shown } from '../../exam/answer-form'
import type { Answer } from '../../exam/queue'
import '../../exam/exam.css'
import { useNext } from './way'
import { ToAcademy } from './parts'

type Placement = Schema<'Placement'>

export const useTests = () =>
  useQuery({
    queryKey: ['placement-tests'],
    queryFn: () => body(api.GET('/api/v1/placement-tests', { params: { query: { limit: 100 } } })),
    staleTime: 60_000,
    select: (l) => l.items,
  })
export const usePlacements = () =>
  useQuery({
    queryKey: ['placements'],
    queryFn: () => body(api.GET('/api/v1/placements', { params: { query: { limit: 100 } } })),
    select: (l) => l.items,
  })

/** Placement tests, and where they put me before. */
export default function Placements() {
  const t = useWords('learning')
  const language = useLanguage()
  const tests = useTests(),
    mine = usePlacements()
  const nameOf = (id: string) => {
    const x = tests.data?.find((y) => y.id === id)
    return x ? (language === 'zh' ? x.name_zh : x.name_en) : t('place.title')
  }
  const past = mine.data?.filter((p) => p.state === 'finished') ?? []
  return (
    <Page title={t('place.title')} trail={<ToAcademy />}>
      <div className="column">
        <Card bare>
          <p className="t2">{t('place.lead')}</p>
        </Card>
        <Loaded
          query={tests}
          skeleton={
            <Card>
              <Skeleton lines={[24, 20, 52]} />
            </Card>
          }
        >
          {(list) =>
            list.length === 0 ? (
              <Card>
                <Empty icon={Gauge} title={t('place.none')} hint={t('place.noneHint')} />
              </Card>
            ) : (
              list.map((x) => <Test key={x.id} test={x} name={nameOf(x.id)} mine={mine.data?.filter((p) => p.test_id === x.id) ?? []} />)
            )
          }
        </Loaded>
        {past.length > 0 && (
          <Card rows title={t('place.past')}>
            <ul className="rows">
              {past.map((p) => (
                <li key={p.id}>
                  <Link className="rowlink" to={p.id}>
                    <span className="grow">
                      <span className="m line">{nameOf(p.test_id)}</span>
                      <span className="sm t3">
                        <When at={p.finished_at ?? p.started_at} /> · {t('place.n', { count: p.answered })}
                      </span>
                    </span>
                    <State tone="info" shape="diamond">
                      {t('place.level', { level: p.level })}
                    </State>
                  </Link>
                </li>
              ))}
            </ul>
          </Card>
        )}
      </div>
    </Page>
  )
}

function Test({ test: x, name, mine }: { test: Schema<'PlacementTest'>; name: string; mine: Placement[] }) {
  const t = useWords('learning')
  const go = useNavigate()
  const open = mine.find((p) => p.state === 'open'),
    last = mine.find((p) => p.state === 'finished')
  const begin = useAct(
    (_: 'begin', header) => body(api.POST('/api/v1/placement-tests/{id}/placements', { params: { path: { id: x.id }, header } })),
    [['placements']],
  )
  return (
    <Card lead label={name}>
      <div className="row between start g12">
        <div className="grow">
          <div className="lg b break">{name}</div>
          <div className="sm t3">{t('place.upTo', { min: x.min_items, max: x.max_items })}</div>
        </div>
        {last && (
          <State tone="info" shape="diamond">
            {t('place.last', { level: last.level })}
          </State>
        )}
      </div>
      {begin.error && <Failure problem={begin.error} />}
      <Button
        type="primary"
        block
        className="act"
        style={{ marginTop: 16 }}
        loading={begin.isPending}
        onClick={() => (open ? void go(open.id) : begin.mutate('begin', { onSuccess: (p) => void go(p.id) }))}
      >
        {t(open ? 'place.go' : last ? 'place.again' : 'place.begin')}
      </Button>
    </Card>
  )
}

/** One placement: the question that is asked now, or what came of it. */
export function PlacementRoom() {
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
        <div style={{ margin: '10px 0 20px' }}>
          <div
            role="progressbar"
            aria-label={t('place.precise')}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(known * 100)}
            style={{ height: 6, borderRadius: 3, background: 'var(--sunken)', overflow: 'hidden' }}
          >
            <i style={{ display: 'block', height: 6, background: 'var(--accent)', width: known * 100 + '%' }} />
          </div>
          <p className="sm t3" style={{ marginTop: 6 }}>
            {t('place.preciseHint', { target: test.target_se.toFixed(2), se: p.se.toFixed(2) })}
          </p>
        </div>
      )}
      <div ref={heading} tabIndex={-1} id="question" className="examquestion" style={{ outline: 'none' }}>
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
      <Button type="primary" block className="act" style={{ marginTop: 20 }} loading={send.isPending} onClick={submit}>
        {t('place.submit')}
      </Button>
      <p className="sm t3 mt12">{t('place.skipHint')}</p>
    </Card>
  )
}

// A step of difficulty is a standard deviation of ability, and difficulty 3 is the middle of all people.
const onLadder = (ability: number) => Math.min(5, Math.max(1, 3 + ability))

/** Came is a level with how sure it is, what it means, and where to go on. */
function Came({ placement: p }: { placement: Placement }) {
  const t = useWords('learning')
  const next = useNext()
  const head = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    head.current?.focus()
  }, [])
  const [at, from, to] = [onLadder(p.ability), onLadder(p.ability - 1.96 * p.se), onLadder(p.ability + 1.96 * p.se)]
  const left = (x: number) => ((x - 1) / 4) * 100 + '%'
  const said = (x: number) => x.toFixed(1)
  return (
    <>
      <Card lead label={t('place.title')}>
        <h2 ref={head} tabIndex={-1} className="xl" style={{ outline: 'none' }}>
          {t('place.result', { level: p.level })}
        </h2>
        <p className="t2 mt4">{t('place.means.' + p.level)}</p>
        <div className="ladder mt20" role="img" aria-label={t('place.scale', { at: said(at), from: said(from), to: said(to) })}>
          <span className="rail" />
          <span className="band" style={{ left: left(from), width: ((to - from) / 4) * 100 + '%' }} />
          <span className="dot" style={{ left: left(at) }} />
          {[1, 2, 3, 4, 5].map((n) => (
            <span key={n} className={n === p.level ? 'n on' : 'n'} style={{ left: left(n) }}>
              {n}
            </span>
          ))}
        </div>
        <p style={{ marginTop: 28 }}>
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
