import { useQuery } from '@tanstack/react-query'
import { Segmented, Select } from 'antd'
import { CalendarPlus, Maximize2, Minimize2 } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Empty, Failure, Skeleton } from '@/design/feedback'
import { LiveFigure, Stamp } from '@/design/live-figure'
import { Page } from '@/design/page'
import { SeatLegend, SeatStrip, type SeatState } from '@/design/seat-strip'
import { useTagNames } from '@/design/skill-tag'
import { Glyph, State } from '@/design/state'
import { clockTime, dayName, defaultZone, localDate, Span, useNow, zoneName } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { Hours } from './hours'
import {
  Follow,
  graceMinutes,
  isOf,
  mostStreams,
  rowsOf,
  seatKey,
  useRunning,
  type Booking,
  type Running,
  type Told,
  type Which,
} from './live'
import { Seats, type Filter } from './seats'

const beforeStart = 15 * 60_000

/** Today is the live board: every booking with a shift today, followed by its stream. */
export default function Today() {
  const t = useWords('merchant')
  const books = useQuery({
    queryKey: ['bookings', 'confirmed', 'today'],
    refetchInterval: 5 * 60_000,
    queryFn: async () => (await body(api.GET('/api/v1/bookings', { params: { query: { state: 'confirmed', limit: 200 } } }))).items,
  })
  if (!books.data)
    return (
      <Page title={t('nav.today')}>
        <section className="sec">
          {books.error ? <Failure problem={books.error} onRetry={() => void books.refetch()} /> : <Skeleton lines={[64, 24, 24, 24]} />}
        </section>
      </Page>
    )
  return <Board bookings={books.data} />
}

function Board({ bookings }: { bookings: Booking[] }) {
  const t = useWords('merchant')
  const common = useWords()
  const language = useLanguage()
  const go = useNavigate()
  const tick = useNow()
  const [told, setTold] = useState<Record<string, Told>>({})
  const onTold = useCallback(
    (id: string, what: Told | null) =>
      setTold((all) => {
        if (what) return { ...all, [id]: what }
        const { [id]: _, ...rest } = all
        return rest
      }),
    [],
  )
  const zone = bookings[0]?.time_zone ?? defaultZone
  // Their dates are local to the shops, and a night runs into the next day: a day more on each side.
  const near = useMemo(() => {
    const from = localDate(Date.now() - 86_400_000, zone),
      to = localDate(Date.now() + 86_400_000, zone)
    return bookings.filter((b) => b.starts_on <= to && b.ends_on >= from).sort((a, b) => b.seats - a.seats)
  }, [bookings, zone])
  const shops = [...new Set(near.map((b) => b.shop_name))]
  const [shop, setShop] = useState<string>()
  const [picked, setPicked] = useState<string[]>()
  const candidates = near.filter((b) => !shop || b.shop_name === shop)
  const followed = (picked ? candidates.filter((b) => picked.includes(b.id)) : candidates).slice(0, mostStreams)
  const [filter, setFilter] = useState<Filter>({ which: 'away', sought: '' })
  const [full, setFull] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const rows = useRef<HTMLElement>(null)
  useEffect(() => {
    const changed = () => setFull(document.fullscreenElement !== null)
    document.addEventListener('fullscreenchange', changed)
    return () => document.removeEventListener('fullscreenchange', changed)
  }, [])

  const heard = followed.flatMap((b) => (told[b.id] ? [{ booking: b, ...told[b.id]! }] : []))
  const ahead = heard[0] ? Date.parse(heard[0].live.at) - heard[0].came : 0 // the rules' clock over the browser's
  const now = tick + ahead
  const all = heard.flatMap((h) =>
    h.live.shifts.filter((s) => s.state !== 'cancelled' && s.seats > 0).map((shift) => ({ booking: h.booking, shift })),
  )
  const on = all
    .filter(({ shift: s }) => Date.parse(s.starts_at) - beforeStart <= now && Date.parse(s.ends_at) > now)
    .sort((a, b) => a.shift.starts_at.localeCompare(b.shift.starts_at) || b.shift.seats - a.shift.seats)
  const next = all
    .filter(({ shift: s }) => Date.parse(s.starts_at) - beforeStart > now)
    .sort((a, b) => a.shift.starts_at.localeCompare(b.shift.starts_at))
  const sum = (key: 'seats' | 'present' | 'late' | 'missing' | 'open' | 'offered') => on.reduce((n, { shift }) => n + shift[key], 0)
  const running = useRunning(on, now)
  const seats = rowsOf(running)
  // A number and the rows that it opens are the same: a seat is late, missing or open, and never two of them.
  const figure = (which: Which, told: number) => (running.every((r) => r.read) ? seats.filter((r) => isOf(r, which)).length : told)
  const late = figure('late', sum('late')),
    missing = figure('missing', sum('missing')),
    vacant = figure('open', sum('open') + sum('offered') - sum('missing'))
  const pauses = seats.filter((r) => r.pause).length
  const oldest = heard.length > 0 ? Math.min(...heard.map((h) => h.came)) : tick
  const open = (f: Filter) => {
    setFilter(f)
    requestAnimationFrame(() => rows.current?.scrollIntoView({ block: 'nearest' }))
  }
  const show = (which: Which) => open({ which, sought: '' })
  const standby = seats.filter((r) => r.seat.state === 'standby').length
  const upcoming = bookings.filter((b) => b.ends_on >= localDate(now, zone)).sort((a, b) => a.starts_on.localeCompare(b.starts_on))[0]

  return (
    <div ref={box} className="board">
      {followed.map((b) => (
        <Follow key={b.id} id={b.id} onTold={onTold} />
      ))}
      <Page
        title={t('nav.today')}
        note={
          shops.length > 1 ? (
            <div className="scroll tabsrow">
              <Segmented
                value={shop ?? ''}
                onChange={(v) => {
                  setShop(v || undefined)
                  setPicked(undefined)
                }}
                options={[{ value: '', label: common('all') }, ...shops.map((s) => ({ value: s, label: s }))]}
              />
            </div>
          ) : undefined
        }
        actions={
          <>
            {candidates.length > mostStreams && (
              <Select
                mode="multiple"
                maxCount={mostStreams}
                maxTagCount={1}
                aria-label={t('today.follow')}
                value={followed.map((b) => b.id)}
                onChange={setPicked}
                options={candidates.map((b) => ({ value: b.id, label: b.title }))}
                style={{ minWidth: 200 }}
              />
            )}
            <span className="row g8 base nowrap">
              <span className="t2">{dayName(now, language, zone)}</span>
              <b className="b num" style={{ fontSize: 20, lineHeight: '28px' }}>
                {clockTime(now, zone, true)}
              </b>
              <span className="t3 sm">{zoneName(zone, language)}</span>
            </span>
            <span className="deskonly">
              <Button
                icon={full ? <Minimize2 size={14} aria-hidden /> : <Maximize2 size={14} aria-hidden />}
                onClick={() => void (full ? document.exitFullscreen() : box.current?.requestFullscreen())}
              >
                {t(full ? 'today.small' : 'today.big')}
              </Button>
            </span>
          </>
        }
      >
        {followed.length === 0 ? (
          <section className="sec">
            <Empty
              icon={CalendarPlus}
              title={t('today.none')}
              hint={upcoming ? t('today.next', { title: upcoming.title, date: upcoming.starts_on.slice(5) }) : t('bookings.emptyHint')}
              action={
                upcoming ? (
                  <Button onClick={() => void go('/merchant/bookings/' + upcoming.id)}>{t('today.seeNext')}</Button>
                ) : (
                  <Button type="primary" onClick={() => void go('/merchant/bookings/new')}>
                    {t('new.title')}
                  </Button>
                )
              }
            />
          </section>
        ) : heard.length === 0 ? (
          <section className="sec">
            <Skeleton lines={[64, 24, 24, 24]} />
          </section>
        ) : (
          <>
            {candidates.length > followed.length && (
              <p className="sec sm t2" style={{ paddingBlock: 8 }}>
                {t('today.some', { count: followed.length, all: candidates.length })}
              </p>
            )}
            <section className="figures" aria-label={t('today.figures')}>
              <div className="first">
                <LiveFigure
                  label={t('today.on')}
                  at={oldest}
                  value={figure('on', sum('present'))}
                  unit={t('today.of', { count: sum('seats') })}
                  target={pauses > 0 ? t('today.pauses', { count: pauses }) : undefined}
                  onOpen={() => show('on')}
                >
                  <Shares seats={running.flatMap((r) => r.seats.map((s) => s.state))} />
                </LiveFigure>
              </div>
              <div>
                <LiveFigure
                  label={t('today.late')}
                  at={oldest}
                  value={late}
                  unit={t('track.seats', { count: late })}
                  off={late > 0}
                  target={t('today.lateNote', { minutes: graceMinutes })}
                  onOpen={() => show('late')}
                />
              </div>
              <div>
                <LiveFigure
                  label={t('today.missing')}
                  at={oldest}
                  value={missing}
                  unit={t('track.seats', { count: missing })}
                  off={missing > 0}
                  target={standby > 0 ? t('today.onTheWay', { count: standby }) : t('today.missingNote')}
                  onOpen={() => show('missing')}
                />
              </div>
              <div>
                <LiveFigure
                  label={t('today.open')}
                  at={oldest}
                  value={vacant}
                  unit={t('track.seats', { count: vacant })}
                  target={vacant > 0 ? t('today.openNote', { count: Math.min(vacant, sum('offered')) }) : undefined}
                  onOpen={() => show('open')}
                />
              </div>
            </section>
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
                  <Strip key={r.shift.id} of={r} onPick={(no) => open({ which: 'all', sought: '', only: seatKey(r.shift.id, no) })} />
                ))}
                {running.length > 0 && (
                  <div className="sec flush row between" style={{ border: 0, paddingInline: 24 }}>
                    <SeatLegend states={['on', 'held', 'late', 'missing', 'standby', 'open']} />
                  </div>
                )}
                {running.length > 0 && <Hours shifts={all.map((x) => x.shift)} ahead={ahead} zone={zone} />}
                {running.length > 0 && <Seats rows={seats} filter={filter} onFilter={setFilter} now={now} refer={rows} />}
              </div>
              <aside className="col">
                <Lately running={running} at={oldest} zone={zone} />
                <section className="sec">
                  <div className="sechead">
                    <h2>{t('today.soon')}</h2>
                  </div>
                  {next.length === 0 ? (
                    <p className="sm t2">{t('today.nothingMore')}</p>
                  ) : (
                    <ul>
                      {next.slice(0, 12).map(({ booking, shift: s }) => (
                        <li key={s.id} className="row g8 between" style={{ padding: '7px 0' }}>
                          <span className="grow">
                            <Link to={'/merchant/bookings/' + booking.id} className="trunc line t1">
                              {booking.title}
                            </Link>
                            <span className="sm t3">
                              <Span from={s.starts_at} to={s.ends_at} zone={booking.time_zone} showZone={false} />
                            </span>
                          </span>
                          {s.filled < s.seats ? (
                            <State plain tone="late">
                              {t('bookings.short', { count: s.seats - s.filled })}
                            </State>
                          ) : (
                            <State plain tone="ok">
                              {t('bookings.full')}
                            </State>
                          )}
                        </li>
                      ))}
                    </ul>
                  )}
                </section>
              </aside>
            </div>
          </>
        )}
      </Page>
    </div>
  )
}

/** Shares is the board's seats as one bar, by state. */
function Shares({ seats }: { seats: SeatState[] }) {
  const t = useWords()
  const parts = (['on', 'held', 'late', 'missing', 'standby', 'open', 'finished'] as const)
    .map((k) => ({ k, n: seats.filter((s) => s === k).length }))
    .filter((p) => p.n > 0)
  const colour: Record<string, string> = {
    on: 'var(--ok)',
    held: 'color-mix(in srgb, var(--ok) 40%, var(--surface))',
    late: 'var(--late)',
    missing: 'var(--miss)',
    standby: 'var(--info)',
    open: 'var(--open)',
    finished: 'var(--line-strong)',
  }
  return (
    <>
      <div aria-hidden className="row" style={{ gap: 2, height: 6, margin: '2px 0 4px' }}>
        {parts.map((p) => (
          <i key={p.k} style={{ flex: p.n, background: colour[p.k], borderRadius: 2, height: 6, minWidth: 3 }} />
        ))}
      </div>
      <div className="row wrap g12 sm t2">
        {parts
          .filter((p) => p.k !== 'on')
          .map((p) => (
            <span key={p.k}>
              {t('seat.' + p.k)} <b className="b num t1">{p.n}</b>
            </span>
          ))}
      </div>
    </>
  )
}

function Strip({ of: r, onPick }: { of: Running; onPick: (no: number) => void }) {
  const t = useWords('merchant')
  const seat = useWords()
  const name = useTagNames()
  const { shift: s, booking: b } = r
  const pick = useRef(onPick)
  pick.current = onPick
  // The board is drawn every second; five hundred seats only where one of them changed.
  const shown = r.seats.map((x) => x.state + (x.entry?.assignment_id ?? '')).join()
  const strip = useMemo(
    () => (
      <SeatStrip
        seats={r.seats.map((x) => x.state)}
        onPick={(i) => pick.current(r.seats[i]!.no)}
        label={(i) => `${t('today.seat', { no: i + 1 })} ${seat('seat.' + r.seats[i]!.state)} ${r.seats[i]!.entry?.name ?? ''}`}
      />
    ),
    [shown, t, seat],
  )
  return (
    <section className="sec">
      <div className="row wrap g8 base mb8">
        <Link to={'/merchant/bookings/' + b.id} className="md b t1">
          {b.title}
        </Link>
        <span className="t2">
          {b.shop_name} ·{' '}
          {b.requirements
            .filter((q) => q.tag.startsWith('function/'))
            .map((q) => name(q.tag))
            .join(t('list'))}
        </span>
        <span className="t2">
          <Span from={s.starts_at} to={s.ends_at} zone={b.time_zone} day={false} showZone={false} />
        </span>
        <span className="sm t2 num">
          <b className="b t1">{s.present}</b> / {s.seats} {t('today.on')}
        </span>
      </div>
      {r.read ? strip : <Skeleton lines={[24]} />}
    </section>
  )
}

/** Lately is who checked in and out last, from the rosters. */
function Lately({ running, at, zone }: { running: Running[]; at: number; zone: string }) {
  const t = useWords('merchant')
  const list = running
    .flatMap((r) =>
      r.roster.flatMap((e) => [
        ...(e.checked_in_at
          ? [
              {
                key: e.assignment_id + 'in',
                at: Date.parse(e.checked_in_at),
                name: e.name,
                late: e.late,
                what: e.late ? 'today.inLate' : 'today.in',
                title: r.booking.title,
              },
            ]
          : []),
        ...(e.checked_out_at
          ? [
              {
                key: e.assignment_id + 'out',
                at: Date.parse(e.checked_out_at),
                name: e.name,
                late: false,
                what: 'today.out',
                title: r.booking.title,
              },
            ]
          : []),
      ]),
    )
    .sort((a, b) => b.at - a.at)
  return (
    <section className="sec">
      <div className="sechead">
        <h2>{t('today.lately')}</h2>
        <span className="end">
          <Stamp at={at} />
        </span>
      </div>
      {list.length === 0 ? (
        <p className="sm t2">{t('today.noEvents')}</p>
      ) : (
        <ol>
          {list.slice(0, 14).map((e) => (
            <li key={e.key} className="row g8 start" style={{ padding: '6px 0' }}>
              <span className="t3 sm num" style={{ width: 58, paddingTop: 2 }}>
                {clockTime(e.at, zone, true)}
              </span>
              <span className="pt4">
                <Glyph tone={e.late ? 'late' : e.what === 'today.out' ? 'open' : 'ok'} shape={e.what === 'today.out' ? 'bar' : undefined} />
              </span>
              <div className="grow">
                <div className="m">{t(e.what, { name: e.name })}</div>
                <div className="sm t3 trunc">{e.title}</div>
              </div>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
