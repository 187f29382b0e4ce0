import type { Schema } from '@/api/client'
import type { Shape, Tone } from '@/design/state'

export type Item = Schema<'ItemAnalysis'> & { n: number }
export type Look = 'accepted' | 'negative' | 'weak' | 'alike' | 'few'

/** What a trainer should make of an item: negative discrimination first, then what does not tell strong from weak. Weak is under 0.2 (Ebel 1965). */
export function lookOf(i: Schema<'ItemAnalysis'>): Look {
  if (i.flags?.includes('few_answers')) return 'few'
  if (i.flags?.includes('negative_discrimination')) return 'negative'
  if (i.flags?.includes('everybody_alike')) return 'alike'
  return i.discrimination !== undefined && i.discrimination < 0.2 ? 'weak' : 'accepted'
}

export const looks: Record<Look, { tone: Tone; shape: Shape; symbol: string }> = {
  accepted: { tone: 'ok', shape: 'tick', symbol: 'circle' },
  negative: { tone: 'miss', shape: 'cross', symbol: 'diamond' },
  weak: { tone: 'late', shape: 'half', symbol: 'triangle' },
  alike: { tone: 'open', shape: 'ring', symbol: 'emptyCircle' },
  few: { tone: 'open', shape: 'unknown', symbol: 'emptyRect' },
}
export const allLooks = Object.keys(looks) as Look[]

/** What a person should look at. Of what few have answered nothing can be said yet. */
export const toLookAt: Look[] = ['negative', 'weak', 'alike']

/** numbered are the items with the numbers that they go by on the page, in its order: the worst first, those of few answers last. */
export const numbered = (items: Schema<'ItemAnalysis'>[]): Item[] =>
  items
    .map((i, at) => ({ ...i, n: at + 1 }))
    .sort((a, b) => Number(lookOf(a) === 'few') - Number(lookOf(b) === 'few') || (a.discrimination ?? 1) - (b.discrimination ?? 1))

export const percent = (share: number | undefined) => (share === undefined ? '–' : (share * 100).toFixed(0) + '%')
export const figure = (n: number | undefined) => (n === undefined ? '–' : (n < 0 ? '−' : '') + Math.abs(n).toFixed(2))
