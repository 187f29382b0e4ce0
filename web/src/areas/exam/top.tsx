import { Clock3, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Progress } from '@/design/progress'
import { useWords } from '@/words'
import { clock, useSaidLeft } from './remaining'

/** Top is the exam's bar: what is sat, how far one is, how much time is left, and under it how the answers stand. */
export function Top({
  name,
  at,
  of,
  done,
  left,
  onLeave,
  children,
}: {
  name: string
  at: number
  of: number
  done: number
  left: number
  onLeave: () => void
  children: ReactNode
}) {
  const t = useWords('exam')
  const said = useSaidLeft(left)
  return (
    <header className="examtop">
      <div className="row g8">
        <button type="button" className="iconbtn leave" aria-label={t('leave')} onClick={onLeave}>
          <X size={22} strokeWidth={1.75} />
        </button>
        <div className="grow">
          <h1 className="trunc">{name}</h1>
          <div className="sm t3 num">{t('at', { n: at + 1, of })}</div>
        </div>
        <span
          className={left < 300 ? 'examclock late' : 'examclock'}
          role="timer"
          aria-label={left < 60 ? t('leftSeconds', { count: left }) : t('left', { count: Math.ceil(left / 60) })}
        >
          <Clock3 size={16} aria-hidden />
          <b className="num">{clock(left)}</b>
        </span>
        <span className="hidden" role="status">
          {said === undefined ? '' : said <= 60 ? t('lastMinute') : t('left', { count: said / 60 })}
        </span>
      </div>
      <Progress label={t('doneOf', { n: done, of })} value={done} of={of} />
      {children}
    </header>
  )
}
