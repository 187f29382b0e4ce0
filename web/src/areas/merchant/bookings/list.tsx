import { useQuery } from '@tanstack/react-query'
import { Input, Segmented } from 'antd'
import { CalendarPlus, ChevronRight, Plus, Search, X } from 'lucide-react'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Empty, Failure, Skeleton } from '@/design/feedback'
import { FillBar } from '@/design/fill-bar'
import { Page } from '@/design/page'
import { useTagNames } from '@/design/skill-tag'
import { Table } from '@/design/table'
import { dayRange } from '@/design/time'
import { usePhone } from '@/design/theme'
import type { Me } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { Calendar } from './calendar'
import { Decide } from './decide'
import { eager, useBookings, type View } from './queries'
import { BookingState, pageOf } from './state'

type Booking = Schema<'Booking'>
const views: View[] = ['confirmed', 'draft', 'finished', 'cancelled']

/** Bookings is how full the coming days are, what waits to be decided, and all bookings of a state. */
export default function Bookings({ me }: { me: Me }) {
  const t = useWords('merchant')
  const language = useLanguage()
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
  const fresh = view === 'confirmed' && !some // who has booked nothing reads first what to do
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
      className={phone ? 'grow' : 'w200'}
    />
  )
  const overview = (
    <div className="split wide">
      <section className="sec">
        <Calendar chosen={day} onChoose={setDay} />
      </section>
      <aside className="sec">
        <Decide me={me} bookings={view === 'confirmed' ? bookings.items : undefined} />
      </aside>
    </div>
  )
  return (
    <Page
      title={t('nav.bookings')}
      note={!phone && tabs}
      actions={
        some &&
        !phone && (
          <>
            {search}
            {create}
          </>
        )
      }
    >
      {phone && (
        <div className="col g8 finder">
          {tabs}
          {some && (
            <div className="row g8">
              {search}
              {create}
            </div>
          )}
        </div>
      )}
      {!fresh && overview}
      <section className={fresh ? 'sec flush' : 'sec flush grow'} aria-label={t('nav.bookings')}>
        {day && (
          <div className="row g8 px12 mb8">
            <span className="m num">{t('bookings.onDay', { date: dayRange(day, day, language) })}</span>
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
          <div className="p12">
            <Button onClick={() => void bookings.fetchNextPage()} loading={bookings.isFetchingNextPage}>
              {t('bookings.more')}
            </Button>
          </div>
        )}
      </section>
      {fresh && overview}
    </Page>
  )
}

function List({ rows, campaign }: { rows: Booking[]; campaign: (id?: string) => string | undefined }) {
  const t = useWords('merchant')
  const language = useLanguage()
  const phone = usePhone()
  const go = useNavigate()
  const name = useTagNames()
  const when = (b: Booking) => dayRange(b.starts_on, b.ends_on, language)
  const windows = (b: Booking) =>
    b.windows.length === 1 ? `${b.windows[0]!.start}–${b.windows[0]!.end}` : t('bookings.windows', { count: b.windows.length })
  const asks = (b: Booking) =>
    b.requirements
      .filter((r) => !r.tag.startsWith('channel/'))
      .map((r) => `${name(r.tag)} ${r.level}+`)
      .join(t('list'))
  if (phone && rows.length <= 200) {
    return (
      <ul className="rows">
        {rows.map((b) => (
          <li key={b.id} className="stack">
            <Link to={pageOf(b)} className="col g4 t1">
              <span className="row between g8">
                <span className="m trunc">{b.title}</span>
                <BookingState booking={b} plain />
              </span>
              <span className="sm t2">
                {b.shop_name} ·{' '}
                <span className="num">
                  {when(b)} {windows(b)}
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
      onRow={(b) => ({ onClick: () => void go(pageOf(b)), className: 'clickable' })}
      columns={[
        {
          title: t('bookings.booking'),
          width: 290,
          render: (_, b) => (
            <div className="min0">
              <Link to={pageOf(b)} className="m trunc line t1 w270" title={b.title} onClick={(e) => e.stopPropagation()}>
                {b.title}
              </Link>
              <div className="sm t3 trunc w270" title={asks(b)}>
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
              <div>{when(b)}</div>
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
