import type { Schema } from '@/api/client'

export type Question = Schema<'Question'>
export type Kind = Question['kind']
type Text = Schema<'Text'>
type Answer = Schema<'Answer'>

export type Change = (more: Partial<Question>) => void
/** Asked is a question that is being written, and how a part of the editor changes it. */
export interface Asked {
  q: Question
  change: Change
}

export const kinds: Kind[] = [
  'single_choice',
  'multiple_choice',
  'true_false',
  'numeric',
  'short_text',
  'matching',
  'ordering',
  'open',
  'dialogue',
]

/** full is the whole mark. */
export const full = 10_000_000

/** share is a part of the mark in words. */
export const share = (weight: number) => `${(weight / (full / 100)).toFixed(weight % (full / 100) === 0 ? 0 : 1)}%`.replace('-', '−')

const plain = (body = ''): Text => ({ format: 'plain', body })
const choice = (weight = 0): Answer => ({ text: plain(), weight })

/** blank is a new question of a kind, with as many parts as it needs at least. */
export function blank(kind: Kind): Question {
  const q: Question = { kind, text: plain(), category: '', difficulty: 2 }
  switch (kind) {
    case 'single_choice':
      return { ...q, answers: [choice(full), choice(), choice(), choice()] }
    case 'multiple_choice':
      return { ...q, answers: [choice(full / 2), choice(full / 2), choice(), choice()] }
    case 'true_false':
      return { ...q, answers: [{ weight: full }, { weight: 0 }] }
    case 'numeric':
      return { ...q, answers: [{ weight: full, number: { value: '', tolerance: '' } }] }
    case 'short_text':
      return { ...q, answers: [choice(full)], case_made: false }
    case 'matching':
      return {
        ...q,
        pairs: [
          { left: plain(), right: '' },
          { left: plain(), right: '' },
          { left: plain(), right: '' },
        ],
      }
    case 'ordering':
      return { ...q, items: [plain(), plain(), plain()] }
    case 'open':
      return { ...q, guide: plain(), rubric: [{ name: '', points: 2, guide: plain() }] }
    case 'dialogue':
      return { ...q, turns: [{ speaker: 'customer', text: '', required: [], forbidden: [] }], guide: plain(), rubric: [] }
  }
}

/** rightly makes answers right and wrong: of a single choice one earns all; of several each earns its part, and none more than another. Penalties of wrong ones stay. */
export function rightly(q: Question, at: number, right: boolean): Answer[] {
  const answers = q.answers ?? []
  if (q.kind !== 'multiple_choice') return answers.map((a, i) => ({ ...a, weight: i === at ? full : a.weight === full ? 0 : a.weight }))
  const is = answers.map((a, i) => (i === at ? right : a.weight > 0))
  const many = is.filter(Boolean).length
  return answers.map((a, i) => ({ ...a, weight: is[i] ? Math.floor(full / many) : Math.min(a.weight, 0) }))
}

/** spread shares the mark among those that are right, after one was taken out. */
export function spread(q: Question, answers: Answer[]): Answer[] {
  const many = answers.filter((a) => a.weight > 0).length
  return q.kind === 'multiple_choice' && many > 0
    ? answers.map((a) => (a.weight > 0 ? { ...a, weight: Math.floor(full / many) } : a))
    : answers
}

/** moved puts a part one place up or down. */
export function moved<T>(list: T[], at: number, by: -1 | 1): T[] {
  const to = at + by
  if (to < 0 || to >= list.length) return list
  const next = [...list]
  ;[next[at], next[to]] = [next[to] as T, next[at] as T]
  return next
}

const kept = (text: Text | undefined): Text | undefined => {
  const body = text?.body.trim() ?? ''
  return body ? { format: text?.format ?? 'plain', body } : undefined
}
const words = (list: string[] | undefined) => {
  const all = (list ?? []).map((w) => w.trim()).filter(Boolean)
  return all.length > 0 ? all : undefined
}

/** tidy is the question as it is sent: trimmed, without parts that nothing was written into. */
export function tidy(q: Question): Question {
  const number = (n: Schema<'Number'> | undefined) =>
    n &&
    (n.any
      ? { any: true }
      : n.low !== undefined || n.high !== undefined
        ? { low: n.low?.trim(), high: n.high?.trim() }
        : { value: n.value?.trim(), tolerance: n.tolerance?.trim() || undefined })
  return {
    ...q,
    text: { ...q.text, body: q.text.body.trim() },
    category: q.category?.trim(),
    title: q.title?.trim() || undefined,
    feedback: kept(q.feedback),
    guide: kept(q.guide),
    case_made: q.case_made || undefined,
    answers: q.answers
      ?.filter((a) => q.kind === 'true_false' || q.kind === 'numeric' || kept(a.text))
      .map((a) => ({ ...a, text: kept(a.text), number: number(a.number), feedback: kept(a.feedback) })),
    pairs: q.pairs?.filter((p) => kept(p.left) || p.right.trim()).map((p) => ({ left: kept(p.left), right: p.right.trim() })),
    items: q.items?.map(kept).filter((x) => x !== undefined),
    rubric: q.rubric?.filter((c) => c.name.trim()).map((c) => ({ name: c.name.trim(), points: c.points, guide: kept(c.guide) })),
    turns: q.turns
      ?.filter((x) => x.text.trim())
      .map((x) => ({
        speaker: x.speaker,
        text: x.text.trim(),
        ...(x.speaker === 'customer' ? { required: words(x.required), forbidden: words(x.forbidden) } : {}),
      })),
  }
}

/** lacks names what keeps a question from being saved, before the server says it; it says the rest. */
export function lacks(q: Question): ('stem' | 'topic' | 'two' | 'right' | 'number' | 'pairs' | 'items' | 'rubric' | 'customer')[] {
  const t = tidy(q)
  const missing: ReturnType<typeof lacks> = []
  if (!t.text.body) missing.push('stem')
  if (!t.category) missing.push('topic')
  if ((q.kind === 'single_choice' || q.kind === 'multiple_choice') && (t.answers?.length ?? 0) < 2) missing.push('two')
  if (q.kind === 'short_text' && !t.answers?.length) missing.push('right')
  if (q.kind === 'single_choice' && !t.answers?.some((a) => a.weight === full)) missing.push('right')
  if (q.kind === 'multiple_choice' && !t.answers?.some((a) => a.weight > 0)) missing.push('right')
  if (q.kind === 'numeric' && !t.answers?.every((a) => a.number && (a.number.any || a.number.value || (a.number.low && a.number.high))))
    missing.push('number')
  if (q.kind === 'matching' && (t.pairs?.filter((p) => p.left && p.right).length ?? 0) < 2) missing.push('pairs')
  if (q.kind === 'ordering' && (t.items?.length ?? 0) < 2) missing.push('items')
  if (q.kind === 'open' && !t.rubric?.length) missing.push('rubric')
  if (q.kind === 'dialogue' && !t.turns?.some((x) => x.speaker === 'customer')) missing.push('customer')
  return missing
}
