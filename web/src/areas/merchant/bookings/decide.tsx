import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { Glyph, type Shape, type Tone } from '@/design/state'
import { dayRange, localDate, useClock } from '@/design/time'
import type { Me } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { useDays } from './calendar'
import { pageOf } from './state'

type Booking = Schema<'Booking'>

/** Decide is what waits for the merchant, the most urgent first, and three sums. */
export function Decide({ me, bookings }: { me: Me; bookings?: Booking[] }) {
  const t = useWords('merchant')
  const language = useLanguage()
  const now = useClock()
  const today = localDate(now)
  const month = localDate(now + 29 * 86_400_000)
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
      title: t('decide.short', { date: dayRange(d.date, d.date, language), count: d.seats - d.filled }),
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
        hint: t('decide.draft', { dates: dayRange(d.starts_on, d.ends_on, language) }),
        to: pageOf(d),
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
              <Link className="sm nowrap pt2 hit" to={x.to}>
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
