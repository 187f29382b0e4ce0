import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { State } from '@/design/state'
import { SkillTag, useTagNames } from '@/design/skill-tag'
import { clockTime, dayName, defaultZone, localDate, Span, useClock, useNow, zoneName } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import type { Schema } from '@/api/client'
import { useProfile } from './queries'
import { minutesOf, phaseOf, type Mine } from './work'

/** useHours says a length: 4 小时, 3.5 小时, 45 分钟, 3 小时 51 分. */
export function useHours() {
  const t = useWords('agent')
  return (minutes: number) => {
    if (minutes % 30 === 0) return t('length.hours', { n: minutes / 60 })
    if (minutes < 60) return t('length.minutes', { n: minutes })
    return t('length.both', { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
  }
}

/** StandOf is where an assignment stands, as a state. */
export function StandOf({ mine }: { mine: Mine }) {
  const t = useWords('agent')
  const phase = phaseOf(mine, useNow(15_000))
  switch (phase) {
    case 'ahead':
      return <State tone="ok">{t('stand.held')}</State>
    case 'open':
      return <State tone="ok">{t('stand.open')}</State>
    case 'late':
      return <State tone="late">{t('stand.late')}</State>
    case 'missing':
      return <State tone="miss">{t('stand.missing')}</State>
    case 'working':
      return mine.on_break ? <State tone="info">{t('stand.break')}</State> : <State tone="ok">{t('stand.working')}</State>
    default:
      return mine.state === 'finished' ? (
        <State tone="open" shape="tick">
          {t('stand.finished')}
        </State>
      ) : mine.state === 'missing' ? (
        <State tone="miss">{t('stand.missing')}</State>
      ) : (
        <State tone="open" shape="bar">
          {t(mine.state === 'withdrawn' ? 'stand.withdrawn' : 'stand.released')}
        </State>
      )
  }
}

/** DayOf is a row's date: the day's number over its weekday, and under it the month where it is not this one. */
export function DayOf({ at, zone }: { at: string; zone?: string }) {
  const language = useLanguage()
  const now = useClock()
  const name = dayName(at, language, zone)
  const [number, weekday, month] =
    language === 'zh' ? [name.slice(3, 5), name.slice(6), Number(name.slice(0, 2)) + ' 月'] : [1, 0, 2].map((i) => name.split(' ')[i])
  return (
    <span className="dayof">
      <span className="hidden">{name}</span>
      <span className="b num line" aria-hidden>
        {number}
      </span>
      <span className="xs t3 line" aria-hidden>
        {weekday}
      </span>
      {localDate(at, zone).slice(0, 7) !== localDate(now, zone).slice(0, 7) && (
        <span className="xs t3 line" aria-hidden>
          {month}
        </span>
      )}
    </span>
  )
}

/** MineRow is an assignment in a list; it opens its shift. */
export function MineRow({ mine, day = true }: { mine: Mine; day?: boolean }) {
  const name = useKind()
  const zone = useProfile().data?.time_zone ?? defaultZone // of the reader: another is said
  return (
    <li>
      <Link className="rowlink" to={'/agent/shifts/' + mine.shift_id}>
        {day && <DayOf at={mine.starts_at} zone={mine.time_zone} />}
        <span className="grow">
          <span className="m line">
            <Span from={mine.starts_at} to={mine.ends_at} zone={mine.time_zone} day={false} showZone={mine.time_zone !== zone} />
          </span>
          <span className="sm t3 byline">
            <span>{mine.shop_name}</span>
            <span>{name(mine)}</span>
          </span>
        </span>
        <StandOf mine={mine} />
        <ChevronRight size={18} color="var(--text3)" aria-hidden className="rigid" />
      </Link>
    </li>
  )
}

/** useKind says in short what a shift is: 在线 · 售前. */
export function useKind() {
  const name = useTagNames()
  const t = useWords('agent')
  return (s: { channels: string[]; requirements: Schema<'Requirement'>[]; trial?: boolean; newcomer_id?: string }) => {
    const asked = s.requirements.map((r) => r.tag)
    const tags = [...s.channels.map((c) => 'channel/' + c), ...asked.filter((tag) => tag.startsWith('function/'))]
    return [s.trial && t('stand.trial'), s.newcomer_id && t('stand.mentoring'), ...tags.map(name)].filter(Boolean).join(' · ')
  }
}

/** ShiftHead is when a shift is, what it brings and whose it is. */
export function ShiftHead({
  from,
  to,
  zone,
  shop,
  note,
  pay,
  rate,
  lead,
}: {
  from: string
  to: string
  zone: string
  shop?: ReactNode
  note?: ReactNode
  pay: ReactNode
  rate: ReactNode
  lead?: boolean
}) {
  const t = useWords()
  const language = useLanguage()
  const hours = useHours()
  return (
    <div className="row between start g12">
      <div className="grow">
        <div className={lead ? 'b shifttime lead' : 'b shifttime'}>
          <Span from={from} to={to} zone={zone} day={false} showZone={false} />
        </div>
        <div className="sm t2">
          {dayName(from, language, zone)}
          {language === 'zh' ? '，' : ', '}
          {hours(minutesOf(from, to))} <span className="t3">{zoneName(zone, language, from)}</span>
        </div>
        {shop && <div className="m shop">{shop}</div>}
        {note && <div className="sm t3">{note}</div>}
      </div>
      <div className="right rigid">
        <div className="shiftpay">{pay}</div>
        <div className="sm t2">
          {rate} {t('perHour')}
        </div>
      </div>
    </div>
  )
}

/** Requirements are what a shift asks for, as tags; held levels show what is missing. */
export function Requirements({ list, held }: { list: Schema<'Requirement'>[]; held?: Map<string, number> }) {
  return (
    <div className="row wrap g8 mt12">
      {list.map((r) => (
        <SkillTag key={r.tag} tag={r.tag} level={r.level} atLeast held={held?.get(r.tag)} />
      ))}
    </div>
  )
}

/** useMoment says when: 11-10 周二 17:04, or Tue 10 Nov, 17:04. */
export function useMoment() {
  const language = useLanguage()
  return (at: string, zone?: string) => `${dayName(at, language, zone)}${language === 'en' ? ',' : ''} ${clockTime(at, zone)}`
}
