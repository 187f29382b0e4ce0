import { useQuery, useQueryClient } from '@tanstack/react-query'
import { AArrowUp, Bookmark, ChevronLeft, ChevronRight, Clock3, CloudCheck, CloudOff, CloudUpload, Pause, X } from 'lucide-react'
import { useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import type { Problem } from '@/api/problem'
import { Button } from '@/design/button'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Sheet } from '@/design/sheet'
import { Glyph, State } from '@/design/state'
import { clockTime } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { usePapers } from '../academy/papers'
import { answered, AnswerForm, Shown } from './answer-form'
import { device } from './device'
import { AnswerQueue, forgetAttempt, type Answer, type SaveState } from './queue'
import { Result } from './result'
import './exam.css'

type Attempt = Schema<'Attempt'>
const header = () => ({ 'Exam-Device': device() })

/** The exam room: nothing but the exam. The server's clock counts, and every answer is kept here until the server has it. */
export default function Exam() {
  const t = useWords('agent')
  const { id = '' } = useParams()
  const queries = useQueryClient()
  const params = { path: { id }, header: header() }
  const query = useQuery({
    queryKey: ['attempt', id],
    queryFn: () => body(api.GET('/api/v1/attempts/{id}', { params })),
    staleTime: Infinity,
    refetchOnWindowFocus: 'always',
  })
  const put = (a: Attempt) => queries.setQueryData(['attempt', id], a)
  const takeOver = useAct((_: 'here') => body(api.POST('/api/v1/attempts/{id}/takeover', { params })))
  useEffect(() => {
    document.title = `${t('exam.title')} · PeakSeat`
  }, [t])
  return (
    <div className="exam">
      <Loaded
        query={query}
        skeleton={
          <div className="p20">
            <Skeleton lines={[56, 28, 56, 56, 56, 56]} />
          </div>
        }
      >
        {(a) =>
          a.state !== 'open' ? (
            <Closed attempt={a} />
          ) : !a.this_device ? (
            <Standing title={t('exam.elsewhere')}>
              <p className="t2">{t('exam.elsewhereHint')}</p>
              {takeOver.error && <Failure problem={takeOver.error} />}
              <Button
                type="primary"
                className="act"
                loading={takeOver.isPending}
                onClick={() => takeOver.mutate('here', { onSuccess: put })}
              >
                {t('exam.takeOver')}
              </Button>
              <Link to="/agent/academy">{t('exam.toAcademy')}</Link>
            </Standing>
          ) : (
            <Room key={a.id} attempt={a} onAttempt={put} />
          )
        }
      </Loaded>
    </div>
  )
}

const Standing = ({ title, children }: { title: string; children: ReactNode }) => (
  <main className="exambody col g16" style={{ paddingTop: 48 }}>
    <h1>{title}</h1>
    {children}
  </main>
)

function Closed({ attempt }: { attempt: Attempt }) {
  useEffect(() => forgetAttempt(localStorage, attempt.id), [attempt.id])
  return (
    <main className="exambody pt24">
      <Result attempt={attempt} />
    </main>
  )
}

/** useRemaining counts down what the server said was left, by a clock that nobody can set. */
function useRemaining(seconds: number, told: number, paused: boolean) {
  const [at, setAt] = useState(() => performance.now())
  const since = useRef({ seconds, told, at })
  if (since.current.told !== told) since.current = { seconds, told, at: performance.now() }
  useEffect(() => {
    const timer = setInterval(() => setAt(performance.now()), 500)
    return () => clearInterval(timer)
  }, [])
  return paused ? seconds : Math.max(0, Math.ceil(since.current.seconds - (Math.max(at, since.current.at) - since.current.at) / 1000))
}

function Room({ attempt: a, onAttempt }: { attempt: Attempt; onAttempt: (a: Attempt) => void }) {
  const t = useWords('agent')
  const language = useLanguage()
  const go = useNavigate()
  const queries = useQueryClient()
  const [told, setTold] = useState({ seconds: a.remaining_seconds, n: 0 })
  const [questions, setQuestions] = useState(a.questions ?? [])
  if (a.questions && questions.length === 0) setQuestions(a.questions) // it was paused when it was opened
  const [queue] = useState(
    () =>
      new AnswerQueue(a.id, a.questions ?? [], {
        send: (position, seq, answer) =>
          body(
            api.PUT('/api/v1/attempts/{id}/answers/{position}', {
              params: { path: { id: a.id, position }, header: header() },
              body: { seq, answer },
            }),
          ),
        storage: localStorage,
        later: (act, ms) => {
          const timer = setTimeout(act, ms)
          return () => clearTimeout(timer)
        },
        onSaved: (s) => setTold((o) => ({ seconds: s.remaining_seconds, n: o.n + 1 })),
      }),
  )
  const save = useSyncExternalStore(queue.subscribe, queue.state)
  const [given, setGiven] = useState<Record<number, Answer>>(() =>
    Object.fromEntries(
      (a.questions ?? []).flatMap((q) => {
        const said = queue.waiting(q.position) ?? q.answer
        return said ? [[q.position, said]] : []
      }),
    ),
  )
  const [marked, setMarked] = useState<number[]>(() => JSON.parse(localStorage.getItem('peakseat.marks.' + a.id) ?? '[]') as number[])
  const [large, setLarge] = useState(() => localStorage.getItem('peakseat.exam.large') === 'yes')
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      (a.questions ?? []).findIndex((q) => !answered(given[q.position])),
    ),
  )
  const [asking, setAsking] = useState<'leave' | 'submit'>()
  const heading = useRef<HTMLDivElement>(null)
  const left = useRemaining(told.seconds, told.n, a.paused)
  useEffect(() => {
    setTold((o) => ({ seconds: a.remaining_seconds, n: o.n + 1 }))
  }, [a])
  useEffect(() => {
    queue.go()
    window.addEventListener('online', queue.go)
    return () => {
      window.removeEventListener('online', queue.go)
      queue.close()
    }
  }, [queue])
  useEffect(() => {
    const warn = (e: BeforeUnloadEvent) => {
      if (queue.state().state !== 'saved') e.preventDefault()
    }
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [queue])
  const params = { path: { id: a.id }, header: header() }
  const submit = useAct(
    (_: 'submit', key) =>
      body(api.POST('/api/v1/attempts/{id}/submission', { params: { ...params, header: { ...params.header, ...key } } })),
    [['attempts'], ['standing'], ['progress'], ['paths']],
  )
  const pause = useAct((act: 'pause' | 'resumption') =>
    body(act === 'pause' ? api.POST('/api/v1/attempts/{id}/pause', { params }) : api.POST('/api/v1/attempts/{id}/resumption', { params })),
  )
  const handIn = () =>
    submit.mutate('submit', {
      onSuccess: (done) => {
        onAttempt(done)
        setAsking(undefined)
      },
    })
  const again = () => void queries.invalidateQueries({ queryKey: ['attempt', a.id] })
  // When the time is over the server closes the attempt; what had been saved counts. Ask once for what it says.
  const over = left === 0 && !a.paused
  useEffect(() => {
    if (over) {
      queue.go()
      const timer = setTimeout(() => (submit.isIdle ? handIn() : again()), 1500)
      return () => clearTimeout(timer)
    }
  }, [over]) // eslint-disable-line
  const answer = (position: number, said: Answer) => {
    setGiven((g) => ({ ...g, [position]: said }))
    queue.put(position, said)
  }
  const step = (to: number) => {
    setAt(to)
    setTimeout(() => heading.current?.focus())
  }
  const mark = (position: number) =>
    setMarked((m) => {
      const next = m.includes(position) ? m.filter((x) => x !== position) : [...m, position]
      localStorage.setItem('peakseat.marks.' + a.id, JSON.stringify(next))
      return next
    })
  const papers = usePapers()
  const paper = papers.data?.find((p) => p.paper_id === a.paper_id)
  const name = paper ? (language === 'zh' ? paper.name_zh : paper.name_en) : t('exam.title')
  const q = questions[at]
  const done = questions.filter((x) => answered(given[x.position])).length
  const last = at === questions.length - 1

  if (a.paused) {
    return (
      <Standing title={t('exam.paused')}>
        <p className="t2">{t('exam.pausedHint', { minutes: Math.ceil(a.pause_left_seconds / 60) })}</p>
        {pause.error && <Failure problem={pause.error} />}
        <Button
          type="primary"
          className="act"
          loading={pause.isPending}
          onClick={() =>
            pause.mutate('resumption', {
              onSuccess: (x) => {
                onAttempt(x)
                queue.goOn()
              },
            })
          }
        >
          {t('exam.resume')}
        </Button>
      </Standing>
    )
  }
  return (
    <div className={large ? 'examroom large' : 'examroom'}>
      <header className="examtop">
        <div className="row g8" style={{ minHeight: 56 }}>
          <button
            type="button"
            className="iconbtn"
            style={{ width: 44, height: 44 }}
            aria-label={t('exam.leave')}
            onClick={() => setAsking('leave')}
          >
            <X size={22} strokeWidth={1.75} />
          </button>
          <div className="grow">
            <h1 className="trunc md b">{name}</h1>
            <div className="sm t3">{t('exam.at', { n: at + 1, of: questions.length })}</div>
          </div>
          <span
            className={left < 300 ? 'examclock late' : 'examclock'}
            role="timer"
            aria-label={t('exam.left', { minutes: Math.ceil(left / 60) })}
          >
            <Clock3 size={16} aria-hidden />
            <b className="num">
              {Math.floor(left / 60)}:{String(left % 60).padStart(2, '0')}
            </b>
          </span>
        </div>
        <div
          className="exambar"
          role="progressbar"
          aria-label={t('exam.doneOf', { n: done, of: questions.length })}
          aria-valuemin={0}
          aria-valuemax={questions.length}
          aria-valuenow={done}
        >
          <i style={{ width: (questions.length ? (done / questions.length) * 100 : 0) + '%' }} />
        </div>
        <div className="row between g8 sm" style={{ padding: '8px 16px', minHeight: 40 }}>
          <Saving save={save} />
          <span className="row g8 t2">
            {a.time_factor > 100 && (
              <State tone="info" shape="clock">
                {t('exam.factor', { factor: a.time_factor / 100 })}
              </State>
            )}
            {a.pause_left_seconds > 0 && t('exam.pauseLeft', { minutes: Math.floor(a.pause_left_seconds / 60) })}
          </span>
        </div>
        {save.state === 'stopped' && (
          <Stopped
            problem={save.problem}
            onAgain={() => {
              again()
              queue.goOn()
            }}
          />
        )}
      </header>
      <main className="exambody">
        {q && (
          <>
            <div className="row between g8 mb8">
              <span className="sm t3">
                {t('exam.kind.' + q.question.kind)}
                {language === 'zh' ? '，' : ', '}
                {t('exam.points', { count: q.points })}
              </span>
              <span className="row g16">
                <button
                  type="button"
                  className="examtool"
                  aria-pressed={large}
                  onClick={() =>
                    setLarge((l) => {
                      localStorage.setItem('peakseat.exam.large', l ? 'no' : 'yes')
                      return !l
                    })
                  }
                >
                  <AArrowUp size={18} aria-hidden />
                  {t('exam.size')}
                </button>
                <button type="button" className="examtool" aria-pressed={marked.includes(q.position)} onClick={() => mark(q.position)}>
                  <Bookmark size={17} aria-hidden fill={marked.includes(q.position) ? 'var(--late)' : 'none'} />
                  {t('exam.mark')}
                </button>
              </span>
            </div>
            <div ref={heading} tabIndex={-1} id="question" className="examquestion">
              <span className="hidden">{t('exam.at', { n: at + 1, of: questions.length })} </span>
              <Shown text={q.question.text} />
            </div>
            <AnswerForm
              key={q.position}
              question={q.question}
              answer={given[q.position]}
              onAnswer={(said) => answer(q.position, said)}
              labelledBy="question"
            />
          </>
        )}
        <section style={{ marginTop: 28 }} aria-label={t('exam.questions')}>
          <div className="row between wrap g8" style={{ marginBottom: 10 }}>
            <h2>{t('exam.questions')}</h2>
            <span className="row wrap g12 sm t2">
              <Key kind="done">
                {t('exam.done')} {done}
              </Key>
              <Key kind="marked">
                {t('exam.mark')} {marked.length}
              </Key>
              <Key kind="todo">
                {t('exam.todo')} {questions.length - done}
              </Key>
            </span>
          </div>
          <ol className="examgrid">
            {questions.map((x, i) => {
              const is = [answered(given[x.position]) ? t('exam.done') : t('exam.todo'), marked.includes(x.position) && t('exam.mark')]
                .filter(Boolean)
                .join(', ')
              return (
                <li key={x.position}>
                  <button
                    type="button"
                    aria-label={`${i + 1}, ${is}`}
                    aria-current={i === at ? 'step' : undefined}
                    className={answered(given[x.position]) ? 'done' : ''}
                    onClick={() => step(i)}
                  >
                    {i + 1}
                    {marked.includes(x.position) && <i aria-hidden />}
                  </button>
                </li>
              )
            })}
          </ol>
          <p className="sm t3 mt12">{t('exam.rule')}</p>
        </section>
      </main>
      <footer className="examfoot">
        {a.pause_left_seconds > 0 && (
          <Button
            className="act"
            aria-label={t('exam.pause')}
            icon={<Pause size={18} aria-hidden />}
            loading={pause.isPending}
            onClick={() => pause.mutate('pause', { onSuccess: onAttempt })}
          />
        )}
        <Button className="act" disabled={at === 0} icon={<ChevronLeft size={18} aria-hidden />} onClick={() => step(at - 1)}>
          {t('exam.before')}
        </Button>
        {last || done === questions.length ? (
          <Button type="primary" className="act grow" onClick={() => setAsking('submit')}>
            {t('exam.submit')}
          </Button>
        ) : (
          <Button type="primary" className="act grow" onClick={() => step(at + 1)}>
            {t('exam.next')}
            <ChevronRight size={18} aria-hidden />
          </Button>
        )}
        {!last && done === questions.length && (
          <Button className="act" aria-label={t('exam.next')} icon={<ChevronRight size={18} aria-hidden />} onClick={() => step(at + 1)} />
        )}
      </footer>
      <Sheet open={asking === 'submit'} title={t('exam.submitTitle')} onClose={() => setAsking(undefined)}>
        <div className="col g12">
          {done < questions.length ? (
            <p className="late">{t('exam.unanswered', { count: questions.length - done })}</p>
          ) : (
            <p className="row g8">
              <Glyph tone="ok" />
              {t('exam.allAnswered')}
            </p>
          )}
          {marked.length > 0 && <p className="t2">{t('exam.stillMarked', { count: marked.length })}</p>}
          {save.state !== 'saved' && <p className="late">{t('exam.notSaved')}</p>}
          <p className="t2">{t('exam.submitHint')}</p>
          {submit.error && <Failure problem={submit.error} kept />}
          <Button type="primary" block size="large" disabled={save.state !== 'saved'} loading={submit.isPending} onClick={handIn}>
            {t('exam.submitDo')}
          </Button>
          <Button block size="large" onClick={() => setAsking(undefined)}>
            {t('exam.goOn')}
          </Button>
        </div>
      </Sheet>
      <Sheet open={asking === 'leave'} title={t('exam.leaveTitle')} onClose={() => setAsking(undefined)}>
        <div className="col g12">
          <p className="t2">{t('exam.leaveHint')}</p>
          <Button block size="large" onClick={() => void go('/agent/academy')}>
            {t('exam.leaveDo')}
          </Button>
          <Button type="primary" block size="large" onClick={() => setAsking(undefined)}>
            {t('exam.goOn')}
          </Button>
        </div>
      </Sheet>
    </div>
  )
}

/** Saving is where the answers are: with the server, on their way, or on this device. */
function Saving({ save }: { save: SaveState }) {
  const t = useWords('agent')
  return (
    <span role="status" className="row g8 t2">
      {save.state === 'saved' ? (
        <>
          <CloudCheck size={17} color="var(--ok)" aria-hidden />
          {save.at ? (
            <span>
              {t('exam.saved')} <span className="num">{clockTime(save.at, undefined, true)}</span>
            </span>
          ) : (
            t('exam.ready')
          )}
        </>
      ) : save.state === 'saving' ? (
        <>
          <CloudUpload size={17} color="var(--info)" aria-hidden />
          {t('exam.saving')}
        </>
      ) : (
        <>
          <CloudOff size={17} color="var(--late)" aria-hidden />
          <span className="late">{t('exam.here', { count: save.waiting })}</span>
        </>
      )}
    </span>
  )
}

function Stopped({ problem, onAgain }: { problem: Problem; onAgain: () => void }) {
  const t = useWords('agent')
  return (
    <div role="alert" className="row between g8" style={{ padding: '8px 16px', background: 'var(--miss-soft)', color: 'var(--miss-text)' }}>
      <span>{problem.message}</span>
      <button type="button" className="linkbtn" onClick={onAgain}>
        {t('exam.look')}
      </button>
    </div>
  )
}

const Key = ({ kind, children }: { kind: 'done' | 'marked' | 'todo'; children: ReactNode }) => (
  <span className="row g4">
    <i aria-hidden className={'examkey ' + kind} />
    {children}
  </span>
)
