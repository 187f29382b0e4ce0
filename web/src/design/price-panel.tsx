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
      <div aria-busy={stale} style={{ opacity: stale ? 0.55 : 1 }}>
        <ul className="mt8">
          {lines.map((l) => (
            <li key={l.key} className="row between start g12" style={{ padding: '6px 0' }}>
              <span className="grow">
                {l.label}
                {l.rule && <span className="sm t3 line">{l.rule}</span>}
              </span>
              <Money value={l.amount} credit={l.credit} />
            </li>
          ))}
        </ul>
        <div className="row between base" style={{ borderTop: '1px solid var(--text)', marginTop: 6, paddingTop: 10 }}>
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
    <li className="row g8 sm" style={{ lineHeight: '18px' }}>
      <span className="t2 num nowrap" style={{ width: 118 }}>
        {label}
      </span>
      <span aria-hidden style={{ flex: 1, height: 6, background: 'var(--sunken)', borderRadius: 3 }}>
        <i
          style={{
            display: 'block',
            height: 6,
            width: `${share * 100}%`,
            background: share < good ? 'var(--late)' : 'var(--ok)',
            borderRadius: 3,
          }}
        />
      </span>
      <span className="right m num" style={{ width: 38 }}>
        {Math.round(share * 100)}%
      </span>
    </li>
  )
}
