import { useEffect, useEffectEvent, useState } from 'react'
import { useNavigate } from 'react-router'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { Sheet } from '@/design/sheet'
import { Glyph } from '@/design/state'
import { useWords } from '@/words'
import type { SaveState } from './queue'
import { SavedHere } from './saving'

/** HandIn asks before the exam is handed in: what is left to do, and what has yet to be saved. Asked for without a line, it waits for it. */
export function HandIn({
  open,
  todo,
  marked,
  save,
  online,
  pending,
  error,
  onHandIn,
  onClose,
}: {
  open: boolean
  todo: number
  marked: number
  save: SaveState
  online: boolean
  pending: boolean
  error: unknown
  onHandIn: () => void
  onClose: () => void
}) {
  const t = useWords('exam')
  const [waits, setWaits] = useState(false)
  const ready = online && save.state === 'saved'
  if (waits && !open) setWaits(false)
  const handIn = useEffectEvent(onHandIn)
  const goes = open && waits && ready
  useEffect(() => {
    if (goes) handIn()
  }, [goes])
  const waiting = waits && !ready
  return (
    <Sheet open={open} title={t('submitTitle')} onClose={onClose}>
      <div className="col g12">
        {todo > 0 ? (
          <p className="row g8 late">
            <Glyph tone="late" />
            {t('unanswered', { count: todo })}
          </p>
        ) : (
          <p className="row g8">
            <Glyph tone="ok" />
            {t('allAnswered')}
          </p>
        )}
        {marked > 0 && <p className="t2">{t('stillMarked', { count: marked })}</p>}
        {!ready && <SavedHere save={save} online={online} />}
        <p className="t2">{t('submitHint')}</p>
        {error ? <Failure problem={error} kept /> : null}
        <Button type="primary" block size="large" loading={pending || waiting} onClick={() => (ready ? onHandIn() : setWaits(true))}>
          {t(waiting ? 'submitWaits' : ready ? 'submitDo' : 'submitLater')}
        </Button>
        <Button block size="large" onClick={onClose}>
          {t('goOn')}
        </Button>
      </div>
    </Sheet>
  )
}

/** Leave says what becomes of the answers and the clock when the room is left. */
export function Leave({ open, saved, onClose }: { open: boolean; saved: boolean; onClose: () => void }) {
  const t = useWords('exam')
  const go = useNavigate()
  return (
    <Sheet open={open} title={t('leaveTitle')} onClose={onClose}>
      <div className="col g12">
        <p className="t2">{t(saved ? 'leaveHint' : 'leaveHere')}</p>
        <Button type="primary" block size="large" onClick={onClose}>
          {t('goOn')}
        </Button>
        <Button block size="large" onClick={() => void go('/agent/academy')}>
          {t('leaveDo')}
        </Button>
      </div>
    </Sheet>
  )
}
