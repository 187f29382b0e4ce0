import type { ReactNode } from 'react'
import type { Address } from './target'

/**
 * Card is a part of a page made for a phone first: there a card with its title above it, on a desk a section. rows hold a list
 * (ul.rows) to the card's edges; bare leaves the card's ground out; lead is the first of a page, with the one action. at is its
 * address, of useTarget.
 */
export function Card({
  title,
  aside,
  rows,
  bare,
  lead,
  children,
  label,
  at,
}: {
  title?: ReactNode
  aside?: ReactNode
  rows?: boolean
  bare?: boolean
  lead?: boolean
  label?: string
  at?: Address
  children: ReactNode
}) {
  return (
    <section className={lead ? 'card lead' : 'card'} aria-label={label} {...at}>
      {(title || aside) && (
        <div className="sechead">
          {title && <h2>{title}</h2>}
          {aside && <span className="end sm t3">{aside}</span>}
        </div>
      )}
      <div className={rows ? 'inside listed' : bare ? 'inside bare' : 'inside'}>{children}</div>
    </section>
  )
}
