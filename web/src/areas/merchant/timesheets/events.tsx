import type { Schema } from '@/api/client'
import { Money } from '@/design/money'
import { Glyph, State } from '@/design/state'
import { When } from '@/design/time'
import { useWords } from '@/words'
import type { Sheet } from './queries'

/** Events are what the minutes are made of, and what was said about them. */
export function Events({ sheet: s, disputes, zone }: { sheet: Sheet; disputes: Schema<'Dispute'>[]; zone?: string }) {
  const t = useWords('merchant')
  return (
    <div className="col g12 py8">
      <ol className="row wrap g16">
        {s.events.map((e, i) => (
          <li key={i} className="row g4 sm">
            <Glyph
              tone={e.kind === 'check_in' ? 'ok' : 'open'}
              shape={e.kind === 'check_out' ? 'bar' : e.kind === 'check_in' ? 'tick' : 'clock'}
            />
            {t('event.' + e.kind)}{' '}
            <span className="t2">
              <When at={e.at} zone={zone} />
            </span>
          </li>
        ))}
      </ol>
      <p className="sm t3">
        {t('sheets.made', { count: s.minutes })} <Money value={s.pay_per_hour} /> {t('sheets.perHour')}
        {s.swept && <> {t('sheets.swept')}</>}
      </p>
      {disputes.map((d) => (
        <div key={d.id} className="soft col g4 sm">
          <div className="row g8">
            <State tone={d.state === 'open' ? 'late' : 'ok'}>{t(d.state === 'open' ? 'sheets.openDispute' : 'sheets.ruled')}</State>
            <span>{t(d.kind === 'dispute' ? 'sheets.weDispute' : 'sheets.theyObject', { count: d.minutes })}</span>
            {d.frozen.amount > 0 && (
              <span className="t2">
                {t('sheets.frozen')} <Money value={d.frozen} />
              </span>
            )}
          </div>
          <p className="pre">{d.reason}</p>
          {d.answer && (
            <p className="pre t2">
              {t('sheets.answer')} {d.answer}
            </p>
          )}
          {d.state === 'open' ? (
            <p className="t3">
              {t('sheets.ruleBy')} <When at={d.rule_by} />
            </p>
          ) : (
            <p className="t2">
              {t('sheets.toAgent', { count: d.minutes_to_agent ?? 0 })} {d.ruling}
            </p>
          )}
        </div>
      ))}
    </div>
  )
}
