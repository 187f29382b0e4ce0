import { useQuery } from '@tanstack/react-query'
import { CalendarPlus, Maximize2, Minimize2 } from 'lucide-react'
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { Link } from 'react-router'
import { api, body } from '@/api/client'
import { Button, buttonClass } from '@/design/button'
import { Choices } from '@/design/choices'
import { Empty, Failure, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { SeatLegend } from '@/design/seat-strip'
import { clockTime, dayName, dayRange, defaultZone, Span, useNow, zoneName } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { Figures } from './figures'
import { Hours } from './hours'
import { Lately } from './lately'
import { Follow, mostStreams, rowsOf, seatKey, useRunning, type Booking, type Told, type Which } from './live'
import { nearQuery } from './near'
import { Seats, type Filter } from './seats'
import { Soon } from './soon'
import { Strip } from './strip'

const Pick = lazy(() => import('./pick'))

const beforeStart = 15 * 60_000

/** Today is the live board: every booking with a shift that runs or comes within a day, followed by its stream. It does without antd. */
export default function Today() {
  const t = useWords('merchant')
  const near = useQuery({ ...nearQuery, refetchInterval: 5 * 60_000 })
  if (near.data?.length) return <Board bookings={near.data} />
  return (
    <Page title={t('nav.today')}>
      <section className="sec">
        {near.data ? (
          <Quiet />
        ) : near.error ? (
          <Failure problem={near.error} onRetry={() => void near.refetch()} />
        ) : (
          <Skeleton lines={[64, 24, 24, 24]} />
        )}
      </section>
    </Page>
  )
}

/** Quiet is a day without a shift: it says which booking comes next, or how to make the first. */
function Quiet() {
  const t = useWords('merchant')
  const language = useLanguage()
  const { data, error, refetch } = useQuery({
    queryKey: ['bookings', 'coming'],
    queryFn: async () => (await body(api.GET('/api/v1/bookings', { params: { query: { state: 'confirmed', limit: 200 } } }))).items,
  })
  if (error && !data) return <Failure problem={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton lines={[24, 24]} />
  const next = data.toSorted((a, b) => a.starts_on.localeCompare(b.starts_on))[0]
  return (
    <Empty
      icon={CalendarPlus}
      title={t('today.none')}
      hint={
        next ? t('today.next', { title: next.title, date: dayRange(next.starts_on, next.starts_on, language) }) : t('bookings.emptyHint')
      }
      action={
        next ? (
          <Link className={buttonClass()} to={'/merchant/bookings/' + next.id}>
            {t('today.seeNext')}
          </Link>
        ) : (
          <Link className={buttonClass({ type: 'primary' })} to="/merchant/bookings/new">
            {t('new.title')}
          </Link>
        )
      }
    />
  )
}

/** useStreams is what the followed bookings' streams said last. */
function useStreams() {
  const [told, setTold] = useState<Record<string, Told>>({})
  const onTold = useCallback(
    (id: string, what: Told | null) => setTold(({ [id]: _, ...others }) => (what ? { ...others, [id]: what } : others)),
    [],
  )
  return { told, onTold }
}

/** useFullScreen shows the board alone, as on a wall. */
function useFullScreen() {
  const box = useRef<HTMLDivElement>(null)
  const [full, setFull] = useState(false)
  useEffect(() => {
    const changed = () => setFull(document.fullscreenElement !== null)
    document.addEventListener('fullscreenchange', changed)
    return () => document.removeEventListener('fullscreenchange', changed)
  }, [])
  return { box, full, toggle: () => void (full ? document.exitFullscreen() : box.current?.requestFullscreen()) }
}

function Board({ bookings }: { bookings: Booking[] }) {
  const t = useWords('merchant')
  const common = useWords()
  const tick = useNow()
  const { told, onTold } = useStreams()
  const { box, full, toggle } = useFullScreen()
  const [shop, setShop] = useState('')
  const [picked, setPicked] = useState<string[]>()
  const [filter, setFilter] = useState<Filter>({ which: 'away', sought: '' })
  const rows = useRef<HTMLElement>(null)

  const zone = bookings[0]?.time_zone ?? defaultZone
  const shops = [...new Set(bookings.map((b) => b.shop_name))]
  const candidates = bookings.filter((b) => !shop || b.shop_name === shop).sort((a, b) => b.seats - a.seats)
  const followed = (picked ? candidates.filter((b) => picked.includes(b.id)) : candidates).slice(0, mostStreams)
  const heard = followed.flatMap((b) => (told[b.id] ? [{ booking: b, ...told[b.id]! }] : []))
  const ahead = heard[0] ? Date.parse(heard[0].live.at) - heard[0].came : 0 // the platform's clock over the browser's
  const now = tick + ahead
  const oldest = heard.length > 0 ? Math.min(...heard.map((h) => h.came)) : tick
  const all = heard
    .flatMap((h) => h.live.shifts.filter((s) => s.state !== 'cancelled' && s.seats > 0).map((shift) => ({ booking: h.booking, shift })))
    .sort((a, b) => a.shift.starts_at.localeCompare(b.shift.starts_at) || b.shift.seats - a.shift.seats)
  const begun = (starts: string) => Date.parse(starts) - beforeStart <= now
  const running = useRunning(
    all.filter(({ shift: s }) => begun(s.starts_at) && Date.parse(s.ends_at) > now),
    now,
  )
  const next = all.filter(({ shift: s }) => !begun(s.starts_at))
  const seats = rowsOf(running)
  const open = (f: Filter) => {
    setFilter(f)
    requestAnimationFrame(() => rows.current?.scrollIntoView({ block: 'nearest' }))
  }
  const show = (which: Which) => open({ which, sought: '' })
  const showOnly = (only: string) => open({ which: 'all', sought: '', only })

  return (
    <div ref={box} className="board">
      {followed.map((b) => (
        <Follow key={b.id} id={b.id} onTold={onTold} />
      ))}
      <Page
        title={t('nav.today')}
        note={
          shops.length > 1 && (
            <div className="scroll tabsrow">
              <Choices
                label={t('new.shop')}
                value={shop}
                onChange={(s) => {
                  setShop(s)
                  setPicked(undefined)
                }}
                options={[{ value: '', label: common('all') }, ...shops.map((s) => ({ value: s, label: s }))]}
              />
            </div>
          )
        }
        actions={
          <>
            {candidates.length > mostStreams && (
              <Suspense>
                <Pick bookings={candidates} picked={followed.map((b) => b.id)} most={mostStreams} onPick={setPicked} />
              </Suspense>
            )}
            <Clock now={now} zone={zone} />
            <span className="deskonly">
              <Button icon={full ? <Minimize2 size={14} aria-hidden /> : <Maximize2 size={14} aria-hidden />} onClick={toggle}>
                {t(full ? 'today.small' : 'today.big')}
              </Button>
            </span>
          </>
        }
      >
        {heard.length === 0 ? (
          <section className="sec">
            <Skeleton lines={[64, 24, 24, 24]} />
          </section>
        ) : (
          <>
            {candidates.length > followed.length && (
              <p className="sec note sm t2">{t('today.some', { count: followed.length, all: candidates.length })}</p>
            )}
            {running.length > 0 && <Figures running={running} seats={seats} at={oldest} onShow={show} />}
            <div className="split">
              <div className="col">
                {running.length === 0 && (
                  <section className="sec">
                    <Empty
                      title={t('today.quiet')}
                      hint={
                        next[0] ? (
                          <>
                            {t('today.first')}{' '}
                            <Span from={next[0].shift.starts_at} to={next[0].shift.ends_at} zone={next[0].booking.time_zone} />
                          </>
                        ) : (
                          t('today.nothingMore')
                        )
                      }
                    />
                  </section>
                )}
                {running.map((r) => (
                  <Strip key={r.shift.id} of={r} onPick={(no) => showOnly(seatKey(r.shift.id, no))} onAll={() => showOnly(r.shift.id)} />
                ))}
                {running.length > 0 && (
                  <div className="legend">
                    <SeatLegend states={['on', 'held', 'late', 'missing', 'standby', 'open']} />
                    <span className="sm t3 end">{t('today.cell')}</span>
                  </div>
                )}
                <Hours shifts={all} ahead={ahead} zone={zone} />
                {running.length > 0 && <Seats rows={seats} filter={filter} onFilter={setFilter} now={now} refer={rows} />}
              </div>
              <aside className="col">
                {running.length > 0 && <Lately running={running} at={oldest} zone={zone} />}
                <Soon shifts={next} />
              </aside>
            </div>
          </>
        )}
      </Page>
    </div>
  )
}

/** Clock is the platform's, in the shops' zone. */
function Clock({ now, zone }: { now: number; zone: string }) {
  const language = useLanguage()
  return (
    <span className="row g8 base nowrap">
      <span className="t2">{dayName(now, language, zone)}</span>
      <b className="clock b num">{clockTime(now, zone, true)}</b>
      <span className="t3 sm">{zoneName(zone, language)}</span>
    </span>
  )
}
