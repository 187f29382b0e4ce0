import { ChevronRight } from 'lucide-react'
import { Link } from 'react-router'
import { Glyph, State } from '@/design/state'
import { useWords } from '@/words'
import { checks, type Outcome } from './credential-checks'

/** Proof is the checks of a credential as they are made: done, under way, to come; and the way to its entry in the log. */
export function Proof({ outcomes, running, logIndex }: { outcomes: Outcome[]; running: boolean; logIndex?: number }) {
  const t = useWords('public')
  const passed = outcomes.filter((o) => o.passed).length
  const done = outcomes.length === checks.length
  return (
    <section aria-live="polite" className={outcomes.length > 0 ? undefined : 'screen'}>
      <div className="sechead">
        <h2>{t('credential.proof')}</h2>
        <span className="end">
          {done ? (
            <State plain tone={passed === checks.length ? 'ok' : 'miss'}>
              {t('credential.passed', { passed, all: checks.length })}
            </State>
          ) : (
            running && (
              <State plain tone="info">
                {t('credential.checking')}
              </State>
            )
          )}
        </span>
      </div>
      <ul className="panel listed proof">
        {checks.map((check, i) => {
          const o = outcomes[i]
          const tone = o ? (o.passed ? 'ok' : 'miss') : running && i === outcomes.length ? 'info' : 'open'
          return (
            <li key={check} className="row start g12">
              <span className="pt4">
                <Glyph tone={tone} size={14} />
              </span>
              <div className="grow">
                <div className="m">{t('credential.check.' + check)}</div>
                <div className={o && !o.passed ? 'sm miss break' : 'sm t3 break'}>
                  {o ? t('credential.said.' + o.said, o.values) : t('credential.asks.' + check)}
                </div>
              </div>
            </li>
          )
        })}
        {logIndex !== undefined && (
          <li>
            <Link to={'/log?leaf=' + logIndex} className="row between g12 hit">
              {t('credential.logAt', { leaf: logIndex })}
              <ChevronRight size={16} aria-hidden />
            </Link>
          </li>
        )}
      </ul>
    </section>
  )
}
