import type { ReactNode } from 'react'

/** Tone is what a state means for the reader; its colour and its glyph follow. */
export type Tone = 'ok' | 'late' | 'miss' | 'open' | 'info'
export type Shape = 'tick' | 'half' | 'cross' | 'ring' | 'diamond' | 'clock' | 'bar' | 'unknown'

const usual: Record<Tone, Shape> = { ok: 'tick', late: 'half', miss: 'cross', open: 'ring', info: 'clock' }

/** Glyph tells a state by its shape, so that colour is never alone. */
export function Glyph({ tone, shape = usual[tone], size = 12 }: { tone: Tone; shape?: Shape; size?: number }) {
  const c = `var(--${tone}${tone === 'open' ? '-text' : ''})`
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" aria-hidden className="rigid line">
      {shapes(c)[shape]}
    </svg>
  )
}

const shapes = (c: string): Record<Shape, ReactNode> => ({
  tick: (
    <>
      <circle cx="6" cy="6" r="5.5" fill={c} />
      <path d="M3.4 6.2 5.3 8 8.7 4.3" fill="none" stroke="var(--surface)" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
    </>
  ),
  half: (
    <>
      <circle cx="6" cy="6" r="4.9" fill="none" stroke={c} strokeWidth="1.3" />
      <path d="M6 1.1a4.9 4.9 0 0 1 0 9.8z" fill={c} />
    </>
  ),
  cross: (
    <>
      <path d="M3.6.6h4.8l3 3v4.8l-3 3H3.6l-3-3V3.6z" fill={c} />
      <path d="m4.2 4.2 3.6 3.6m0-3.6L4.2 7.8" stroke="var(--surface)" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
  ring: <circle cx="6" cy="6" r="4.9" fill="none" stroke={c} strokeWidth="1.3" strokeDasharray="2.2 1.65" />,
  diamond: (
    <>
      <path d="M6 .7 11.3 6 6 11.3.7 6z" fill={c} />
      <path d="M6 3.8v4.4M3.8 6h4.4" stroke="var(--surface)" strokeWidth="1.3" strokeLinecap="round" />
    </>
  ),
  clock: (
    <>
      <circle cx="6" cy="6" r="4.9" fill="none" stroke={c} strokeWidth="1.3" />
      <path d="M6 3.4V6l1.8 1.2" fill="none" stroke={c} strokeWidth="1.3" strokeLinecap="round" />
    </>
  ),
  bar: (
    <>
      <rect x="1" y="1" width="10" height="10" rx="2" fill="none" stroke={c} strokeWidth="1.3" />
      <path d="M3.5 6h5" stroke={c} strokeWidth="1.3" />
    </>
  ),
  unknown: (
    <>
      <circle cx="6" cy="6" r="4.9" fill="none" stroke={c} strokeWidth="1.3" />
      <path d="M4.6 4.8a1.4 1.4 0 1 1 1.9 1.3c-.4.2-.5.4-.5.8M6 8.6v.1" fill="none" stroke={c} strokeWidth="1.2" strokeLinecap="round" />
    </>
  ),
})

/** State is glyph, word and colour. plain leaves the ground out, for dense tables. */
export function State({ tone, shape, plain, children }: { tone: Tone; shape?: Shape; plain?: boolean; children: ReactNode }) {
  return (
    <span className={plain ? `state ${tone} plain` : 'state ' + tone}>
      <Glyph tone={tone} shape={shape} />
      {children}
    </span>
  )
}
