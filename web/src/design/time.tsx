import { useEffect, useState, useSyncExternalStore } from 'react'
import { useLanguage, useWords, type Language } from '@/words'

export const defaultZone = 'Asia/Shanghai'

type Instant = string | number | Date

// To make a formatter costs a hundred times what it costs to use it.
const made = new Map<string, Intl.DateTimeFormat>()
function format(locale: string, timeZone: string, options: Intl.DateTimeFormatOptions) {
  const key = [locale, timeZone, Object.entries(options)].join()
  let one = made.get(key)
  if (!one) made.set(key, (one = new Intl.DateTimeFormat(locale, { timeZone, ...options })))
  return one
}
const local = (language: Language) => (language === 'zh' ? 'zh-CN' : 'en-GB')

function parts(at: Instant, zone: string) {
  const said = format('sv-SE', zone, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(new Date(at)) // 2026-11-10 20:00:00
  const [year, month, day, hour, minute, second] = said.match(/\d+/g) as [string, string, string, string, string, string]
  return { year, month, day, hour, minute, second }
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** localDate is 2026-11-10 in the zone. */
export const localDate = (at: Instant, zone = defaultZone) => {
  const p = parts(at, zone)
  return `${p.year}-${p.month}-${p.day}`
}

/** clockTime is 20:00 in the zone. */
export const clockTime = (at: Instant, zone = defaultZone, seconds = false) => {
  const p = parts(at, zone)
  return `${p.hour}:${p.minute}${seconds ? ':' + p.second : ''}`
}

/** dayName is 11-10 周二, or Tue 10 Nov. */
export function dayName(at: Instant, language: Language, zone = defaultZone) {
  const p = parts(at, zone)
  const weekday = format(local(language), zone, { weekday: 'short' }).format(new Date(at))
  return language === 'zh' ? `${p.month}-${p.day} ${weekday}` : `${weekday} ${Number(p.day)} ${months[Number(p.month) - 1]}`
}

/** dayRange is from one date to another (2026-11-10): 11-10 至 11-12, or 10–12 Nov. */
export function dayRange(from: string, to: string, language: Language) {
  if (language === 'zh') return from === to ? from.slice(5) : `${from.slice(5)} 至 ${to.slice(5)}`
  const month = (date: string) => months[Number(date.slice(5, 7)) - 1]
  const day = (date: string) => Number(date.slice(8))
  if (from === to) return `${day(from)} ${month(from)}`
  return from.slice(0, 7) === to.slice(0, 7)
    ? `${day(from)}–${day(to)} ${month(to)}`
    : `${day(from)} ${month(from)} – ${day(to)} ${month(to)}`
}

/** monthName is 2026 年 11 月, or November 2026, of a month (2026-11). */
export const monthName = (month: string, language: Language) =>
  language === 'zh'
    ? `${month.slice(0, 4)} 年 ${Number(month.slice(5))} 月`
    : format('en-GB', 'UTC', { month: 'long', year: 'numeric' }).format(new Date(month + '-01T00:00:00Z'))

/** weekday is 二, or Tue, of a date (2026-11-10). */
export const weekday = (date: string, language: Language) =>
  format(local(language), 'UTC', { weekday: language === 'zh' ? 'narrow' : 'short' }).format(new Date(date + 'T00:00:00Z'))

/** zoneName is 北京时间, or UTC+8; other zones by their offset. */
export function zoneName(zone: string, language: Language, at: Instant = Date.now()) {
  if (zone === defaultZone && language === 'zh') return '北京时间'
  return (
    format('en', zone, { timeZoneName: 'shortOffset' })
      .formatToParts(new Date(at))
      .find((p) => p.type === 'timeZoneName')
      ?.value.replace('GMT', 'UTC') ?? zone
  )
}

/** span is 20:00–02:00 次日. */
export function span(from: Instant, to: Instant, nextDay: string, zone = defaultZone) {
  const later = localDate(from, zone) !== localDate(new Date(to).getTime() - 1, zone)
  return `${clockTime(from, zone)}–${clockTime(to, zone)}${later ? ' ' + nextDay : ''}`
}

/** Shift times: the day, from and to, the next day in words, the zone once. */
export function Span({
  from,
  to,
  zone = defaultZone,
  day = true,
  showZone = true,
}: {
  from: Instant
  to: Instant
  zone?: string
  day?: boolean
  showZone?: boolean
}) {
  const t = useWords()
  const language = useLanguage()
  const [clocks, after] = span(from, to, '|' + t('nextDay'), zone).split(' |')
  return (
    <time className="nowrap" dateTime={new Date(from).toISOString()}>
      {day && dayName(from, language, zone) + (language === 'zh' ? ' ' : ', ')}
      <span className="nowrap">{clocks}</span>
      {after && <span className="after"> {after}</span>}
      {showZone && <span className="zone"> {zoneName(zone, language, from)}</span>}
    </time>
  )
}

/** When is one moment with its zone; year says the year also of this one, for what is kept and read later. */
export function When({
  at,
  zone = defaultZone,
  year,
  seconds,
  showZone,
}: {
  at: Instant
  zone?: string
  year?: boolean
  seconds?: boolean
  showZone?: boolean
}) {
  const language = useLanguage()
  const its = parts(at, zone).year
  const other = its !== useYear(zone)
  return (
    <time
      className="nowrap"
      dateTime={new Date(at).toISOString()}
      title={`${localDate(at, zone)} ${clockTime(at, zone, true)} ${zoneName(zone, language, at)}`}
    >
      {year
        ? dateName(at, language, zone)
        : other && language === 'zh'
          ? `${its}-${dayName(at, language, zone)}`
          : dayName(at, language, zone)}
      {!year && other && language === 'en' && ' ' + its}
      {language === 'en' && ','} {clockTime(at, zone, seconds)}
      {showZone && <span className="zone"> {zoneName(zone, language, at)}</span>}
    </time>
  )
}

/** dateName is a day with its year, without its hour: 2027-05-22, or 22 May 2027. */
export function dateName(at: Instant, language: Language, zone = defaultZone) {
  const p = parts(at, zone)
  return language === 'zh' ? `${p.year}-${p.month}-${p.day}` : `${Number(p.day)} ${months[Number(p.month) - 1]} ${p.year}`
}

/** Day is a day that something begins or ends with, where its hour does not matter to the reader; the hour is in its title. */
export function Day({ at, zone = defaultZone }: { at: Instant; zone?: string }) {
  const language = useLanguage()
  return (
    <time
      className="nowrap"
      dateTime={new Date(at).toISOString()}
      title={`${localDate(at, zone)} ${clockTime(at, zone, true)} ${zoneName(zone, language, at)}`}
    >
      {dateName(at, language, zone)}
    </time>
  )
}

// One clock for all that say how things are now: it ticks for as long as somebody looks.
const tick = 20_000
let moment = Date.now()
let ticking: ReturnType<typeof setInterval> | undefined
const lookers = new Set<() => void>()
const look = (changed: () => void) => {
  lookers.add(changed)
  if (ticking === undefined) {
    moment = Date.now()
    ticking = setInterval(() => {
      moment = Date.now()
      lookers.forEach((l) => l())
    }, tick)
  }
  return () => {
    lookers.delete(changed)
    if (lookers.size > 0) return
    clearInterval(ticking)
    ticking = undefined
  }
}

/** useClock is the machine's clock, to within 20 seconds: what depends on the time stays right while a page is open. */
export const useClock = () => useSyncExternalStore(look, () => moment)

const useYear = (zone: string) => useSyncExternalStore(look, () => parts(moment, zone).year)

/** useNow is the machine's clock, told anew every so many milliseconds. */
export function useNow(every = 1000) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every)
    return () => clearInterval(timer)
  }, [every])
  return now
}

/** Ago is how long since: 8 秒前. */
export function useAgo() {
  const t = useWords()
  return (seconds: number) => {
    const s = Math.max(0, Math.round(seconds))
    return s < 60
      ? t('ago.seconds', { count: s })
      : s < 3600
        ? t('ago.minutes', { count: Math.floor(s / 60) })
        : s < 86400
          ? t('ago.hours', { count: Math.floor(s / 3600) })
          : t('ago.days', { count: Math.floor(s / 86400) })
  }
}

/** Countdown is 29:41, or 1:05:00. */
export function Countdown({ until }: { until: Instant }) {
  const left = Math.max(0, Math.floor((new Date(until).getTime() - useNow()) / 1000))
  const [h, m, s] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60]
  return (
    <time className="num">
      {h > 0 ? `${h}:${String(m).padStart(2, '0')}` : String(m).padStart(2, '0')}:{String(s).padStart(2, '0')}
    </time>
  )
}
