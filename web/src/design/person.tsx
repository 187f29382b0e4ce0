import type { ReactNode } from 'react'

/** Initial is the first character of a working name, in a disc. */
export const Initial = ({ name, size = 20 }: { name: string; size?: number }) => (
  <span className="initial" aria-hidden style={{ width: size, height: size, fontSize: size * 0.45, lineHeight: size + 'px' }}>
    {[...name.replace(/^\*+/, '')][0] ?? '·'}
  </span>
)

/** Person is an initial, a working name, and one fact that matters here. */
export function Person({ name, fact }: { name: string; fact?: ReactNode }) {
  return (
    <span className="person">
      <Initial name={name} />
      <span className="trunc">{name}</span>
      {fact && <span className="t3 sm nowrap">{fact}</span>}
    </span>
  )
}
