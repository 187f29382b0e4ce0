import type { ReactNode } from 'react'
import { useWords } from '@/words'
import { State } from './state'
import { useAgo, useNow } from './time'

/** Stamp is the age of what is shown: green to 30 s, amber to 60, and then it says that it stopped. */
export function Stamp({ at }: { at: number }) {
  const t = useWords()
  const ago = useAgo()
  const age = (useNow() - at) / 1000
  return (
    <span className={age <= 30 ? 'stamp' : age <= 60 ? 'stamp late' : 'stamp old'}>
      <i />
      {age > 60 && t('stopped') + ' '}
      {ago(age)}
    </span>
  )
}

/** LiveFigure is a number with its age, its unit, its target and what opens its rows. */
export function LiveFigure({
  label,
  at,
  value,
  unit,
  target,
  off,
  children,
  onOpen,
}: {
  label: ReactNode
  at: number
  value: ReactNode
  unit?: ReactNode
  target?: ReactNode
  off?: boolean
  children?: ReactNode
  onOpen?: () => void
}) {
  const figure = (
    <>
      <span className={off ? 'figure num late' : 'figure num'}>{value}</span>
      {unit && <span className="t2"> {unit}</span>}
    </>
  )
  return (
    <div className="col g4 grow">
      <div className="row between g8">
        <span className="t2">{label}</span>
        <Stamp at={at} />
      </div>
      <div>
        {onOpen ? (
          <button type="button" className="figurebtn" onClick={onOpen}>
            {figure}
          </button>
        ) : (
          figure
        )}
      </div>
      {target && (
        <div className="sm t3">
          {off ? (
            <State plain tone="late">
              {target}
            </State>
          ) : (
            target
          )}
        </div>
      )}
      {children}
    </div>
  )
}
