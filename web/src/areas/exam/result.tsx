import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { buttonClass } from '@/design/button'
import { Loaded, Skeleton } from '@/design/feedback'
import { Progress } from '@/design/progress'
import { Glyph } from '@/design/state'
import { When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { percent, usePapers } from '../agent/academy/papers'
import { usePlay } from '../agent/academy/play'
import { useNext } from '../agent/academy/way'
import { Refused, useStanding } from './standing-of-paper'

type Attempt = Schema<'Attempt'>
type Review = Schema<'AttemptReview'>

/** Result is how an attempt went, by topic; neither questions nor keys. Then what comes next: the step after it, or when to try again. */
export function Result({ attempt: a }: { attempt: Attempt }) {
  const t = useWords('exam')
  const language = useLanguage()
  const paper = usePapers().data?.find((p) => p.paper_id === a.paper_id)
  const is = a.state === 'submitted' ? 'handedIn' : a.passed ? 'passed' : 'failed'
  return (
    <main className="exambody result col g16">
      <header className="col g4">
        {paper && <p className="t3">{language === 'zh' ? paper.name_zh : paper.name_en}</p>}
        <h1 className="row g12">
          <Glyph tone={a.passed ? 'ok' : is === 'handedIn' ? 'info' : 'late'} size={24} />
          {t(is)}
        </h1>
        <p className="t2">{t('hint.' + is)}</p>
      </header>
      {a.state === 'graded' && <Marks attempt={a} code={paper?.code} />}
      <Next attempt={a} />
      {a.closed_at && (
        <p className="sm t3">
          {t(a.closed_by === 'time' ? 'byTime' : 'byMe')} <When at={a.closed_at} seconds showZone />
        </p>
      )}
    </main>
  )
}

function Marks({ attempt: a, code }: { attempt: Attempt; code?: string }) {
  const t = useWords('exam')
  const review = useQuery({
    queryKey: ['review', a.id],
    queryFn: () => body(api.GET('/api/v1/attempts/{id}/review', { params: { path: { id: a.id } } })),
  })
  const play = usePlay()
  const won = play.data?.events.find((e) => e.kind === 'paper' && e.ref === code && e.points > 0)
  return (
    <section className="panel p20" aria-label={t('score')}>
      <Loaded query={review} skeleton={<Skeleton lines={[40, 44, 44]} />}>
        {(r) => (
          <>
            <div className="row wrap base between g8">
              <span className="figure">{percent(r.score)}</span>
              <span className="t2 num">
                {r.passed
                  ? t('need', { score: percent(r.pass_score) })
                  : t('short', { points: percent(r.pass_score - r.score), score: percent(r.pass_score) })}
              </span>
            </div>
            {r.passed && won && (
              <p className="row g8 ok m">
                <Glyph tone="ok" />
                {t('won', { points: won.points })}
              </p>
            )}
            <Topics review={r} />
          </>
        )}
      </Loaded>
    </section>
  )
}

/** Topics are the parts of the score; after a failure the weakest comes first. */
function Topics({ review: r }: { review: Review }) {
  const t = useWords('exam')
  const language = useLanguage()
  const list = r.passed ? r.topics : [...r.topics].sort((x, y) => x.score - y.score)
  return (
    <ul className="rows mt12">
      {list.map((x) => (
        <li key={x.topic} className="stack col g8">
          <div className="row start between g12">
            <span className="m break">{(language === 'en' && x.topic_en) || x.topic || t('anyTopic')}</span>
            <span className="num b">{percent(x.score)}</span>
          </div>
          <Progress value={x.score} of={10_000} tone={x.score >= r.pass_score ? 'ok' : 'late'} />
          <div className="sm t3">
            {(['right', 'partly', 'wrong', 'unanswered'] as const)
              .filter((k) => x[k] > 0)
              .map((k) => t('topic.' + k, { n: x[k] }))
              .join(language === 'zh' ? '，' : ', ')}
          </div>
        </li>
      ))}
    </ul>
  )
}

function Next({ attempt: a }: { attempt: Attempt }) {
  const t = useWords('exam')
  const next = useNext()
  const standing = useStanding(a.paper_id, a.state === 'graded' && !a.passed)
  const toAcademy = (primary: boolean) => (
    <Link className={buttonClass({ type: primary ? 'primary' : undefined, className: 'act' })} to="/agent/academy">
      {t('toAcademy')}
    </Link>
  )
  if (a.state === 'graded' && a.passed && next?.to)
    return (
      <>
        <Link className={buttonClass({ type: 'primary', className: 'act' })} to={next.to}>
          <span className="trunc">{t('then', { step: next.name })}</span>
        </Link>
        {toAcademy(false)}
      </>
    )
  if (standing.data?.may_start)
    return (
      <>
        <Link className={buttonClass({ type: 'primary', className: 'act' })} to={'/agent/academy/papers/' + a.paper_id}>
          {t('tryAgain')}
        </Link>
        {toAcademy(false)}
      </>
    )
  return (
    <>
      {standing.data && <Refused standing={standing.data} />}
      {toAcademy(true)}
    </>
  )
}
