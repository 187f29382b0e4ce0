import type { ReactNode } from 'react'

/** Person is an initial, a working name, and one fact that matters here. */
export function Person({ name, fact }: { name: string; fact?: ReactNode }) {
  return (
    <span className="person">
      <span className="initial" aria-hidden>{[...name.replace(/^\*+/, '')][0] ?? '·'}</span>
      <span className="trunc">{name}</span>
      {fact && <span className="t3 sm nowrap">{fact}</span>}
    </span>
  )
}
