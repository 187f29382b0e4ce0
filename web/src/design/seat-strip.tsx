import { useRef, useState, type KeyboardEvent } from 'react'
import { useWords } from '@/words'

export type SeatState = 'on' | 'late' | 'missing' | 'standby' | 'open' | 'held' | 'finished'
const order: SeatState[] = ['on', 'held', 'late', 'missing', 'standby', 'open', 'finished']

/** countSeats tallies a strip, in the order in which states are named. */
export const countSeats = (seats: SeatState[]) =>
  order.map((state) => ({ state, count: seats.filter((s) => s === state).length })).filter((c) => c.count > 0)

const sizes = (n: number) => (n <= 60 ? { w: 13, h: 24, gap: 3 } : n <= 200 ? { w: 10, h: 20, gap: 3 } : { w: 6, h: 9, gap: 2 })

/**
 * SeatStrip is one cell a seat, in a stable order: a seat never moves when its state changes. It is one image to a screen
 * reader, and arrow keys walk its cells; onPick opens one.
 */
export function SeatStrip({
  seats,
  label,
  onPick,
}: {
  seats: SeatState[]
  label?: (index: number) => string
  onPick?: (index: number) => void
}) {
  const t = useWords()
  const [at, setAt] = useState(0)
  const box = useRef<HTMLDivElement>(null)
  const { w, h, gap } = sizes(seats.length)
  const parts = countSeats(seats)
    .map((c) => `${t('seat.' + c.state)} ${c.count}`)
    .join(t('name') === '峰席' ? '，' : ', ')
  const said = t('seatStrip', { count: seats.length, parts })
  if (!onPick) {
    return (
      <div className="strip" role="img" aria-label={said} style={{ gap }}>
        {seats.map((s, i) => (
          <SeatCell key={i} state={s} w={w} h={h} title={label?.(i)} />
        ))}
      </div>
    )
  }
  const walk = (e: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -at, End: seats.length - 1 - at }[e.key]
    if (step === undefined) return
    e.preventDefault()
    const next = Math.min(Math.max(at + step, 0), seats.length - 1)
    setAt(next)
    box.current?.querySelectorAll('button')[next]?.focus()
  }
  return (
    <div ref={box} className="strip" role="group" aria-label={said} style={{ gap }} onKeyDown={walk}>
      {seats.map((s, i) => (
        <button
          key={i}
          type="button"
          tabIndex={i === at ? 0 : -1}
          aria-label={label?.(i) ?? `${i + 1} ${t('seat.' + s)}`}
          onClick={() => onPick(i)}
          onFocus={() => setAt(i)}
        >
          <SeatCell state={s} w={w} h={h} title={label?.(i)} />
        </button>
      ))}
    </div>
  )
}

/** SeatCell is one seat: solid on, half late, crossed missing, diamond standby, dashed open. */
export function SeatCell({ state, w = 13, h = 24, title }: { state: SeatState; w?: number; h?: number; title?: string }) {
  const r = Math.min(3, w / 4),
    cx = w / 2,
    cy = h / 2,
    k = Math.min(w, h) * 0.22
  const box = (p: Record<string, string | number>) => <rect x={0.5} y={0.5} width={w - 1} height={h - 1} rx={r} {...p} />
  const marks = {
    on: box({ fill: 'var(--ok)', fillOpacity: 0.82 }),
    held: box({ fill: 'var(--ok-soft)', stroke: 'var(--ok)', strokeWidth: 1 }),
    late: (
      <>
        {box({ fill: 'none', stroke: 'var(--late)', strokeWidth: 1.3 })}
        <rect x={1} y={cy} width={w - 2} height={h / 2 - 1} rx={r / 2} fill="var(--late)" />
      </>
    ),
    missing: (
      <>
        {box({ fill: 'var(--miss)' })}
        <path
          d={`M${cx - k} ${cy - k}l${2 * k} ${2 * k}m0 ${-2 * k}l${-2 * k} ${2 * k}`}
          stroke="var(--surface)"
          strokeWidth={w < 8 ? 1 : 1.6}
          strokeLinecap="round"
        />
      </>
    ),
    standby: (
      <>
        {box({ fill: 'var(--info-soft)', stroke: 'var(--info)', strokeWidth: 1.2 })}
        <path d={`M${cx} ${cy - k - 0.6}l${k + 0.6} ${k + 0.6}l${-k - 0.6} ${k + 0.6}l${-k - 0.6} ${-k - 0.6}z`} fill="var(--info)" />
      </>
    ),
    open: box({ fill: 'none', stroke: 'var(--open)', strokeWidth: 1.1, strokeDasharray: '2.5 2' }),
    finished: box({ fill: 'var(--line-strong)' }),
  }
  return (
    <svg width={w} height={h} viewBox={`0 0 ${w} ${h}`} aria-hidden className="line">
      {title && <title>{title}</title>}
      {marks[state]}
    </svg>
  )
}

/** SeatLegend names the states that a strip shows. */
export function SeatLegend({ states }: { states: SeatState[] }) {
  const t = useWords()
  return (
    <div className="row wrap g12 sm t2">
      {states.map((s) => (
        <span key={s} className="row g4">
          <SeatCell state={s} w={9} h={14} />
          {t('seat.' + s)}
        </span>
      ))}
    </div>
  )
}
