import { MonitorSmartphone, Pause } from 'lucide-react'
import { useEffect, useEffectEvent, type ReactNode } from 'react'
import { Link } from 'react-router'
import type { Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { useWords } from '@/words'
import { SavedHere } from './saving'
import { clock, useRemaining } from './remaining'
import type { SaveState } from './queue'

type Attempt = Schema<'Attempt'>

/** Standing is the room without its questions: why, what is left, and the one way on. */
function Standing({ icon, title, left, children }: { icon: ReactNode; title: string; left?: ReactNode; children: ReactNode }) {
  return (
    <main className="exambody standing">
      <span className="seal" aria-hidden>
        {icon}
      </span>
      <h1>{title}</h1>
      {left}
      {children}
    </main>
  )
}

const Left = ({ label, seconds }: { label: string; seconds: number }) => (
  <p className="lg">
    <span className="t2">{label}</span> <b className="num">{clock(seconds)}</b>
  </p>
)

/** Elsewhere is an exam that goes on on another device, or in another tab of this one. */
export function Elsewhere({
  attempt: a,
  where,
  error,
  pending,
  onHere,
}: {
  attempt: Attempt
  where: 'device' | 'tab'
  error?: unknown
  pending?: boolean
  onHere: () => void
}) {
  const t = useWords('exam')
  const left = useRemaining(a.remaining_seconds, a, a.paused)
  return (
    <Standing
      icon={<MonitorSmartphone size={26} strokeWidth={1.5} />}
      title={t('elsewhere.' + where)}
      left={<Left label={t('leftLabel')} seconds={left} />}
    >
      <p className="t2">{t('elsewhere.hint')}</p>
      {error ? <Failure problem={error} /> : null}
      <Button type="primary" className="act" loading={pending} onClick={onHere}>
        {t('takeOver')}
      </Button>
      <Link className="hit" to="/agent/academy">
        {t('toAcademy')}
      </Link>
    </Standing>
  )
}

/** Paused hides the questions; when the granted time is used up the server lets the exam go on, and onOver asks it. */
export function Paused({
  attempt: a,
  error,
  pending,
  onResume,
  onOver,
}: {
  attempt: Attempt
  error?: unknown
  pending: boolean
  onResume: () => void
  onOver: () => void
}) {
  const t = useWords('exam')
  const pause = useRemaining(a.pause_left_seconds, a)
  const ended = pause === 0
  const end = useEffectEvent(onOver)
  useEffect(() => {
    if (ended) end()
  }, [ended])
  return (
    <Standing
      icon={<Pause size={26} strokeWidth={1.5} />}
      title={t('paused.title')}
      left={<Left label={t('leftLabel')} seconds={a.remaining_seconds} />}
    >
      <p className="t2">{t('paused.hint')}</p>
      <p className="t2 num">{t('paused.left', { time: clock(pause) })}</p>
      {error ? <Failure problem={error} /> : null}
      <Button type="primary" className="act" loading={pending} onClick={onResume}>
        {t('paused.resume')}
      </Button>
    </Standing>
  )
}

/** Over is between the last second and the result: what had been saved counts, and what waits here is sent first. */
export function Over({ save, online, grace }: { save: SaveState; online: boolean; grace: number }) {
  const t = useWords('exam')
  const waiting = save.state === 'saved' ? 0 : save.waiting
  return (
    <Standing icon={<b className="num">0:00</b>} title={t('over.title')}>
      <div role="status" className="col g12">
        <p className="t2">{t(online ? 'over.sending' : waiting ? 'over.waiting' : 'over.offline')}</p>
        {waiting > 0 && (
          <>
            <SavedHere save={save} online={online} />
            <p className="t2">{t('over.grace', { count: grace })}</p>
          </>
        )}
      </div>
    </Standing>
  )
}
