import type { Schema } from '@/api/client'
import { clockTime, dayName, defaultZone, localDate } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import './heat-map.css'

const steps = [0, 1, 10, 50, 100] // open seats from which a cell is darker

/** HeatMap is open seats by day and hour: five quiet steps, and the number where it matters. */
export function HeatMap({ hours, from, days }: { hours: Schema<'HourDemand'>[]; from: number; days: number }) {
  const t = useWords('operator')
  const language = useLanguage()
  const cells = new Map(hours.map((h) => [localDate(h.starts_at) + clockTime(h.starts_at).slice(0, 2), h]))
  const dates = Array.from({ length: days }, (_, i) => from + i * 86_400_000)
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('market.heat')}>
      <table className="heat">
        <caption className="hidden">{t('market.heat')}</caption>
        <thead>
          <tr>
            <td />
            {Array.from({ length: 24 }, (_, h) => (
              <th key={h} scope="col" className="xs t3">
                {h % 3 === 0 ? String(h).padStart(2, '0') + ':00' : <span className="hidden">{h}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {dates.map((date) => (
            <tr key={date}>
              <th scope="row" className="xs t2">
                {dayName(date, language, defaultZone)}
              </th>
              {Array.from({ length: 24 }, (_, hour) => {
                const cell = cells.get(localDate(date) + String(hour).padStart(2, '0'))
                const open = cell?.open ?? 0
                const step = steps.filter((s) => open >= s).length - 1
                return (
                  <td key={hour} data-step={step} title={cell && t('market.cell', { open, seats: cell.seats })}>
                    {open > 0 ? open : <span className="hidden">{open}</span>}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <div className="row g12 xs t3 mt8" aria-hidden>
        {steps.map((s, i) => (
          <span key={s} className="row g4">
            <i className="heat-key" data-step={i} />
            {s}
            {i === steps.length - 1 && '+'}
          </span>
        ))}
        <span>{t('market.openSeats')}</span>
      </div>
    </div>
  )
}
