import { CalendarCheck, ChevronRight, GraduationCap } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link, useNavigate } from 'react-router'
import { Button, buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Failure, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { Page } from '@/design/page'
import { Glyph, type Shape, type Tone } from '@/design/state'
import { usePhone } from '@/design/theme'
import { dayName, defaultZone, localDate, Span, useNow, weekday, zoneName, useClock } from '@/design/time'
import type { Me } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { Attend } from './check-in'
import { MineRow, StandOf, useHours, useKind, useMoment } from './parts'
import {
  liveOffers,
  useCredentials,
  useDisputes,
  useEarnings,
  useIdentity,
  useMine,
  useMyTags,
  useOffers,
  useOpenSheets,
  useProfile,
  useTier,
} from './queries'
import { minutesOf, nextOf, phaseOf, streakOf, weekOf, weekPay, type Mine } from './work'

export default function Home({ me }: { me: Me }) {
  const t = useWords('agent')
  const isPhone = usePhone()
  const mine = useMine()
  const now = useNow(15_000)
  const next = nextOf(mine.data ?? [], now)
  const later = (mine.data ?? [])
    .filter((a) => a !== next && phaseOf(a, now) !== 'over')
    .reverse()
    .slice(0, 4)
  const tier = useTier()
  const streak = streakOf(mine.data ?? [])
  const standing = [tier.data && t('tier.name.' + tier.data.tier), streak > 1 && t('home.streak', { count: streak })]
    .filter(Boolean)
    .join(' · ')
  const first = (
    <Card lead label={t('home.next')}>
      {mine.data ? (
        next ? (
          <Next mine={next} />
        ) : (
          <NoShift />
        )
      ) : mine.error ? (
        <Failure problem={mine.error} onRetry={() => void mine.refetch()} />
      ) : (
        <Skeleton lines={[20, 42, 22, 22, 64]} />
      )}
    </Card>
  )
  const then = later.length > 0 && (
    <Card rows title={t('home.later')} aside={<Link to="/agent/shifts">{t('home.calendar')}</Link>}>
      <ul className="rows">
        {later.map((a) => (
          <MineRow key={a.id} mine={a} />
        ))}
      </ul>
    </Card>
  )
  return (
    <Page
      person
      title={me.name}
      note={
        standing && (
          <Link className="sm t3 trunc line" to="/agent/me/tier">
            {standing}
          </Link>
        )
      }
    >
      {isPhone ? (
        <>
          {first}
          <Todo />
          <Week mine={mine.data} />
          {then}
        </>
      ) : (
        <div className="split">
          <div className="column">
            {first}
            {then}
          </div>
          <aside>
            <Todo />
            <Week mine={mine.data} />
          </aside>
        </div>
      )}
    </Page>
  )
}

function Next({ mine }: { mine: Mine }) {
  const t = useWords('agent')
  const language = useLanguage()
  const hours = useHours()
  const kind = useKind()
  const today = localDate(mine.starts_at, mine.time_zone) === localDate(useClock(), mine.time_zone)
  const started = useNow(15_000) >= Date.parse(mine.starts_at)
  return (
    <>
      <div className="row between g8">
        <span className="t2">{t(mine.state === 'present' && started ? 'home.working' : today ? 'home.today' : 'home.next')}</span>
        <StandOf mine={mine} />
      </div>
      <div className="b nexttime mt8">
        <Span from={mine.starts_at} to={mine.ends_at} zone={mine.time_zone} day={false} showZone={false} />
      </div>
      <div className="t2">
        {dayName(mine.starts_at, language, mine.time_zone)}
        {language === 'zh' ? '，' : ', '}
        {hours(minutesOf(mine.starts_at, mine.ends_at))} <span className="t3 sm">{zoneName(mine.time_zone, language, mine.starts_at)}</span>
      </div>
      <Link to={'/agent/shifts/' + mine.shift_id} className="quiet row g4 mt12">
        <span className="grow">
          <span className="b line break">{mine.shop_name}</span>
          <span className="sm t2">{kind(mine)}</span>
        </span>
        <ChevronRight size={18} color="var(--text3)" aria-hidden />
      </Link>
      <Attend mine={mine} />
    </>
  )
}

/** NoShift says where the next one comes from: for who holds no tag yet, from the academy. */
function NoShift() {
  const t = useWords('agent')
  const go = useNavigate()
  const tags = useMyTags()
  if (tags.data?.every((g) => !g.valid))
    return (
      <Empty
        icon={GraduationCap}
        title={t('todo.noTags')}
        hint={t('todo.noTagsHint')}
        action={
          <Button type="primary" size="large" onClick={() => void go('/agent/academy')}>
            {t('me.toAcademy')}
          </Button>
        }
      />
    )
  return (
    <Empty
      icon={CalendarCheck}
      title={t('home.none')}
      hint={t('home.noneHint')}
      action={
        <Button type="primary" size="large" onClick={() => void go('/agent/hall')}>
          {t('home.toHall')}
        </Button>
      }
    />
  )
}

interface Step {
  key: string
  tone: Tone
  shape?: Shape
  what: ReactNode
  why: ReactNode
  act: string
  to: string
}

/** Todo is what waits for the agent, the most urgent first. */
function Todo() {
  const t = useWords('agent')
  const language = useLanguage()
  const { steps, failed } = useSteps()
  return (
    <Card rows title={t('todo.title')} aside={steps && steps.length > 0 ? t('todo.count', { count: steps.length }) : undefined}>
      {steps === undefined ? (
        <div className="py16">
          <Skeleton lines={[40, 40]} />
        </div>
      ) : steps.length === 0 && failed.length === 0 ? (
        <p className="t2 row g8 py16">
          <Glyph tone="ok" size={16} />
          {t('todo.none')}
        </p>
      ) : (
        <>
          <ul className="rows" lang={language === 'zh' ? 'zh-CN' : 'en'}>
            {steps.map((s) => (
              <li key={s.key}>
                <Glyph tone={s.tone} shape={s.shape} size={16} />
                <div className="grow">
                  <div className="m">{s.what}</div>
                  <div className="sm t3">{s.why}</div>
                </div>
                <Link to={s.to} className={buttonClass()}>
                  {s.act}
                </Link>
              </li>
            ))}
          </ul>
          {failed[0] && <Failure problem={failed[0].error} onRetry={() => failed.forEach((q) => void q.refetch())} />}
        </>
      )}
    </Card>
  )
}

const soon = 30 * 86_400_000

/** useSteps are the steps that are known, undefined until all is asked, and what could not be read: there may be more. */
function useSteps() {
  const t = useWords('agent')
  const language = useLanguage()
  const moment = useMoment()
  const now = useNow(15_000)
  const hours = useHours()
  const offers = useOffers(),
    sheets = useOpenSheets(),
    disputes = useDisputes(),
    tags = useMyTags(),
    credentials = useCredentials(),
    identity = useIdentity()
  const unread = [offers, sheets, disputes, tags, credentials, identity].filter((q) => q.data === undefined)
  if (unread.some((q) => !q.error)) return { failed: [] }
  const steps: Step[] = []
  const live = liveOffers(offers.data ?? [], now)
  if (live[0])
    steps.push({
      key: 'offers',
      tone: 'late',
      shape: 'clock',
      what: t('todo.offers', { count: live.length }),
      why: t('todo.offersBy', { at: moment(live[0].expires_at) }),
      act: t('todo.answer'),
      to: '/agent/offers',
    })
  for (const d of (disputes.data ?? []).filter((d) => d.state === 'open' && d.kind === 'dispute' && !d.answered_at))
    steps.push({
      key: d.id,
      tone: 'late',
      what: t('todo.dispute', { count: d.minutes }),
      why: t('todo.disputeBy', { at: moment(d.rule_by) }),
      act: t('todo.reply'),
      to: '/agent/me/timesheets/' + d.timesheet_id,
    })
  const open = (sheets.data ?? []).filter((s) => Date.parse(s.approve_by) > now)
  for (const s of open.slice(0, 2))
    steps.push({
      key: s.id,
      tone: s.swept ? 'late' : 'info',
      what: t('todo.sheet', { day: dayName(s.starts_at, language), length: hours(s.minutes) }),
      why: t(s.swept ? 'todo.sheetSwept' : 'todo.sheetBy', { at: moment(s.approve_by) }),
      act: t('todo.check'),
      to: '/agent/me/timesheets/' + s.id,
    })
  if (open.length > 2)
    steps.push({
      key: 'sheets',
      tone: 'info',
      what: t('todo.sheets', { count: open.length - 2 }),
      why: t('todo.sheetsHint'),
      act: t('todo.see'),
      to: '/agent/me/timesheets',
    })
  for (const c of (credentials.data ?? []).filter((c) => c.state === 'expiring' || c.state === 'suspended'))
    steps.push({
      key: c.id,
      tone: 'late',
      shape: c.state === 'suspended' ? 'bar' : 'half',
      what: t('todo.' + c.state, { name: language === 'zh' ? c.name_zh : c.name_en }),
      why: c.state === 'suspended' ? t('todo.suspendedHint') : t('todo.until', { at: dayName(c.valid_until, language) }),
      act: t('todo.see'),
      to: '/agent/me/credentials#' + c.id,
    })
  const ending = (tags.data ?? []).filter((g) => g.valid && Date.parse(g.expires_at) - now < soon)
  if (ending[0] && !(credentials.data ?? []).some((c) => c.state === 'expiring'))
    steps.push({
      key: 'tags',
      tone: 'late',
      what: t('todo.tags', { count: ending.length }),
      why: t('todo.until', { at: dayName(ending[0].expires_at, language) }),
      act: t('todo.see'),
      to: '/agent/me/credentials',
    })
  if (identity.data?.state === 'none' || identity.data?.state === 'refused')
    steps.push({
      key: 'identity',
      tone: identity.data.state === 'refused' ? 'miss' : 'info',
      shape: identity.data.state === 'refused' ? undefined : 'diamond',
      what: t('todo.identity_' + identity.data.state),
      why: t('todo.identityHint_' + identity.data.state),
      act: t('todo.fill'),
      to: '/agent/me/identity',
    })
  return { steps, failed: unread }
}

/** Week is what this week brings, day by day: settled solid, submitted outlined, still to be worked dashed. */
function Week({ mine }: { mine?: Mine[] }) {
  const t = useWords('agent')
  const language = useLanguage()
  const hours = useHours()
  const earnings = useEarnings()
  const profile = useProfile()
  const now = useNow(60_000)
  const zone = profile.data?.time_zone ?? defaultZone
  const today = localDate(now, zone)
  if (!mine || !earnings.data)
    return (
      <Card title={t('week.title')}>
        {earnings.error ? <Failure problem={earnings.error} onRetry={() => void earnings.refetch()} /> : <Skeleton lines={[40, 96]} />}
      </Card>
    )
  const days = weekPay(weekOf(today), (at) => localDate(at, zone), mine, earnings.data.lines)
  const sum = (of: 'settled' | 'submitted' | 'planned') => days.reduce((s, d) => s + d[of], 0)
  const yuan = (amount: number) => ({ amount, currency: 'CNY' })
  const most = Math.max(...days.map((d) => d.settled + d.submitted + d.planned), 1)
  const [settled, submitted, planned] = [sum('settled'), sum('submitted'), sum('planned')]
  const worked = mine
    .filter((a) => ['held', 'present', 'finished'].includes(a.state) && localDate(a.starts_at, zone) === today)
    .reduce((s, a) => s + minutesOf(a.starts_at, a.ends_at), 0)
  return (
    <Card title={t('week.title')} aside={<Link to="/agent/me/earnings">{t('week.details')}</Link>}>
      <div className="row base between wrap g8">
        <span className="row base g8">
          <Money value={yuan(settled + submitted + planned)} size={28} round />
          {settled + submitted + planned > 0 && (
            <span className="sm t2">{t(submitted + planned > 0 ? 'week.expected' : 'week.settled')}</span>
          )}
        </span>
        {settled > 0 && submitted + planned > 0 && (
          <span className="sm t2">
            {t('week.settled')} <Money value={yuan(settled)} round />
            {language === 'zh' ? '，' : ', '}
            {t('week.planned')} <Money value={yuan(submitted + planned)} round />
          </span>
        )}
      </div>
      {settled + submitted + planned === 0 ? (
        <p className="t2 mt8">{t('week.none')}</p>
      ) : (
        <>
          <ol style={{ display: 'grid', gridTemplateColumns: 'repeat(7,1fr)', gap: 10, marginTop: 14, alignItems: 'end' }}>
            {days.map((d) => {
              const total = d.settled + d.submitted + d.planned
              return (
                <li key={d.date} className="col" style={{ alignItems: 'center', gap: 4 }}>
                  <span className="hidden">
                    {t('week.day', { day: dayName(d.date + 'T12:00:00Z', language, 'UTC'), pay: total / 100 })}
                  </span>
                  <span className="xs t3 num" aria-hidden style={{ height: 16 }}>
                    {total > 0 && Math.round(total / 100)}
                  </span>
                  <span aria-hidden className="col" style={{ height: 56, width: '100%', justifyContent: 'flex-end', gap: 2 }}>
                    {total === 0 && <i style={{ height: 2, background: 'var(--line)', borderRadius: 2 }} />}
                    {d.planned > 0 && (
                      <i
                        style={{
                          height: (d.planned / most) * 54,
                          borderRadius: 4,
                          background: 'var(--accent-soft)',
                          border: '1.5px dashed var(--accent)',
                        }}
                      />
                    )}
                    {d.submitted > 0 && (
                      <i
                        style={{
                          height: (d.submitted / most) * 54,
                          borderRadius: 4,
                          background: 'var(--accent-soft)',
                          border: '1.5px solid var(--accent)',
                        }}
                      />
                    )}
                    {d.settled > 0 && <i style={{ height: (d.settled / most) * 54, borderRadius: 4, background: 'var(--accent)' }} />}
                  </span>
                  <span aria-hidden className={d.date === today ? 'xs b' : 'xs t3'}>
                    {weekday(d.date, language)}
                  </span>
                </li>
              )
            })}
          </ol>
          <div className="row wrap g16 xs t2" style={{ marginTop: 10 }}>
            {settled > 0 && <Key fill>{t('week.settled')}</Key>}
            {submitted > 0 && <Key>{t('week.submitted')}</Key>}
            {planned > 0 && <Key dashed>{t('week.toWork')}</Key>}
          </div>
        </>
      )}
      {profile.data && (
        <>
          <hr className="rule" style={{ margin: '14px 0' }} />
          <div className="row between g8 sm">
            <span className="t2">{t('week.today', { is: hours(worked), most: hours(profile.data.max_day_minutes) })}</span>
            <Link className="hit" to="/agent/me/limits">
              {t('week.limit')}
            </Link>
          </div>
        </>
      )}
    </Card>
  )
}

const Key = ({ fill, dashed, children }: { fill?: boolean; dashed?: boolean; children: ReactNode }) => (
  <span className="row g8">
    <i
      aria-hidden
      style={{
        width: 10,
        height: 10,
        borderRadius: 3,
        background: fill ? 'var(--accent)' : 'var(--accent-soft)',
        border: fill ? 0 : `1.5px ${dashed ? 'dashed' : 'solid'} var(--accent)`,
      }}
    />
    {children}
  </span>
)
