import { useState, type KeyboardEvent } from 'react'
import { Link } from 'react-router'
import { clockTime, Span, useNow } from '@/design/time'
import { useWords } from '@/words'
import { hoursOf, inHour, type OfBooking } from './live'
import { Filled } from './soon'

/** Hours is the next day and night, hour by hour: how many seats, and where some are still open. An hour opens its shifts. */
export function Hours({ shifts, ahead, zone }: { shifts: OfBooking[]; ahead: number; zone: string }) {
  const t = useWords('merchant')
  const now = useNow(60_000) + ahead
  const [chosen, choose] = useState<number>()
  const hours = hoursOf(
    shifts.map((s) => s.shift),
    now,
  )
  const most = Math.max(1, ...hours.map((h) => h.seats))
  const opened = hours.find((h) => h.at === chosen)
  const walk = (e: KeyboardEvent<HTMLElement>) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[e.key]
    if (by === undefined) return
    const all = [...e.currentTarget.querySelectorAll('button')]
    e.preventDefault()
    all[Math.min(Math.max(all.indexOf(document.activeElement as HTMLButtonElement) + by, 0), all.length - 1)]?.focus()
  }
  return (
    <section className="sec" aria-label={t('today.hours')}>
      <div className="sechead">
        <h2>{t('today.hours')}</h2>
        <span className="sm t3">{t('today.hoursNote')}</span>
      </div>
      <div className="scroll" role="group" aria-label={t('today.hours')} onKeyDown={walk}>
        <ol className="hours">
          {hours.map((h, i) => {
            const short = h.seats - h.filled
            const level =
              h.seats === 0 ? 0 : short > 0 ? Math.min(100, Math.round((short / h.seats) * 200)) : Math.round(16 + (h.seats / most) * 48)
            const said =
              h.seats === 0
                ? t('today.hourNone', { at: clockTime(h.at, zone) })
                : t('today.hour', { at: clockTime(h.at, zone), seats: h.seats, filled: h.filled })
            return (
              <li key={h.at}>
                <button
                  type="button"
                  title={said}
                  tabIndex={h.at === (chosen ?? hours[0]!.at) || (i === 0 && !opened) ? 0 : -1}
                  aria-pressed={h.at === chosen}
                  data-short={short > 0 || undefined}
                  style={{ ['--level' as never]: level + '%' }}
                  onClick={() => choose(h.at === chosen ? undefined : h.at)}
                >
                  <span className="hidden">{said}</span>
                  <b aria-hidden>{h.seats || ''}</b>
                  <i aria-hidden>{short > 0 ? '−' + short : ''}</i>
                </button>
                <span className="axis" aria-hidden>
                  {clockTime(h.at, zone).slice(0, 2)}
                </span>
              </li>
            )
          })}
        </ol>
      </div>
      {opened && (
        <ul className="rows mt8" aria-live="polite">
          {inHour(shifts, opened.at, now).map(({ booking: b, shift: s }) => (
            <li key={s.id} className="wrap">
              <Link to={`/merchant/bookings/${b.id}#${s.id}`} className="m t1 break">
                {b.title}
              </Link>
              <span className="t2">
                <Span from={s.starts_at} to={s.ends_at} zone={b.time_zone} showZone={false} />
              </span>
              <span className="end row g12">
                <span className="num">
                  <b className="b">{Math.min(s.filled, s.seats)}</b> <span className="t2">/ {s.seats}</span>
                </span>
                <Filled shift={s} />
              </span>
            </li>
          ))}
          {opened.seats === 0 && <li className="t2">{t('today.hourNone', { at: clockTime(opened.at, zone) })}</li>}
        </ul>
      )}
    </section>
  )
}
