import { useNavigate } from 'react-router'
import type { Schema } from '@/api/client'
import type { Reason } from '@/design/reasons'
import { useTagNames } from '@/design/skill-tag'
import { localDate } from '@/design/time'
import { useWords } from '@/words'

export type RuleView = Schema<'RuleView'>

/** Where a rule is put right. shift_open and those that nobody can change lead nowhere. */
export function cureOf(rule: RuleView, startsAt: string): string | undefined {
  const day = '/agent/shifts?day=' + localDate(startsAt)
  switch (rule.rule) {
    case 'tag':
      return '/agent/academy?tag=' + encodeURIComponent(rule.tag ?? '')
    case 'availability':
      return '/agent/me/availability'
    case 'longest_shift':
    case 'own_day_hours':
    case 'own_week_hours':
    case 'least_pay':
    case 'needs':
      return '/agent/me/limits?at=' + rule.rule
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
  rules.every((r) => r.rule !== 'shift_open' && r.rule !== 'own_organisation' && cureOf(r, new Date().toISOString()) !== undefined)

/** useReasons turns rules that say no into reasons with the step that mends each. */
export function useReasons() {
  const t = useWords('agent')
  const name = useTagNames()
  const go = useNavigate()
  return (rules: RuleView[], startsAt: string): Reason[] =>
    rules
      .filter((r) => !r.passed)
      .map((r) => {
        const to = cureOf(r, startsAt)
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
