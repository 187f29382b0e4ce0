import { CloudCheck, CloudOff, CloudUpload } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Problem } from '@/api/problem'
import { Glyph } from '@/design/state'
import { clockTime } from '@/design/time'
import { useWords } from '@/words'
import type { SaveState } from './queue'

/** Saving is where the answers are, in a few words: with the server, on their way to it, or how many are not. */
export function Saving({ save }: { save: SaveState }) {
  const t = useWords('exam')
  if (save.state === 'offline' || save.state === 'stopped')
    return (
      <span className="row g8 late nowrap">
        <CloudOff size={17} aria-hidden />
        {t('unsaved', { count: save.waiting })}
      </span>
    )
  const saved = save.state === 'saved'
  const Icon = saved ? CloudCheck : CloudUpload
  return (
    <span className="row g8 t2 nowrap">
      <Icon size={17} color={saved ? 'var(--ok)' : 'var(--info)'} aria-hidden />
      {saved && save.at ? (
        <span>
          {t('saved')} <span className="num">{clockTime(save.at, undefined, true)}</span>
        </span>
      ) : (
        t(saved ? 'ready' : 'saving')
      )}
    </span>
  )
}

/** SavedHere says why answers are on this device and how many: no network, or a server that does not answer. */
export function SavedHere({ save, online }: { save: SaveState; online: boolean }) {
  const t = useWords('exam')
  const count = save.state === 'saved' ? 0 : save.waiting
  const cut = !online || (save.state === 'offline' && save.why === 'network')
  return (
    <p className="row g8 late">
      <CloudOff size={17} aria-hidden className="rigid" />
      {count > 0 ? t(cut ? 'here.network' : 'here.server', { count }) : t('here.none')}
    </p>
  )
}

/**
 * Line is what the examinee must know about the line and the clock: cut, back again with all that waited, or the last minute. It is
 * said aloud when it changes; that every answer is saved is not, or nobody could read in peace.
 */
export function Line({ save, online, left }: { save: SaveState; online: boolean; left: number }) {
  const t = useWords('exam')
  const back = useBack(save, online)
  const cut = !online || save.state === 'offline'
  return (
    <div role="status">
      {cut ? (
        <div className="examline late">
          <SavedHere save={save} online={online} />
        </div>
      ) : (
        back !== undefined && (
          <div className="examline ok">
            <Glyph tone="ok" size={14} />
            {back > 0 ? t('back', { count: back }) : t('backNone')}
          </div>
        )
      )}
      {left < 60 && (
        <div className="examline late">
          <Glyph tone="late" shape="clock" size={14} />
          {t('lastMinute')}
        </div>
      )}
    </div>
  )
}

/** useBack is how many answers had waited for the line that is back, for some seconds after the last of them was saved. */
function useBack(save: SaveState, online: boolean) {
  const [back, setBack] = useState<number>()
  const [waited, setWaited] = useState<number>()
  const cut = !online || save.state === 'offline'
  const most = Math.max(waited ?? 0, save.state === 'saved' ? 0 : save.waiting)
  if (cut && waited !== most) setWaited(most)
  if (cut && back !== undefined) setBack(undefined)
  if (!cut && save.state === 'saved' && waited !== undefined) {
    setBack(waited)
    setWaited(undefined)
  }
  useEffect(() => {
    if (back === undefined) return
    const timer = setTimeout(() => setBack(undefined), 8000)
    return () => clearTimeout(timer)
  }, [back])
  return back
}

/** Stopped is an answer that the server does not take, and why; what is to be done is seen by reading the attempt again. */
export function Stopped({ problem, onAgain }: { problem: Problem; onAgain: () => void }) {
  const t = useWords('exam')
  return (
    <div role="alert" className="examline miss between">
      <span>{problem.message}</span>
      <button type="button" className="linkbtn miss" onClick={onAgain}>
        {t('look')}
      </button>
    </div>
  )
}
