import { useQueryClient } from '@tanstack/react-query'
import { Clock3, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Navigate, useNavigate, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { useStream } from '@/api/stream'
import { Button } from '@/design/button'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Sheet } from '@/design/sheet'
import { Glyph, State } from '@/design/state'
import { useNow } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { clock } from '../../../exam/remaining'
import { Chat } from './chat'
import { quick, scoreOf, useRun, waitsSince, type Dialogue, type Run } from './run'
import '../../../exam/exam.css'
import './simulation.css'

/** A run of a simulation: customers at once, the clock, and nothing else. What it came to is a page of the academy. */
export default function SimulationRoom() {
  const { id = '' } = useParams()
  const queries = useQueryClient()
  const run = useRun(id)
  const put = (r: Run) => queries.setQueryData(['run', id], (old?: Run) => (old && old.now > r.now ? old : r))
  const connected = useStream(run.data?.state === 'live' ? `/api/v1/simulation-runs/${id}/stream` : null, { run: (r) => put(r as Run) })
  return (
    <div className="exam">
      <Loaded
        query={run}
        framed
        skeleton={
          <div className="p20">
            <Skeleton lines={[56, 44, 200, 44]} />
          </div>
        }
      >
        {(r) => (r.state === 'live' ? <Desk run={r} onRun={put} connected={connected} /> : <Navigate to={scoreOf(r)} replace />)}
      </Loaded>
    </div>
  )
}

function Desk({ run, onRun, connected }: { run: Run; onRun: (r: Run) => void; connected: boolean }) {
  const t = useWords('learning')
  const language = useLanguage()
  const go = useNavigate()
  const queries = useQueryClient()
  const now = useServerNow(run.now)
  const left = Math.max(0, Math.floor((Date.parse(run.ends_by) - now) / 1000))
  const [chosen, choose] = useState<string>()
  const [leaving, setLeaving] = useState(false)
  const current = run.dialogues.find((d) => d.id === chosen) ?? run.dialogues.find((d) => d.state === 'open') ?? run.dialogues[0]
  const end = useAct(
    (_: 'end', header) => body(api.POST('/api/v1/simulation-runs/{id}/end', { params: { path: { id: run.id }, header } })),
    [['runs'], ['scenarios'], ['progress'], ['play']],
  )
  useEffect(() => {
    document.title = `${language === 'zh' ? run.name_zh : run.name_en} · PeakSeat`
  }, [language, run.name_en, run.name_zh])
  const ended = left <= 0
  useEffect(() => {
    if (!ended) return
    const timer = setInterval(() => void queries.invalidateQueries({ queryKey: ['run', run.id] }), 1200)
    return () => clearInterval(timer)
  }, [ended, queries, run.id])
  return (
    <div className="examroom simroom">
      <header className="examtop">
        <div className="row g8">
          <button type="button" className="iconbtn leave" aria-label={t('sim.leave')} onClick={() => setLeaving(true)}>
            <X size={22} strokeWidth={1.75} />
          </button>
          <div className="grow">
            <h1 className="trunc">{language === 'zh' ? run.name_zh : run.name_en}</h1>
            <div className="sm t3">{connected ? t('sim.quick', { seconds: quick }) : <State tone="late">{t('sim.offline')}</State>}</div>
          </div>
          <span className={left < 60 ? 'examclock late' : 'examclock'} role="timer" aria-label={t('sim.left', { time: clock(left) })}>
            <Clock3 size={16} aria-hidden />
            <b className="num">{clock(left)}</b>
          </span>
        </div>
      </header>
      <main className="simbody">
        <ul className="customers" hidden={run.dialogues.length === 0} aria-label={t('sim.dialogues')}>
          {run.dialogues.map((d) => (
            <li key={d.id}>
              <Customer dialogue={d} now={now} current={d.id === current?.id} onPick={() => choose(d.id)} />
            </li>
          ))}
        </ul>
        {current ? (
          <Chat key={current.id} run={run} dialogue={current} onRun={onRun} />
        ) : (
          <p className="nobody t2" role="status">
            {t('sim.nobody')}
          </p>
        )}
      </main>
      <Sheet open={leaving} title={t('sim.leaveTitle')} onClose={() => setLeaving(false)}>
        <div className="col g12">
          <p className="t2">{t('sim.leaveHint')}</p>
          {end.error && <Failure problem={end.error} />}
          <Button type="primary" block size="large" onClick={() => setLeaving(false)}>
            {t('sim.stay')}
          </Button>
          <Button block size="large" loading={end.isPending} onClick={() => end.mutate('end', { onSuccess: onRun })}>
            {t('sim.end')}
          </Button>
          <Button block size="large" type="text" onClick={() => void go('/agent/academy')}>
            {t('sim.leaveDo')}
          </Button>
        </div>
      </Sheet>
    </div>
  )
}

/** useServerNow is the server's clock, which decides; ours is set by what it said last. */
function useServerNow(said: string) {
  const ours = useNow(500)
  const [told, setTold] = useState(() => ({ said, skew: Date.parse(said) - Date.now() }))
  // eslint-disable-next-line react-hooks/purity -- it is drawn when it is told, and what is wanted is how far the clocks are apart then
  if (told.said !== said) setTold({ said, skew: Date.parse(said) - Date.now() })
  return ours + told.skew
}

/** Customer is one who is served at once with others, and for how long they have waited. */
function Customer({ dialogue: d, now, current, onPick }: { dialogue: Dialogue; now: number; current: boolean; onPick: () => void }) {
  const t = useWords('learning')
  const since = waitsSince(d)
  const waited = since === undefined ? undefined : Math.max(0, Math.floor((now - since) / 1000))
  return (
    <button type="button" className="customer" aria-pressed={current} onClick={onPick}>
      <span className="m trunc">{d.customer}</span>
      {waited !== undefined ? (
        <span className={waited > quick ? 'sm late num row g4' : 'sm num row g4'}>
          <Glyph tone={waited > quick ? 'late' : 'info'} />
          {t('sim.waits', { count: waited })}
        </span>
      ) : d.state === 'open' ? (
        <span className="sm t3">{t('sim.answered')}</span>
      ) : (
        <span className="sm t2 row g4">
          <Glyph tone={d.state === 'served' ? 'ok' : d.state === 'lost' ? 'miss' : 'open'} />
          {t('sim.stands.' + d.state)}
        </span>
      )}
    </button>
  )
}
