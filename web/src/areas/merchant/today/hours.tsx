import { clockTime, useNow } from '@/design/time'
import { useWords } from '@/words'
import { hoursOf, type LiveShift } from './live'

/** Hours is the next day and night, hour by hour: how many seats, and where some are still open. */
export function Hours({ shifts, ahead, zone }: { shifts: LiveShift[]; ahead: number; zone: string }) {
  const t = useWords('merchant')
  const hours = hoursOf(shifts, useNow(60_000) + ahead)
  const most = Math.max(1, ...hours.map((h) => h.seats))
  return (
    <section className="sec" aria-label={t('today.hours')}>
      <div className="sechead">
        <h2>{t('today.hours')}</h2>
        <span className="sm t3">{t('today.hoursNote')}</span>
      </div>
      <div className="scroll" tabIndex={0} role="group" aria-label={t('today.hours')}>
        <ol className="hours">
          {hours.map((h) => {
            const short = h.seats - h.filled
            const said =
              h.seats === 0
                ? t('today.hourNone', { at: clockTime(h.at, zone) })
                : t('today.hour', { at: clockTime(h.at, zone), seats: h.seats, filled: h.filled })
            return (
              <li
                key={h.at}
                title={said}
                data-short={short > 0 || undefined}
                style={{
                  ['--level' as never]: `${h.seats === 0 ? 0 : short > 0 ? Math.min(100, Math.round((short / h.seats) * 200)) : Math.round(16 + (h.seats / most) * 48)}%`,
                }}
              >
                <span className="hidden">{said}</span>
                <b aria-hidden>{h.seats || ''}</b>
                <i aria-hidden>{short > 0 ? '−' + short : ''}</i>
                <span className="axis" aria-hidden>
                  {clockTime(h.at, zone).slice(0, 2)}
                </span>
              </li>
            )
          })}
        </ol>
      </div>
    </section>
  )
}
