import { Segmented } from 'antd'
import { useState, type KeyboardEvent } from 'react'
import type { Schema } from '@/api/client'
import { Section } from '@/design/page'
import { usePhone } from '@/design/theme'
import { clockTime, dayName, defaultZone, localDate } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import './heat-map.css'

type Hour = Schema<'HourDemand'>
type Mode = 'open' | 'fill' | 'seats'

export const hour = 3_600_000
export const day = 24 * hour

/** midnight is when the day began in Shanghai, where the market is. */
export const midnight = (at: number) => Math.floor((at + 8 * hour) / day) * day - 8 * hour

const bounds: Record<Mode, number[]> = {
  open: [0, 1, 10, 50, 100], // open seats from which a cell is darker
  fill: [0, 1, 10, 25, 50], // open seats in a hundred
  seats: [0, 1, 100, 500, 1000],
}
const value = (h: Hour, mode: Mode) => (mode === 'open' ? h.open : mode === 'seats' ? h.seats : (100 * h.open) / Math.max(h.seats, 1))
const stepOf = (h: Hour | undefined, mode: Mode) => (h ? bounds[mode].filter((b) => value(h, mode) >= b).length - 1 : 0)
const said = (h: Hour, mode: Mode) =>
  mode === 'fill'
    ? h.seats > 0
      ? String(Math.floor((100 * (h.seats - h.open)) / h.seats))
      : ''
    : value(h, mode) > 0
      ? String(value(h, mode))
      : ''

/**
 * HeatMap is open seats by day and hour: five quiet steps, and the number where it matters; hours across and days down, on a phone the other
 * way. An hour with open seats can be chosen; the arrow keys walk from one to the next.
 */
export function HeatMap({
  hours,
  from,
  days,
  chosen,
  onChoose,
}: {
  hours: Hour[]
  from: number
  days: number
  chosen?: number
  onChoose: (at: number | undefined) => void
}) {
  const t = useWords('operator')
  const language = useLanguage()
  const upright = usePhone()
  const [mode, setMode] = useState<Mode>('open')
  const cells = new Map(hours.map((h) => [Date.parse(h.starts_at), h]))
  const dates = Array.from({ length: days }, (_, i) => from + i * day)
  const clock = Array.from({ length: 24 }, (_, h) => h)
  const first = chosen ?? hours.find((h) => h.open > 0 && Date.parse(h.starts_at) >= from)?.starts_at
  const entrance = first === undefined ? undefined : new Date(first).getTime() // one of them is reached by Tab, the others from it
  const cell = (at: number) => {
    const h = cells.get(at)
    const words = h && t('market.cell', { open: h.open, seats: h.seats })
    return (
      <td key={at} data-mode={mode} data-step={stepOf(h, mode)} aria-current={at === chosen || undefined} title={words}>
        {h && h.open > 0 ? (
          <button
            type="button"
            data-at={at}
            tabIndex={at === entrance ? 0 : -1}
            aria-label={`${dayName(at, language)} ${clockTime(at)} ${words}`}
            aria-pressed={at === chosen}
            onClick={() => onChoose(at === chosen ? undefined : at)}
            onKeyDown={(e) => walk(e, at, upright)}
          >
            {said(h, mode)}
          </button>
        ) : h ? (
          said(h, mode) || <span className="hidden">{words}</span>
        ) : null}
      </td>
    )
  }
  const hourName = (h: number) => (h % 3 === 0 ? String(h).padStart(2, '0') + ':00' : <span className="hidden">{h}:00</span>)
  return (
    <Section
      title={t('market.heat')}
      note={t('market.zone')}
      aside={
        <Segmented<Mode>
          size="small"
          aria-label={t('market.heat')}
          value={mode}
          onChange={setMode}
          options={(['open', 'fill', 'seats'] as const).map((m) => ({ value: m, label: t('market.mode.' + m) }))}
        />
      }
    >
      <div className="scroll" tabIndex={0} role="region" aria-label={t('market.heat')}>
        <table className={upright ? (days > 14 ? 'heat upright long' : 'heat upright') : 'heat'}>
          <caption className="hidden">{t('market.heat')}</caption>
          <thead>
            <tr>
              <td />
              {upright
                ? dates.map((d) => (
                    <th key={d} scope="col" className="xs t3">
                      <span className="hidden">{dayName(d, language, defaultZone)}</span>
                      <span aria-hidden>{Number(localDate(d).slice(8))}</span>
                    </th>
                  ))
                : clock.map((h) => (
                    <th key={h} scope="col" className="xs t3">
                      {hourName(h)}
                    </th>
                  ))}
            </tr>
          </thead>
          <tbody>
            {upright
              ? clock.map((h) => (
                  <tr key={h}>
                    <th scope="row" className="xs t2">
                      {hourName(h)}
                    </th>
                    {dates.map((d) => cell(d + h * hour))}
                  </tr>
                ))
              : dates.map((d) => (
                  <tr key={d}>
                    <th scope="row" className="xs t2">
                      {dayName(d, language, defaultZone)}
                    </th>
                    {clock.map((h) => cell(d + h * hour))}
                  </tr>
                ))}
          </tbody>
        </table>
      </div>
      <div className="row wrap g12 xs t3 mt8" aria-hidden>
        {bounds[mode].map((b, i) => (
          <span key={b} className="row g4">
            <i className="heat-key" data-mode={mode} data-step={i} />
            {b}
            {i === bounds[mode].length - 1 && '+'}
          </span>
        ))}
        <span>{t('market.keys.' + mode)}</span>
      </div>
    </Section>
  )
}

/** walk goes by arrow to the next hour with open seats in that direction. */
function walk(e: KeyboardEvent<HTMLButtonElement>, at: number, upright: boolean) {
  const [across, down] = upright ? [day, hour] : [hour, day]
  const step = { ArrowLeft: -across, ArrowRight: across, ArrowUp: -down, ArrowDown: down }[e.key]
  if (!step) return
  e.preventDefault()
  const table = e.currentTarget.closest('table')
  for (let next = at + step, tries = 0; tries < 62; next += step, tries++) {
    const found = table?.querySelector<HTMLElement>(`[data-at='${next}']`)
    if (found) return found.focus()
  }
}
