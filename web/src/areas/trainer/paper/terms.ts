import type { Schema } from '@/api/client'

export type Version = Schema<'PaperVersion'>
export type Terms = Schema<'PaperTerms'>

/** termsOf is what a version says, without what the server says of the version. */
export const termsOf = (v: Version): Terms => ({
  bank_ids: v.bank_ids,
  blueprint: v.blueprint,
  cool_down_minutes: v.cool_down_minutes,
  grace_seconds: v.grace_seconds,
  max_attempts: v.max_attempts,
  max_overlap: v.max_overlap,
  minutes: v.minutes,
  name_en: v.name_en,
  name_zh: v.name_zh,
  pass_score: v.pass_score,
})
