import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import { useId, type ReactNode } from 'react'
import { Button } from '@/design/button'
import { useWords } from '@/words'
import { moved } from './draft'

export const put = <T,>(list: T[], at: number, item: T) => list.map((x, i) => (i === at ? item : x))
export const out = <T,>(list: T[], at: number) => list.filter((_, i) => i !== at)

/** Labelled is a control with its label above and what is wrong beneath. */
export function Labelled({
  label,
  hint,
  error,
  children,
}: {
  label: string
  hint?: string
  error?: string | false
  children: (id: string) => ReactNode
}) {
  const id = useId()
  return (
    <div className="col g4">
      <label htmlFor={id} className="m">
        {label}
      </label>
      {children(id)}
      {hint && <span className="sm t3">{hint}</span>}
      {error && (
        <span className="sm miss" role="alert">
          {error}
        </span>
      )}
    </div>
  )
}

/** Row is one of several parts, which can be taken out while enough are left. */
export function Row({
  children,
  onDrop,
  n,
  of = '',
  dropped,
  wide,
}: {
  children: ReactNode
  onDrop: () => void
  n: number
  of?: string
  dropped: boolean
  wide?: boolean
}) {
  const t = useWords('trainer')
  return (
    <li className={wide ? 'row start wrap g8 partrow' : 'row start g8'}>
      {children}
      <Button
        type="text"
        aria-label={of + t('question.drop', { n })}
        disabled={!dropped}
        icon={<X size={14} aria-hidden />}
        onClick={onDrop}
      />
    </li>
  )
}

/** Moves puts one of a list before or behind its neighbour. */
export function Moves<T>({ list, at, of = '', onMove }: { list: T[]; at: number; of?: string; onMove: (list: T[]) => void }) {
  const t = useWords('trainer')
  return (
    <>
      <Button
        type="text"
        aria-label={of + t('question.up', { n: at + 1 })}
        disabled={at === 0}
        icon={<ArrowUp size={14} aria-hidden />}
        onClick={() => onMove(moved(list, at, -1))}
      />
      <Button
        type="text"
        aria-label={of + t('question.down', { n: at + 1 })}
        disabled={at === list.length - 1}
        icon={<ArrowDown size={14} aria-hidden />}
        onClick={() => onMove(moved(list, at, 1))}
      />
    </>
  )
}

export function Add({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <div className="mt8">
      <Button icon={<Plus size={14} aria-hidden />} onClick={onClick}>
        {label}
      </Button>
    </div>
  )
}
