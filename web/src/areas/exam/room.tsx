import { onlineManager, useQueryClient } from '@tanstack/react-query'
import { AArrowUp, Bookmark, ChevronLeft, ChevronRight, Pause } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, useState, useSyncExternalStore } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { State } from '@/design/state'
import { useLanguage, useWords } from '@/words'
import { usePapers } from '../agent/academy/papers'
import { answered, AnswerForm, loadMarkdown, Shown } from './answer-form'
import { device } from './device'
import { HandIn, Leave } from './hand-in'
import { Overview } from './overview'
import { AnswerQueue, type Answer } from './queue'
import { useRemaining } from './remaining'
import { Line, Saving, Stopped } from './saving'
import { Over, Paused } from './standing'
import { Top } from './top'

type Attempt = Schema<'Attempt'>
const header = () => ({ 'Exam-Device': device() })

/** Room is an open attempt on this device: one question at a time, all of them by number, and the way out. */
export function Room({ attempt: a, onAttempt }: { attempt: Attempt; onAttempt: (a: Attempt) => void }) {
  const t = useWords('exam')
  const language = useLanguage()
  const queries = useQueryClient()
  const online = useSyncExternalStore(
    (changed) => onlineManager.subscribe(changed),
    () => onlineManager.isOnline(),
  )
  const [told, setTold] = useState({ seconds: a.remaining_seconds })
  const [read, setRead] = useState(a)
  if (read !== a) {
    setRead(a)
    setTold({ seconds: a.remaining_seconds })
  }
  const [questions, setQuestions] = useState(a.questions ?? [])
  if (a.questions && questions.length === 0) setQuestions(a.questions) // it was paused when it was opened
  const { queue, save } = useQueue(a, setTold)
  const [given, setGiven] = useState<Record<number, Answer>>(() =>
    Object.fromEntries(
      (a.questions ?? []).flatMap((q) => {
        const said = queue.waiting(q.position) ?? q.answer
        return said ? [[q.position, said]] : []
      }),
    ),
  )
  const [marked, mark] = useMarks(a.id)
  const [large, setLarge] = useLarge()
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      (a.questions ?? []).findIndex((q) => !answered(given[q.position])),
    ),
  )
  const [asking, setAsking] = useState<'leave' | 'submit'>()
  const heading = useRef<HTMLDivElement>(null)
  const left = useRemaining(told.seconds, told, a.paused)
  useEffect(() => void loadMarkdown(), [])
  const params = { path: { id: a.id }, header: header() }
  const submit = useAct(
    (_: 'submit', key) =>
      body(api.POST('/api/v1/attempts/{id}/submission', { params: { ...params, header: { ...params.header, ...key } } })),
    [['attempts'], ['standing'], ['progress'], ['paths'], ['play']],
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
  const over = left === 0 && !a.paused
  // When the time is over, what waits is sent before the exam is handed in; where that comes too late the server has closed it, or soon will.
  const settled = over && online && (save.state === 'saved' || save.state === 'stopped')
  useEffect(() => {
    if (over) queue.go()
  }, [over, queue])
  const look = useEffectEvent(again)
  const settle = useEffectEvent(() => (save.state === 'saved' ? handIn() : again()))
  useEffect(() => {
    if (!settled) return
    settle()
    const timer = setInterval(() => look(), 2000)
    return () => clearInterval(timer)
  }, [settled])
  // Somebody took the exam over, or it is closed: what the server says of it now shows which.
  const refused = save.state === 'stopped' ? save.problem.code : ''
  useEffect(() => {
    if (['taken_over', 'attempt_closed', 'time_over', 'attempt_paused'].includes(refused)) look()
  }, [refused])
  const answer = (position: number, said: Answer) => {
    setGiven((g) => ({ ...g, [position]: said }))
    queue.put(position, said)
  }
  const step = (to: number) => {
    setAt(to)
    setTimeout(() => {
      heading.current?.focus({ preventScroll: true })
      window.scrollTo({ top: 0 })
    })
  }
  const paper = usePapers().data?.find((p) => p.paper_id === a.paper_id)
  const name = paper ? (language === 'zh' ? paper.name_zh : paper.name_en) : t('title')
  const q = questions[at]
  const done = questions.filter((x) => answered(given[x.position])).length
  const last = at === questions.length - 1

  if (a.paused)
    return (
      <Paused
        attempt={a}
        error={pause.error}
        pending={pause.isPending}
        onOver={again}
        onResume={() =>
          pause.mutate('resumption', {
            onSuccess: (x) => {
              onAttempt(x)
              queue.goOn()
            },
          })
        }
      />
    )
  if (over) return <Over save={save} online={online} grace={a.grace_seconds} />
  return (
    <div className={large ? 'examroom large' : 'examroom'}>
      <Top name={name} at={at} of={questions.length} done={done} left={left} onLeave={() => setAsking('leave')}>
        <div className="examstatus row wrap between g8 sm">
          <Saving save={save} />
          <span className="row g8 t2 nowrap">
            {a.time_factor > 100 && (
              <State tone="info" shape="clock">
                {t('factor', { factor: a.time_factor / 100 })}
              </State>
            )}
            {a.pause_left_seconds > 0 && t('pauseLeft', { minutes: Math.floor(a.pause_left_seconds / 60) })}
          </span>
        </div>
        <Line save={save} online={online} left={left} />
        {save.state === 'stopped' && (
          <Stopped
            problem={save.problem}
            onAgain={() => {
              again()
              queue.goOn()
            }}
          />
        )}
      </Top>
      <main className="exambody">
        {q && (
          <>
            <div className="row wrap between g8 mb8">
              <span className="sm t3">
                {t('kind.' + q.question.kind)}
                {language === 'zh' ? '，' : ', '}
                {t('points', { count: q.points })}
              </span>
              <span className="row g16 end">
                <button type="button" className="examtool" aria-pressed={large} onClick={() => setLarge(!large)}>
                  <AArrowUp size={18} aria-hidden />
                  {t('size')}
                </button>
                <button type="button" className="examtool flag" aria-pressed={marked.includes(q.position)} onClick={() => mark(q.position)}>
                  <Bookmark size={17} aria-hidden />
                  {t('mark')}
                </button>
              </span>
            </div>
            <div ref={heading} tabIndex={-1} id="question" className="examquestion">
              <span className="hidden">{t('at', { n: at + 1, of: questions.length })} </span>
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
        <Overview questions={questions} given={given} marked={marked} at={at} onPick={step} />
        {pause.error && <Failure problem={pause.error} />}
      </main>
      <footer className="examfoot">
        {a.pause_left_seconds > 0 && (
          <Button
            className="act"
            aria-label={t('pause')}
            icon={<Pause size={18} aria-hidden />}
            loading={pause.isPending}
            onClick={() => pause.mutate('pause', { onSuccess: onAttempt })}
          />
        )}
        {at > 0 && (
          <Button className="act" icon={<ChevronLeft size={18} aria-hidden />} onClick={() => step(at - 1)}>
            {t('before')}
          </Button>
        )}
        {last || done === questions.length ? (
          <Button type="primary" className="act grow" onClick={() => setAsking('submit')}>
            {t('submit')}
          </Button>
        ) : (
          <Button type="primary" className="act grow" onClick={() => step(at + 1)}>
            {t('next')}
            <ChevronRight size={18} aria-hidden />
          </Button>
        )}
        {!last && done === questions.length && (
          <Button className="act" aria-label={t('next')} icon={<ChevronRight size={18} aria-hidden />} onClick={() => step(at + 1)} />
        )}
      </footer>
      <HandIn
        open={asking === 'submit'}
        todo={questions.length - done}
        marked={marked.length}
        save={save}
        online={online}
        pending={submit.isPending}
        error={submit.error}
        onHandIn={handIn}
        onClose={() => setAsking(undefined)}
      />
      <Leave open={asking === 'leave'} saved={save.state === 'saved'} onClose={() => setAsking(undefined)} />
    </div>
  )
}

/** useQueue is the attempt's answers on their way, for as long as the room is open; leaving with some unsaved asks first. */
function useQueue(a: Attempt, onTold: (told: { seconds: number }) => void) {
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
        onSaved: (s) => onTold({ seconds: s.remaining_seconds }),
      }),
  )
  const save = useSyncExternalStore(queue.subscribe, queue.state)
  useEffect(() => {
    queue.open()
    window.addEventListener('online', queue.go)
    const warn = (e: BeforeUnloadEvent) => {
      if (queue.state().state !== 'saved') e.preventDefault()
    }
    window.addEventListener('beforeunload', warn)
    return () => {
      window.removeEventListener('online', queue.go)
      window.removeEventListener('beforeunload', warn)
      queue.close()
    }
  }, [queue])
  return { queue, save }
}

/** useMarks are the questions to come back to; they are this device's own. */
function useMarks(attempt: string) {
  const key = 'peakseat.marks.' + attempt
  const [marked, setMarked] = useState<number[]>(() => JSON.parse(localStorage.getItem(key) ?? '[]') as number[])
  const mark = (position: number) =>
    setMarked((m) => {
      const next = m.includes(position) ? m.filter((x) => x !== position) : [...m, position]
      localStorage.setItem(key, JSON.stringify(next))
      return next
    })
  return [marked, mark] as const
}

function useLarge() {
  const key = 'peakseat.exam.large'
  const [large, setLarge] = useState(() => localStorage.getItem(key) === 'yes')
  const set = (yes: boolean) => {
    localStorage.setItem(key, yes ? 'yes' : 'no')
    setLarge(yes)
  }
  return [large, set] as const
}
