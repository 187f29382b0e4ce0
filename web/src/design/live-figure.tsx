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

/** LiveFigure is a number with its age, its unit, its target, which it is off where it is late or missing, and what opens its rows. */
export function LiveFigure({
  label,
  at,
  value,
  unit,
  aside,
  target,
  off,
  children,
  onOpen,
}: {
  label: ReactNode
  at: number
  value: ReactNode
  unit?: ReactNode
  aside?: ReactNode
  target?: ReactNode
  off?: 'late' | 'miss'
  children?: ReactNode
  onOpen?: () => void
}) {
  const figure = (
    <>
      <span className={'figure num ' + (off ?? '')}>{value}</span>
      {unit && <span className="t2"> {unit}</span>}
    </>
  )
  return (
    <div className="livefigure col g4 grow">
      <div className="row wrap between g8">
        <span className="t2">{label}</span>
        <Stamp at={at} />
      </div>
      <div className="row between base g8">
        {onOpen ? (
          <button type="button" className="opens" onClick={onOpen}>
            {figure}
          </button>
        ) : (
          <span>{figure}</span>
        )}
        {aside && <span className="t2 num">{aside}</span>}
      </div>
      {target && (
        <div className="sm t3">
          {off ? (
            <State plain tone={off}>
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
