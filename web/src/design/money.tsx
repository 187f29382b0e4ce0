import type { Schema } from '@/api/client'

/** amount in words of figures: 18,351.54 for 1835154 minor units. */
export const figures = (minor: number, fen = true) => (fen ? withFen : whole).format(Math.abs(minor) / 100)
const withFen = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** plainMoney is for labels that cannot hold elements. */
export const plainMoney = (m: Schema<'Money'>, fen = true) => `${m.amount < 0 ? '−' : ''}¥${figures(m.amount, fen)}`

/**
 * Money takes minor units. Ledgers, quotes and bills keep the fen; round drops .00 on phone cards. A credit is green, spending is never
 * red, and minus is a minus sign.
 */
export function Money({ value, size, round, credit }: { value: Schema<'Money'>; size?: number; round?: boolean; credit?: boolean }) {
  const whole = value.amount % 100 === 0
  const [yuan, fen] = figures(value.amount, !(round && whole)).split('.')
  return (
    <span
      className={['money', (size ?? 0) >= 18 && 'big', size && 'b', credit && 'ok'].filter(Boolean).join(' ')}
      style={size ? { fontSize: size } : undefined}
    >
      {value.amount < 0 ? '−' : credit ? '+' : ''}
      <span className="cur">¥</span>
      {yuan}
      {fen !== undefined && <span className="dec">.{fen}</span>}
    </span>
  )
}
