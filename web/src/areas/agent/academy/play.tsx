import { useQuery } from '@tanstack/react-query'
import {
  Award,
  BookOpen,
  ChevronLeft,
  ChevronRight,
  FlaskConical,
  Flame,
  HeartHandshake,
  ListChecks,
  MessagesSquare,
  Sparkles,
  type LucideIcon,
} from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { dateName, dayName, localDate, useNow, When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { ToAcademy } from './parts'

type Play = Schema<'Play'>
type Code = Schema<'Badge'>['code']
type Kind = Schema<'PointEvent'>['kind']

export const usePlay = () => useQuery({ queryKey: ['play'], queryFn: () => body(api.GET('/api/v1/play')) })

const seals: Record<Code, LucideIcon> = {
  first_course: BookOpen,
  first_exam: ListChecks,
  first_simulation: MessagesSquare,
  first_trial: FlaskConical,
  helper: HeartHandshake,
  streak: Flame,
}
export const allBadges = Object.keys(seals).length

// The rules of play, version 1: what each kind is worth.
const worth: Record<Kind, number> = { trial_shift: 200, paper: 150, course: 100, simulation: 80, talk: 30, answer: 20 }

/** Points: what they are made of, reversals too, badges, and the cohort. */
export default function PlayPage() {
  const t = useWords('learning')
  const go = useNavigate()
  const query = usePlay()
  return (
    <Page title={t('play.title')} trail={<ToAcademy />}>
      <div className="column">
        <Loaded
          query={query}
          skeleton={
            <>
              <Card>
                <Skeleton lines={[48, 120]} />
              </Card>
              <Card>
                <Skeleton lines={[56, 56, 56]} />
              </Card>
            </>
          }
        >
          {(p) => (
            <>
              <Card lead label={t('play.points')}>
                {p.events.length === 0 ? (
                  <Empty
                    icon={Sparkles}
                    title={t('play.none')}
                    hint={t('play.noneHint')}
                    action={
                      <Button type="primary" onClick={() => void go('/agent/academy')}>
                        {t('play.toAcademy')}
                      </Button>
                    }
                  />
                ) : (
                  <>
                    <Glance play={p} />
                    <h3 className="mt20 mb8">{t('play.calendar')}</h3>
                    <Weeks events={p.events} />
                  </>
                )}
              </Card>
              <Badges play={p} />
              <Board own={p.cohort} play={p} />
              <History events={p.events} />
              <Card title={t('play.worth')}>
                <dl className="col g8">
                  {(Object.keys(worth) as Kind[]).map((k) => (
                    <div key={k} className="row between g8">
                      <dt className="t2">{t('play.kind.' + k)}</dt>
                      <dd className="num">{t('play.worthOf', { points: worth[k] })}</dd>
                    </div>
                  ))}
                </dl>
              </Card>
            </>
          )}
        </Loaded>
      </div>
    </Page>
  )
}

/** Glance is points, streak and badges in one line. */
export function Glance({ play: p }: { play: Play }) {
  const t = useWords('learning')
  return (
    <dl className="glance">
      <div>
        <dt>{t('play.points')}</dt>
        <dd className="num">{p.points}</dd>
      </div>
      <div>
        <dt>{t('play.streak')}</dt>
        <dd>
          {t('play.days', { count: p.streak_days })}
          {p.best_streak_days > p.streak_days && (
            <span className="sm t3 line regular">{t('play.best', { count: p.best_streak_days })}</span>
          )}
        </dd>
      </div>
      <div>
        <dt>{t('play.badges')}</dt>
        <dd className="num">{t('play.of', { have: p.badges.length, of: allBadges })}</dd>
      </div>
    </dl>
  )
}

/** Weeks is five weeks of days with the points of each; a day that was reversed counts what is left of it. */
function Weeks({ events }: { events: Schema<'PointEvent'>[] }) {
  const t = useWords('learning')
  const language = useLanguage()
  const today = localDate(useNow(60_000))
  const noon = Date.parse(today + 'T04:00:00Z')
  const weekday = (new Date(today + 'T00:00:00Z').getUTCDay() + 6) % 7
  const days = Array.from({ length: 35 }, (_, i) => localDate(noon + (i - 28 - weekday) * 86_400_000))
  const sums = new Map<string, number>()
  for (const e of events) sums.set(localDate(e.happened_at), (sums.get(localDate(e.happened_at)) ?? 0) + e.points)
  const names = Array.from({ length: 7 }, (_, i) =>
    new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
      weekday: language === 'zh' ? 'narrow' : 'short',
      timeZone: 'UTC',
    }).format(new Date(Date.UTC(2024, 0, 1 + i))),
  )
  return (
    <ol className="weeks">
      {names.map((n) => (
        <li key={n} className="head" aria-hidden>
          {n}
        </li>
      ))}
      {days.map((d) => {
        const points = sums.get(d) ?? 0
        return (
          <li key={d} className={[points > 0 && 'on', d > today && 'ahead', d === today && 'today'].filter(Boolean).join(' ')}>
            {d <= today && (
              <>
                <span className="hidden">{t('play.day', { day: dayName(d + 'T04:00:00Z', language), points })}</span>
                <span aria-hidden>{points > 0 ? '+' + points : points < 0 ? '−' + -points : Number(d.slice(8))}</span>
              </>
            )}
          </li>
        )
      })}
    </ol>
  )
}

function Badges({ play: p }: { play: Play }) {
  const t = useWords('learning')
  const language = useLanguage()
  return (
    <Card title={t('play.badges')} aside={t('play.of', { have: p.badges.length, of: allBadges })}>
      <ul className="badges">
        {(Object.keys(seals) as Code[]).map((code) => {
          const have = p.badges.find((b) => b.code === code)
          const Seal = seals[code]
          return (
            <li key={code} className={have ? '' : 'not'}>
              <span className="seal" aria-hidden>
                <Seal size={18} strokeWidth={1.75} />
              </span>
              <span className="grow">
                <span className="m line">{t('play.badge.' + code)}</span>
                <span className="sm t3">{have ? t('play.got', { day: dateName(have.reached_at, language) }) : t('play.how.' + code)}</span>
                {!have && <span className="hidden">{t('play.notYet')}</span>}
              </span>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}

const most = 50

/** Board is those who began in the same month, by handle; the months beside one's own can be looked at. */
function Board({ own, play }: { own?: string; play: Play }) {
  const t = useWords('learning')
  const language = useLanguage()
  const now = localDate(useNow(60_000)).slice(0, 7)
  const [month, setMonth] = useState(own ?? now)
  const query = useQuery({
    queryKey: ['leaderboard', month],
    queryFn: () => body(api.GET('/api/v1/leaderboard', { params: { query: { cohort: month, limit: most } } })),
    select: (l) => l.items,
  })
  const step = (by: number) =>
    setMonth((m) => new Date(Date.UTC(Number(m.slice(0, 4)), Number(m.slice(5)) - 1 + by, 1)).toISOString().slice(0, 7))
  return (
    <Card
      title={t('play.board')}
      aside={
        <span className="row g4">
          <button type="button" className="iconbtn" aria-label={t('play.before')} onClick={() => step(-1)}>
            <ChevronLeft size={18} />
          </button>
          <span className="num t2">{t('play.boardOf', { month })}</span>
          <button type="button" className="iconbtn" aria-label={t('play.after')} disabled={month >= now} onClick={() => step(1)}>
            <ChevronRight size={18} color={month >= now ? 'var(--line-strong)' : undefined} />
          </button>
        </span>
      }
    >
      <Loaded query={query} skeleton={<Skeleton lines={[36, 36, 36]} />}>
        {(list) =>
          list.length === 0 ? (
            <p className="t2">{t('play.boardNone')}</p>
          ) : (
            <table className="cohort">
              <thead>
                <tr>
                  <th scope="col">{t('play.rank')}</th>
                  <th scope="col">{t('play.handle')}</th>
                  <th scope="col" className="right">
                    {t('play.points')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {list.map((l) => (
                  <tr key={l.handle} className={l.me ? 'me' : ''} aria-current={l.me || undefined}>
                    <td className="num rank">{l.rank}</td>
                    <td>
                      <span className="mono">{l.handle}</span>
                      {l.me && <span className="b"> · {t('play.me')}</span>}
                    </td>
                    <td className="num right">{l.points}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      {query.data && month === own && query.data.length === most && !query.data.some((l) => l.me) && (
        <p className="soft sm mt8">{t('play.out', { count: most, points: play.points })}</p>
      )}
      <p className="sm t3 mt12">
        {t('play.boardHint', { handle: play.handle })}
        {language === 'en' && ' '}
        {t('play.ties')}
      </p>
    </Card>
  )
}

/** History is every change of points, the newest first; what was taken back says so. */
function History({ events }: { events: Schema<'PointEvent'>[] }) {
  const t = useWords('learning')
  const common = useWords()
  const [shown, show] = useState(20)
  return (
    events.length > 0 && (
      <Card rows title={t('play.history')}>
        <ul className="rows">
          {events.slice(0, shown).map((e) => (
            <li key={e.id}>
              <KindIcon kind={e.kind} />
              <span className="grow">
                <span className="m row wrap g8">
                  {t('play.kind.' + e.kind)}
                  {e.points < 0 && (
                    <State tone="late" shape="bar">
                      {t('play.reversed')}
                    </State>
                  )}
                </span>
                <span className="sm t3">
                  <When at={e.happened_at} />
                  {e.points < 0 && ' · ' + t('play.because')}
                </span>
              </span>
              <span className={'num b' + (e.points < 0 ? ' late' : '')}>{e.points > 0 ? '+' + e.points : '−' + -e.points}</span>
            </li>
          ))}
        </ul>
        {events.length > shown && (
          <div className="py12">
            <Button onClick={() => show((n) => n + 50)}>{common('loadMore')}</Button>
          </div>
        )}
      </Card>
    )
  )
}

const icons: Record<Kind, LucideIcon> = {
  course: BookOpen,
  paper: ListChecks,
  simulation: MessagesSquare,
  trial_shift: FlaskConical,
  answer: HeartHandshake,
  talk: Award,
}
const KindIcon = ({ kind }: { kind: Kind }) => {
  const Icon = icons[kind]
  return <Icon size={20} strokeWidth={1.75} color="var(--text2)" className="rigid" aria-hidden />
}
