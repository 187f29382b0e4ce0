import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Input, Segmented } from 'antd'
import { CalendarPlus, ChevronRight, Plus, Search, X } from 'lucide-react'
import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Empty, Failure, Skeleton } from '@/design/feedback'
import { FillBar } from '@/design/fill-bar'
import { Money } from '@/design/money'
import { Page } from '@/design/page'
import { useTagNames } from '@/design/skill-tag'
import { Glyph, type Shape, type Tone } from '@/design/state'
import { Table } from '@/design/table'
import { localDate } from '@/design/time'
import { usePhone } from '@/design/theme'
import type { Me } from '@/session/session'
import { useWords } from '@/words'
import { Calendar, useDays } from './calendar'
import { BookingState, dates } from './state'

type Booking = Schema<'Booking'>
type View = 'confirmed' | 'draft' | 'finished' | 'cancelled'
const views: View[] = ['confirmed', 'draft', 'finished', 'cancelled']

/** The list reads on until it has this many, so that searching finds them all; further ones wait for their button. */
const eager = 2000

export function useBookings(state: View) {
  const query = useInfiniteQuery({
    queryKey: ['bookings', state],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/bookings', { params: { query: { state, limit: 200, cursor: pageParam || undefined } } })),
    getNextPageParam: (last) => last.next_cursor,
  })
  const items = useMemo(() => query.data?.pages.flatMap((p) => p.items), [query.data])
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && (items?.length ?? 0) < eager) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, items])
  return { ...query, items }
}

export default function Bookings({ me }: { me: Me }) {
  const t = useWords('merchant')
  const go = useNavigate()
  const phone = usePhone()
  const books = me.role === 'owner' || me.role === 'booker'
  const [query, setQuery] = useSearchParams()
  const view = views.find((v) => v === query.get('state')) ?? 'confirmed'
  const [sought, setSought] = useState('')
  const [day, setDay] = useState<string>()
  const bookings = useBookings(view)
  const campaigns = useQuery({ queryKey: ['campaigns'], queryFn: () => body(api.GET('/api/v1/campaigns')) })
  const campaign = (id?: string) => campaigns.data?.items.find((c) => c.id === id)?.name
  const rows = (bookings.items ?? [])
    .filter(
      (b) =>
        (!day || (b.starts_on <= day && day <= b.ends_on)) &&
        `${b.title} ${b.shop_name} ${campaign(b.campaign_id) ?? ''} ${b.id}`.toLowerCase().includes(sought.trim().toLowerCase()),
    )
    .sort((a, b) => (view === 'confirmed' ? a.starts_on.localeCompare(b.starts_on) : b.created_at.localeCompare(a.created_at)))
  const some = sought !== '' || day !== undefined || bookings.items?.length !== 0
  const create = books && (
    <Button type="primary" icon={<Plus size={15} aria-hidden />} onClick={() => void go('/merchant/bookings/new')}>
      {t('new.title')}
    </Button>
  )
  const tabs = (
    <div className="scroll tabsrow">
      <Segmented<View>
        aria-label={t('bookings.which')}
        value={view}
        onChange={(v) => setQuery(v === 'confirmed' ? {} : { state: v }, { replace: true })}
        options={views.map((v) => ({ value: v, label: t('bookings.view.' + v) }))}
      />
    </div>
  )
  const search = (
    <Input
      aria-label={t('bookings.search')}
      allowClear
      prefix={<Search size={14} color="var(--text3)" aria-hidden />}
      placeholder={t('bookings.search')}
      value={sought}
      onChange={(e) => setSought(e.target.value)}
      style={{ width: phone ? '100%' : 200 }}
    />
  )
  return (
    <Page
      title={t('nav.bookings')}
      note={!phone && tabs}
      actions={
        some && (
          <>
            {!phone && search}
            {create}
          </>
        )
      }
    >
      {phone && (
        <div className="col g8" style={{ padding: '0 12px 12px' }}>
          {tabs}
          {some && search}
        </div>
      )}
      <div className="split wide">
        <section className="sec">
          <Calendar chosen={day} onChoose={setDay} />
        </section>
        <aside className="sec">
          <Decide me={me} bookings={view === 'confirmed' ? bookings.items : undefined} />
        </aside>
      </div>
      <section className="sec flush" style={{ flex: 1 }} aria-label={t('nav.bookings')}>
        {day && (
          <div className="row g8" style={{ padding: '4px 12px 8px' }}>
            <span className="m num">{t('bookings.onDay', { date: day.slice(5) })}</span>
            <Button size="small" type="text" icon={<X size={13} aria-hidden />} onClick={() => setDay(undefined)}>
              {t('bookings.allDays')}
            </Button>
          </div>
        )}
        {bookings.error && !bookings.items ? (
          <div className="px12">
            <Failure problem={bookings.error} onRetry={() => void bookings.refetch()} />
          </div>
        ) : !bookings.items ? (
          <div className="p12">
            <Skeleton lines={[40, 40, 40, 40]} />
          </div>
        ) : rows.length === 0 ? (
          <div className="px12">
            <Empty
              icon={CalendarPlus}
              title={t(sought || day ? 'bookings.noMatch' : 'bookings.empty.' + view)}
              hint={!sought && !day && view === 'confirmed' ? t('bookings.emptyHint') : undefined}
              action={!sought && !day ? create : undefined}
            />
          </div>
        ) : (
          <List rows={rows} campaign={campaign} />
        )}
        {bookings.hasNextPage && (bookings.items?.length ?? 0) >= eager && (
          <div style={{ padding: '8px 12px' }}>
            <Button onClick={() => void bookings.fetchNextPage()} loading={bookings.isFetchingNextPage}>
              {t('bookings.more')}
            </Button>
          </div>
        )}
      </section>
    </Page>
  )
}

const where = (b: Booking) => (b.state === 'draft' ? `/merchant/bookings/new?draft=${b.id}` : `/merchant/bookings/${b.id}`)

function List({ rows, campaign }: { rows: Booking[]; campaign: (id?: string) => string | undefined }) {
  const t = useWords('merchant')
  const phone = usePhone()
  const go = useNavigate()
  const name = useTagNames()
  const windows = (b: Booking) =>
    b.windows.length === 1 ? `${b.windows[0]!.start}–${b.windows[0]!.end}` : t('bookings.windows', { count: b.windows.length })
  const asks = (b: Booking) =>
    b.requirements
      .filter((r) => !r.tag.startsWith('channel/'))
      .map((r) => `${name(r.tag)} ${r.level}+`)
      .join(t('list'))
  if (phone && rows.length <= 200) {
    return (
      <ul>
        {rows.map((b, i) => (
          <li key={b.id}>
            <Link
              to={where(b)}
              className="col g4"
              style={{ padding: '12px 4px', borderTop: i > 0 ? '1px solid var(--line)' : undefined, color: 'inherit' }}
            >
              <span className="row between g8">
                <span className="m trunc">{b.title}</span>
                <BookingState booking={b} plain />
              </span>
              <span className="sm t2">
                {b.shop_name} ·{' '}
                <span className="num">
                  {dates(b, t('bookings.to'))} {windows(b)}
                </span>
              </span>
              {b.state !== 'draft' && <FillBar filled={b.filled} seats={b.seats} />}
            </Link>
          </li>
        ))}
      </ul>
    )
  }
  return (
    <Table<Booking>
      size="small"
      rowKey="id"
      dataSource={rows}
      pagination={false}
      virtual={rows.length > 60}
      scroll={rows.length > 60 ? { x: 1080, y: 560 } : { x: 900 }}
      onRow={(b) => ({ onClick: () => void go(where(b)), style: { cursor: 'pointer' } })}
      columns={[
        {
          title: t('bookings.booking'),
          width: 290,
          render: (_, b) => (
            <div className="min0">
              <Link
                to={where(b)}
                className="m trunc"
                style={{ color: 'var(--text)', display: 'block', maxWidth: 270 }}
                title={b.title}
                onClick={(e) => e.stopPropagation()}
              >
                {b.title}
              </Link>
              <div className="sm t3 trunc" style={{ maxWidth: 270 }} title={asks(b)}>
                {b.shop_name}
                {asks(b) && ' · '}
                {asks(b)}
              </div>
            </div>
          ),
        },
        {
          title: t('new.campaign'),
          width: 120,
          render: (_, b) => <span className="t2 nowrap">{campaign(b.campaign_id) ?? t('bookings.everyday')}</span>,
        },
        {
          title: t('bookings.when'),
          width: 170,
          render: (_, b) => (
            <div className="nowrap num">
              <div>{dates(b, t('bookings.to'))}</div>
              <div className="sm t3">{windows(b)}</div>
            </div>
          ),
        },
        {
          title: t('bookings.fill'),
          width: 220,
          render: (_, b) =>
            b.state === 'draft' ? (
              <span className="t3">{t('bookings.seats', { count: b.seats })}</span>
            ) : (
              <FillBar filled={b.filled} seats={b.seats} />
            ),
        },
        { title: t('bookings.state'), width: 120, render: (_, b) => <BookingState booking={b} /> },
        {
          title: t('bookings.team'),
          width: 110,
          render: (_, b) => (
            <span className="t2 nowrap">{b.core_team.length > 0 ? t('bookings.core', { count: b.core_team.length }) : ''}</span>
          ),
        },
        {
          title: <span className="hidden">{t('bookings.openOne')}</span>,
          width: 36,
          render: () => <ChevronRight size={15} color="var(--text3)" aria-hidden className="line" />,
        },
      ]}
    />
  )
}

/** Decide is what waits for the merchant, the most urgent first, and three sums. */
function Decide({ me, bookings }: { me: Me; bookings?: Booking[] }) {
  const t = useWords('merchant')
  const today = localDate(Date.now())
  const month = localDate(Date.now() + 29 * 86_400_000)
  const days = useDays(today, month)
  const wallet = useQuery({ queryKey: ['wallet'], queryFn: () => body(api.GET('/api/v1/wallet')) })
  const drafts = useQuery({
    queryKey: ['bookings', 'draft', 'first'],
    queryFn: () => body(api.GET('/api/v1/bookings', { params: { query: { state: 'draft', limit: 5 } } })),
  })
  const sheets = useQuery({
    queryKey: ['timesheets', 'submitted', 'first'],
    queryFn: () => body(api.GET('/api/v1/timesheets', { params: { query: { state: 'submitted', limit: 100 } } })),
  })
  const next = [...(days.data?.values() ?? [])]
  const seats = next.reduce((n, d) => n + d.seats, 0),
    filled = next.reduce((n, d) => n + d.filled, 0)
  const shortest = next.filter((d) => d.seats > d.filled).slice(0, 2)
  const list: { key: string; tone: Tone; shape?: Shape; title: ReactNode; hint: ReactNode; to: string; act: string }[] = []
  for (const d of shortest) {
    const b = bookings?.find((x) => x.starts_on <= d.date && d.date <= x.ends_on && x.filled < x.seats)
    list.push({
      key: d.date,
      tone: 'late',
      title: t('decide.short', { date: d.date.slice(5), count: d.seats - d.filled }),
      hint: d.offered > 0 ? t('decide.offered', { count: d.offered }) : t('decide.inHall'),
      to: b ? '/merchant/bookings/' + b.id : '/merchant/bookings',
      act: t('decide.why'),
    })
  }
  if (wallet.data && wallet.data.owed.amount > 0)
    list.push({
      key: 'owed',
      tone: 'miss',
      title: (
        <>
          {t('decide.owed')} <Money value={wallet.data.owed} />
        </>
      ),
      hint: t('decide.owedHint'),
      to: '/merchant/wallet',
      act: t('decide.topUp'),
    })
  if (sheets.data && sheets.data.items.length > 0)
    list.push({
      key: 'sheets',
      tone: 'info',
      title: t('decide.sheets', { count: sheets.data.items.length, more: sheets.data.next_cursor ? '+' : '' }),
      hint: t('decide.sheetsHint'),
      to: '/merchant/timesheets',
      act: t('decide.review'),
    })
  if (me.role === 'owner' || me.role === 'booker')
    for (const d of drafts.data?.items.slice(0, 2) ?? [])
      list.push({
        key: d.id,
        tone: 'open',
        shape: 'bar',
        title: d.title,
        hint: t('decide.draft', { dates: dates(d, t('bookings.to')) }),
        to: where(d),
        act: t('decide.goOn'),
      })
  return (
    <div className="col g12">
      <div className="row between">
        <h2>{t('decide.title')}</h2>
        {list.length > 0 && <span className="sm t3">{t('decide.count', { count: list.length })}</span>}
      </div>
      {!days.data && !days.error ? (
        <Skeleton lines={[32, 32, 32]} />
      ) : list.length === 0 ? (
        days.data && <p className="sm t2">{t('decide.none')}</p>
      ) : (
        <ul>
          {list.map((x) => (
            <li key={x.key} className="row g8 start py8 topline">
              <span className="pt4">
                <Glyph tone={x.tone} shape={x.shape} />
              </span>
              <div className="grow">
                <div className="m trunc">{x.title}</div>
                <div className="sm t3">{x.hint}</div>
              </div>
              <Link className="sm nowrap" to={x.to} style={{ paddingTop: 2 }}>
                {x.act}
              </Link>
            </li>
          ))}
        </ul>
      )}
      <dl className="sums">
        <div>
          <dt className="sm t3">{t('decide.month')}</dt>
          <dd className="sum num">
            {days.data ? seats.toLocaleString('en-US') : '–'}
            <span className="sm t2"> {t('track.seats', { count: seats })}</span>
          </dd>
        </div>
        <div>
          <dt className="sm t3">{t('bookings.full')}</dt>
          <dd className="sum num">
            {seats > 0 ? ((filled / seats) * 100).toFixed(1) : '–'}
            <span className="sm t2"> %</span>
          </dd>
        </div>
        <div>
          <dt className="sm t3">{t('decide.escrow')}</dt>
          <dd className="sum">{wallet.data ? <Money value={wallet.data.escrow} size={20} round /> : '–'}</dd>
        </div>
      </dl>
    </div>
  )
}
