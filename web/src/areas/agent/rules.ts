import { useNavigate } from 'react-router'
import type { Schema } from '@/api/client'
import type { Reason } from '@/design/reasons'
import { useTagNames } from '@/design/skill-tag'
import { localDate } from '@/design/time'
import { useWords } from '@/words'

export type RuleView = Schema<'RuleView'>

/** What a rule says no to. */
export interface Asked {
  id: string
  starts_at: string
}

/** Where a rule is put right; what is set by oneself leads back to the shift. Those that nobody can change lead nowhere. */
export function cureOf(rule: RuleView, shift: Asked): string | undefined {
  const day = '/agent/shifts?day=' + localDate(shift.starts_at)
  switch (rule.rule) {
    case 'tag':
      return '/agent/academy?tag=' + encodeURIComponent(rule.tag ?? '')
    case 'availability':
      return '/agent/me/availability?shift=' + shift.id
    case 'longest_shift':
    case 'own_day_hours':
    case 'own_week_hours':
    case 'least_pay':
    case 'needs':
      return `/agent/me/limits?at=${rule.rule}&shift=${shift.id}`
    case 'overlap':
    case 'rest_between':
    case 'rest_of_night':
    case 'day_hours':
    case 'week_hours':
      return day
    case 'trial_path':
      return '/agent/academy'
    case 'brand_pack':
      return rule.pack && `/agent/packs/${rule.pack.shop_id}?version=${rule.pack.version}`
    case 'shift_open':
    case 'own_organisation':
      return '/agent/hall'
    default:
      return undefined
  }
}

/** Nearly is what an agent can put right themselves: at most two rules, each with a page that mends it. */
export const nearly = (rules: RuleView[]) =>
  rules.length > 0 &&
  rules.length <= 2 &&
  rules.every(
    (r) =>
      r.rule !== 'shift_open' && r.rule !== 'own_organisation' && cureOf(r, { id: '', starts_at: new Date().toISOString() }) !== undefined,
  )

/** useReasons turns rules that say no into reasons with the step that mends each. */
export function useReasons() {
  const t = useWords('agent')
  const name = useTagNames()
  const go = useNavigate()
  return (rules: RuleView[], shift: Asked): Reason[] =>
    rules
      .filter((r) => !r.passed)
      .map((r) => {
        const to = cureOf(r, shift)
        return {
          key: r.rule + (r.tag ?? ''),
          rule: t('rule.' + r.rule, { tag: r.tag && name(r.tag) }),
          value: r.value,
          // A level that is missing says enough; until when a level must be valid matters once it is there.
          needed: r.rule === 'tag' && r.short?.unit === 'levels' ? r.needed.split(/[,，]/)[0] : r.needed,
          hint: r.rule === 'tag' && r.tag ? t('rule.learn', { tag: name(r.tag) }) : r.next_step,
          action: to ? { label: t('cure.' + r.rule), start: () => void go(to) } : undefined,
        }
      })
}

/** failedOf are the rules that a refusal names. */
export const failedOf = (more: Record<string, unknown>) => (Array.isArray(more.rules) ? (more.rules as RuleView[]) : [])
