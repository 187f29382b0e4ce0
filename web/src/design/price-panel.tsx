import type { ReactNode } from 'react'
import type { Schema } from '@/api/client'
import { Money } from './money'

export interface PriceLine {
  key: string
  label: ReactNode
  rule?: ReactNode
  amount: Schema<'Money'>
  credit?: boolean
}

/**
 * PricePanel is what something costs: lines with their rule beneath, one dark rule, the total, what it is made of, and then whatever decides:
 * the chance and the one button that repeats the amount. stale dims figures that are being worked out anew.
 */
export function PricePanel({
  title,
  aside,
  lines,
  total,
  totalLabel,
  made,
  stale,
  children,
}: {
  title: ReactNode
  aside?: ReactNode
  lines: PriceLine[]
  total: Schema<'Money'>
  totalLabel: ReactNode
  made?: { key: string; label: ReactNode; amount: Schema<'Money'> }[]
  stale?: boolean
  children?: ReactNode
}) {
  return (
    <div className="col pricepanel">
      <div className="row between g8">
        <h2>{title}</h2>
        {aside && <span className="sm t3">{aside}</span>}
      </div>
      <div aria-busy={stale} className={stale ? 'stale' : undefined}>
        <ul className="mt8">
          {lines.map((l) => (
            <li key={l.key} className="priceline row between start g12">
              <span className="grow">
                {l.label}
                {l.rule && <span className="sm t3 line">{l.rule}</span>}
              </span>
              <Money value={l.amount} credit={l.credit} />
            </li>
          ))}
        </ul>
        <div className="pricetotal row between base">
          <span className="b">{totalLabel}</span>
          <Money value={total} size={24} />
        </div>
        {made?.map((m) => (
          <div key={m.key} className="row between sm t2 mt4">
            <span>{m.label}</span>
            <Money value={m.amount} />
          </div>
        ))}
      </div>
      {children}
    </div>
  )
}

/** ChanceBar is one share as a bar with its figure; below `good` it is amber and has the half disc's word beside it. */
export function ChanceBar({ label, share, good = 0.9 }: { label: ReactNode; share: number; good?: number }) {
  return (
    <li className="chance row g8 sm">
      <span className="t2 num nowrap">{label}</span>
      <span className="bar-line grow" aria-hidden>
        <i className={share < good ? 'short' : undefined} style={{ width: `${share * 100}%` }} />
      </span>
      <span className="right m num">{Math.round(share * 100)}%</span>
    </li>
  )
}
