import { CalendarPlus, ChevronLeft, ChevronRight } from 'lucide-react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { Button, buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { Page } from '@/design/page'
import { clockTime, dayName, dayRange, defaultZone, localDate, span, useNow, weekday, zoneName } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { MineRow, useHours } from './parts'
import { useAllMine, useProfile } from './queries'
import { minutesOf, payFor, phaseOf, weekOf, type Mine } from './work'

export default function Shifts() {
  const t = useWords('agent')
  const [search, setSearch] = useSearchParams()
  const view = search.get('view') === 'list' ? 'list' : 'week'
  const query = useAllMine()
  const list = query.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Page title={t('nav.shifts')}>
      <div className="column">
        <div className="pills pagepills" role="group" aria-label={t('shifts.view')}>
          {(['week', 'list'] as const).map((v) => (
            <button
              key={v}
              type="button"
              className="pill"
              aria-pressed={view === v}
              onClick={() =>
                setSearch(
                  (s) => {
                    s.set('view', v)
                    return s
                  },
                  { replace: true },
                )
              }
            >
              {t('shifts.' + v)}
            </button>
          ))}
        </div>
        <Loaded
          framed
          query={query}
          skeleton={
            <Card>
              <Skeleton lines={[160, 48, 48]} />
            </Card>
          }
        >
          {() => (list.length === 0 ? <None /> : view === 'week' ? <Week list={list} /> : <List list={list} />)}
        </Loaded>
        {view === 'list' && query.hasNextPage && (
          <div className="card">
            <Button block size="large" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t('shifts.more')}
            </Button>
          </div>
        )}
      </div>
    </Page>
  )
}

function None() {
  const t = useWords('agent')
  const go = useNavigate()
  return (
    <Card>
      <Empty
        icon={CalendarPlus}
        title={t('home.none')}
        hint={t('home.noneHint')}
        action={
          <Button type="primary" size="large" onClick={() => void go('/agent/hall')}>
            {t('home.toHall')}
          </Button>
        }
      />
    </Card>
  )
}

function List({ list }: { list: Mine[] }) {
  const t = useWords('agent')
  const now = useNow(15_000)
  const ahead = list.filter((a) => phaseOf(a, now) !== 'over').reverse()
  const past = list.filter((a) => phaseOf(a, now) === 'over')
  return (
    <>
      <Card rows title={t('shifts.ahead')} aside={ahead.length || undefined}>
        {ahead.length > 0 ? (
          <ul className="rows">
            {ahead.map((a) => (
              <MineRow key={a.id} mine={a} />
            ))}
          </ul>
        ) : (
          <p className="t2 py16">
            {t('shifts.noneAhead')} <Link to="/agent/hall">{t('home.toHall')}</Link>
          </p>
        )}
      </Card>
      {past.length > 0 && (
        <Card rows title={t('shifts.past')}>
          <ul className="rows">
            {past.map((a) => (
              <MineRow key={a.id} mine={a} />
            ))}
          </ul>
        </Card>
      )}
    </>
  )
}

/** Week is seven days side by side, each with its seats where they lie in the day, and under it the same as a list. */
function Week({ list }: { list: Mine[] }) {
  const t = useWords('agent')
  const language = useLanguage()
  const hours = useHours()
  const profile = useProfile()
  const [search, setSearch] = useSearchParams()
  const zone = profile.data?.time_zone ?? defaultZone
  const now = useNow(60_000)
  const today = localDate(now, zone)
  const asked = search.get('day') ?? ''
  const day = /^\d{4}-\d{2}-\d{2}$/.test(asked) ? asked : today
  const days = weekOf(day)
  const here = list
    .filter((a) => a.state !== 'released' && a.state !== 'withdrawn' && days.includes(localDate(a.starts_at, zone)))
    .reverse()
  const minutes = here.reduce((s, a) => s + (a.paid_minutes ?? (a.state === 'missing' ? 0 : minutesOf(a.starts_at, a.ends_at))), 0)
  const pay = here.reduce(
    (s, a) => s + (a.state === 'missing' ? 0 : payFor(a.pay_per_hour, a.paid_minutes ?? minutesOf(a.starts_at, a.ends_at)).amount),
    0,
  )
  const go = (weeks: number) =>
    setSearch(
      (s) => {
        s.set('day', weekOf(day, weeks)[0]!)
        return s
      },
      { replace: true },
    )
  const range = dayRange(days[0]!, days[6]!, language)
  const dayList = days.filter((d) => here.some((a) => localDate(a.starts_at, zone) === d))
  return (
    <>
      <Card label={t('shifts.week')}>
        <div className="row g8">
          <button type="button" className="iconbtn" aria-label={t('shifts.before')} onClick={() => go(-1)}>
            <ChevronLeft size={20} />
          </button>
          <h2 className="grow center" aria-live="polite">
            {range}
          </h2>
          <button type="button" className="iconbtn" aria-label={t('shifts.after')} onClick={() => go(1)}>
            <ChevronRight size={20} />
          </button>
        </div>
        <div className="row between sm t2 mt4 mb12">
          <span>
            {t('shifts.sum', { count: here.length, length: hours(minutes) })} · <Money value={{ amount: pay, currency: 'CNY' }} round />
          </span>
          {days.includes(today) ? (
            <span className="t3">{zoneName(zone, language)}</span>
          ) : (
            <button
              type="button"
              className="linkbtn"
              onClick={() =>
                setSearch(
                  (s) => {
                    s.delete('day')
                    return s
                  },
                  { replace: true },
                )
              }
            >
              {t('shifts.thisWeek')}
            </button>
          )}
        </div>
        <Grid days={days} list={here} zone={zone} today={today} now={now} picked={asked} />
      </Card>
      {here.length === 0 && (
        <Card>
          <Empty
            icon={CalendarPlus}
            title={t('shifts.freeWeek')}
            hint={t('shifts.freeWeekHint')}
            action={
              <Link className={buttonClass()} to={`/agent/hall?from=${days[0]}&to=${days[6]}`}>
                {t('shifts.findHere')}
              </Link>
            }
          />
        </Card>
      )}
      {dayList.map((d) => (
        <Card key={d} rows title={dayName(d + 'T12:00:00Z', language, 'UTC')} aside={d === today ? t('shifts.today') : undefined}>
          <ul className="rows">
            {here
              .filter((a) => localDate(a.starts_at, zone) === d)
              .map((a) => (
                <MineRow key={a.id} mine={a} day={false} />
              ))}
          </ul>
        </Card>
      ))}
    </>
  )
}

const height = 216
const least = 32 // for two lines

/** Grid draws the hours that are used, at least from eight to midnight; what goes past midnight is cut there and said in words. */
function Grid({
  days,
  list,
  zone,
  today,
  now,
  picked,
}: {
  days: string[]
  list: Mine[]
  zone: string
  today: string
  now: number
  picked: string
}) {
  const common = useWords()
  const language = useLanguage()
  const hour = (at: string | number) => {
    const [h = 0, m = 0] = clockTime(at, zone).split(':').map(Number)
    return h + m / 60
  }
  const first = Math.min(8, ...list.map((a) => Math.floor(hour(a.starts_at))))
  const y = (h: number) => ((h - first) / (24 - first)) * height
  return (
    <div className="weekgrid">
      <div aria-hidden className="weekhours xs t3 num">
        {[4, 8, 12, 16, 20]
          .filter((h) => h >= first)
          .map((h) => (
            <span key={h} style={{ top: y(h) }}>
              {h}
            </span>
          ))}
      </div>
      {days.map((d) => (
        <div key={d} className="day7 col">
          <span className={d === today ? 'xs b' : 'xs t3'}>{weekday(d, language)}</span>
          <span
            className={d === today ? 'date b num' : 'date num'}
            aria-current={d === today ? 'date' : undefined}
            data-picked={d === picked || undefined}
          >
            {Number(d.slice(8))}
          </span>
          <div className="track" style={{ height }}>
            {[8, 12, 16, 20]
              .filter((h) => h > first)
              .map((h) => (
                <i key={h} aria-hidden className="tick" style={{ top: y(h) }} />
              ))}
            {d === today && hour(now) >= first && <i aria-hidden className="nowline" style={{ top: y(hour(now)) }} />}
            {list
              .filter((a) => localDate(a.starts_at, zone) === d)
              .map((a) => {
                const from = hour(a.starts_at),
                  to = Math.min(from + minutesOf(a.starts_at, a.ends_at) / 60, 24)
                const done = a.state === 'finished',
                  bad = a.state === 'missing'
                return (
                  <Link
                    key={a.id}
                    to={'/agent/shifts/' + a.shift_id}
                    aria-label={`${dayName(a.starts_at, language, zone)} ${span(a.starts_at, a.ends_at, common('nextDay'), zone)} ${a.shop_name}`}
                    className={bad ? 'block bad' : done ? 'block done' : 'block'}
                    style={{ top: Math.min(y(from), height - least), height: Math.max(y(to) - y(from) - 1, least) }}
                  >
                    <span className="num">{clockTime(a.starts_at, zone)}</span>
                    <br />
                    <span className="num">{clockTime(a.ends_at, zone)}</span>
                  </Link>
                )
              })}
          </div>
        </div>
      ))}
    </div>
  )
}
