import type { ReactNode } from 'react'

/**
 * Card is a part of a page made for a phone first: there a card with its title above it, on a desk a section. rows hold a list
 * (ul.rows) to the card's edges; bare leaves the card's ground out; lead is the first of a page, with the one action.
 */
export function Card({ title, aside, rows, bare, lead, children, label }: { title?: ReactNode; aside?: ReactNode; rows?: boolean; bare?: boolean; lead?: boolean; label?: string; children: ReactNode }) {
  return (
    <section className={lead ? 'card lead' : 'card'} aria-label={label}>
      {(title || aside) && <div className="sechead">{title && <h2>{title}</h2>}{aside && <span className="end sm t3">{aside}</span>}</div>}
      <div className={rows ? 'inside listed' : bare ? 'inside bare' : 'inside'}>{children}</div>
    </section>
  )
}
