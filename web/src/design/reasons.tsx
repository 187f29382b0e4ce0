import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { useWords } from '@/words'
import { Button } from './button'
import { Glyph } from './state'

export interface Reason {
  key: string
  rule: ReactNode
  value?: ReactNode
  needed?: ReactNode
  hint?: ReactNode
  action?: { label: ReactNode; start: () => void }
}

/** Reasons are the rules that say no: the rule, what is and what is needed, how soon it can be had, and the button that starts it. */
export function Reasons({ list }: { list: Reason[] }) {
  const t = useWords()
  return (
    <ul className="col" aria-label={t('reasons.list')}>
      {list.map((r) => (
        <li key={r.key} className="reason">
          <span>
            <Glyph tone="miss" />
          </span>
          <div className="grow">
            <div className="m">{r.rule}</div>
            {r.needed !== undefined && (
              <div className="row wrap reasonhave sm t2">
                <span>
                  <span className="hidden">{t('reasons.have')} </span>
                  {r.value}
                </span>
                <span className="b t1">
                  <span className="t3 regular" aria-hidden>
                    →{'\u00a0'}
                  </span>
                  <span className="hidden">{t('reasons.need')} </span>
                  {r.needed}
                </span>
              </div>
            )}
            {r.hint && <div className="sm t3">{r.hint}</div>}
          </div>
          {r.action && (
            <Button onClick={r.action.start}>
              {r.action.label}
              <ChevronRight size={15} aria-hidden />
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}
