import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api, body, type Schema } from '@/api/client'
import { Money } from '@/design/money'
import { Section } from '@/design/page'
import { Glyph, type Shape, type Tone } from '@/design/state'
import { When, useClock } from '@/design/time'
import { useWords } from '@/words'
import type { Shift } from './shifts'

interface Event {
  key: string
  at: string
  tone: Tone
  shape?: Shape
  text: ReactNode
  amount?: Schema<'Money'>
}

/** Timeline is what happened to the booking, the newest first, and what comes next. */
export function Timeline({ booking: b, shifts }: { booking: Schema<'Booking'>; shifts: Shift[] }) {
  const t = useWords('merchant')
  const entries = useQuery({
    queryKey: ['wallet', 'entries', 'recent'],
    queryFn: async () => (await body(api.GET('/api/v1/wallet/entries', { params: { query: { limit: 200 } } }))).items,
  })
  const left = shifts.filter((s) => s.seats > 0)
  const first = left[0],
    last = left.at(-1)
  const now = useClock()
  const happened: Event[] = [
    { key: 'made', at: b.created_at, tone: 'open', shape: 'bar', text: t('line.made') },
    ...(b.confirmed_at && !entries.data?.some((e) => e.booking_id === b.id && e.kind === 'hold')
      ? [{ key: 'confirmed', at: b.confirmed_at, tone: 'ok' as const, text: t('line.hold') }]
      : []),
    ...(entries.data ?? [])
      .filter((e) => e.booking_id === b.id)
      .map((e) => ({
        key: e.id,
        at: e.at,
        tone: e.kind === 'cancellation' ? ('miss' as const) : ('ok' as const),
        text: t('line.' + e.kind),
        amount: { ...e.amount, amount: Math.abs(e.amount.amount) },
      })),
    ...(first && b.state !== 'draft'
      ? [
          {
            key: 'first',
            at: first.starts_at,
            tone: Date.parse(first.starts_at) > now ? ('open' as const) : ('ok' as const),
            text: t('line.first'),
          },
        ]
      : []),
    ...(last && b.state !== 'draft' && left.length > 1
      ? [
          {
            key: 'last',
            at: last.ends_at,
            tone: Date.parse(last.ends_at) > now ? ('open' as const) : ('ok' as const),
            text: t('line.last'),
          },
        ]
      : []),
  ]
  const list = happened.sort((x, y) => Date.parse(y.at) - Date.parse(x.at))
  return (
    <Section title={t('line.title')}>
      <ol>
        {list.slice(0, 30).map((x) => (
          <li key={x.key} className="row g8 start event">
            <span className="pt4">
              <Glyph tone={x.tone} shape={x.shape} />
            </span>
            <div className="grow">
              <div>
                {x.text}
                {x.amount && (
                  <>
                    {' '}
                    <Money value={x.amount} />
                  </>
                )}
              </div>
              <div className="sm t3">
                <When at={x.at} zone={b.time_zone} />
              </div>
            </div>
          </li>
        ))}
      </ol>
    </Section>
  )
}
