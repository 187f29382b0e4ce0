import { useQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useState, type KeyboardEvent } from 'react'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { Glyph } from '@/design/state'
import { dayRange, localDate, useClock } from '@/design/time'
import { usePhone } from '@/design/theme'
import { useLanguage, useWords } from '@/words'

const shift = (date: string, days: number) => new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10)
const weekday = (date: string) => (new Date(date).getUTCDay() + 6) % 7

/** useDays is how full each of some days is. */
export const useDays = (from: string, to: string) =>
  useQuery({
    queryKey: ['bookings', 'days', from, to],
    queryFn: async () =>
      new Map((await body(api.GET('/api/v1/bookings/days', { params: { query: { from, to } } }))).items.map((d) => [d.date, d])),
  })

/** Calendar is five weeks of fill: the more seats the deeper, and amber with what lacks where a day is short. A day chooses its bookings. */
export function Calendar({ chosen, onChoose, zone }: { chosen?: string; onChoose: (date?: string) => void; zone?: string }) {
  const t = useWords('merchant')
  const language = useLanguage()
  const today = localDate(useClock(), zone)
  const [weeks, setWeeks] = useState(0)
  const first = shift(today, -weekday(today) + weeks * 7)
  const dates = Array.from({ length: 35 }, (_, i) => shift(first, i))
  const { data, error, refetch } = useDays(first, dates[34]!)
  const most = Math.max(1, ...[...(data?.values() ?? [])].map((d) => d.seats))
  const names = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { weekday: 'short', timeZone: 'UTC' })
  const month = (date: string) => (language === 'zh' ? `${Number(date.slice(5, 7))} 月` : dayRange(date, date, language).split(' ')[1])
  const walk = (e: KeyboardEvent<HTMLElement>) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[e.key]
    if (by === undefined) return
    const all = [...e.currentTarget.querySelectorAll('button')],
      at = all.indexOf(document.activeElement as HTMLButtonElement)
    e.preventDefault()
    all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus()
  }
  return (
    <div>
      <div className="sechead">
        <h2>{t('calendar.title')}</h2>
        <span className="sm t3 num">{dayRange(dates[0]!, dates[34]!, language)}</span>
        <span className="end row g12 xs t2">
          <span className="row g4 deskonly">
            <i aria-hidden className="depth" />
            {t('calendar.deep')}
          </span>
          <span className="row g4 deskonly">
            <Glyph tone="late" size={11} />
            {t('calendar.short')}
          </span>
          <span className="row">
            <Button
              size="small"
              type="text"
              aria-label={t('calendar.before')}
              icon={<ChevronLeft size={15} />}
              onClick={() => setWeeks(weeks - 4)}
            />
            {weeks !== 0 && (
              <Button size="small" type="text" onClick={() => setWeeks(0)}>
                {t('calendar.now')}
              </Button>
            )}
            <Button
              size="small"
              type="text"
              aria-label={t('calendar.after')}
              icon={<ChevronRight size={15} />}
              onClick={() => setWeeks(weeks + 4)}
            />
          </span>
        </span>
      </div>
      {error && !data ? (
        <Failure problem={error} onRetry={() => void refetch()} />
      ) : (
        <div className="calendar" role="group" aria-label={t('calendar.title')} onKeyDown={walk}>
          <span className="deskonly" />
          {dates.slice(0, 7).map((d) => (
            <span key={d} className="xs t3 dayhead" aria-hidden>
              {names.format(new Date(d))}
            </span>
          ))}
          {dates.map((d, i) => (
            <Cell
              key={d}
              date={d}
              day={data?.get(d)}
              most={most}
              today={d === today}
              past={d < today}
              on={d === chosen}
              onClick={() => onChoose(d === chosen ? undefined : d)}
              lead={
                i % 7 === 0 ? (
                  <span key={'m' + d} className="xs t3 deskonly monthname">
                    {i === 0 || Number(d.slice(8)) < 8 ? month(d) : ''}
                  </span>
                ) : null
              }
              tab={d === (chosen ?? (dates.includes(today) ? today : dates[0]))}
            />
          ))}
        </div>
      )}
    </div>
  )
}

function Cell({
  date,
  day,
  most,
  today,
  past,
  on,
  onClick,
  lead,
  tab,
}: {
  date: string
  day?: Schema<'BookedDay'>
  most: number
  today: boolean
  past: boolean
  on: boolean
  onClick: () => void
  lead: React.ReactNode
  tab: boolean
}) {
  const t = useWords('merchant')
  const common = useWords()
  const language = useLanguage()
  const phone = usePhone()
  const seats = day?.seats ?? 0,
    lacks = seats - (day?.filled ?? 0)
  const background =
    seats === 0
      ? 'var(--surface)'
      : lacks > 0 && !past
        ? `color-mix(in srgb, var(--late-wash) ${Math.round(25 + Math.min(1, lacks / seats / 0.5) * 75)}%, var(--late-soft))`
        : `color-mix(in srgb, var(--ok) ${Math.round(8 + (seats / most) * 32)}%, var(--surface))`
  const named = dayRange(date, date, language)
  const said = seats === 0 ? t('calendar.none', { date: named }) : t('calendar.day', { date: named, seats, filled: day?.filled })
  return (
    <>
      {lead}
      <button
        type="button"
        className={['day', today && 'today', past && 'past', seats > 0 && 'booked'].filter(Boolean).join(' ')}
        aria-pressed={on}
        title={said}
        tabIndex={tab ? 0 : -1}
        onClick={onClick}
        style={{ background }}
      >
        <span className="hidden">{said}</span>
        <span aria-hidden className="row between xs">
          <span className={today ? 'b now' : 't2'}>
            {phone ? Number(date.slice(8)) : today ? common('today') : date.endsWith('-01') ? named : Number(date.slice(8))}
          </span>
          {lacks > 0 && !past && (
            <span className="row g4 b nowrap">
              <Glyph tone="late" size={11} />
              <span className="deskonly">{t('calendar.lacks', { count: lacks })}</span>
            </span>
          )}
        </span>
        {seats > 0 && (
          <span aria-hidden className={phone && seats > 999 ? 'count num many' : 'count num'}>
            {seats}
            <span className="xs t2 deskonly regular"> {t('track.seats', { count: seats })}</span>
          </span>
        )}
      </button>
    </>
  )
}
