import type { Schema } from '@/api/client'
import type { useWords } from '@/words'

type Requirement = Schema<'Requirement'>

/** softer says what is asked less: each tag that is left out, or asked at a lower level. It is empty where nothing is. */
export function softer(asked: Requirement[], then: Requirement[], name: (tag: string) => string, t: ReturnType<typeof useWords>) {
  return asked.flatMap((r) => {
    const now = then.find((x) => x.tag === r.tag)
    if (!now) return [t('price.without', { tag: name(r.tag) })]
    return now.level < r.level ? [t('price.lowered', { tag: name(r.tag), level: now.level })] : []
  })
}
