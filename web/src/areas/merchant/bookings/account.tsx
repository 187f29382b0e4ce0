import { useQuery } from '@tanstack/react-query'
import { api, body, type Schema } from '@/api/client'
import { Loaded, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { Section } from '@/design/page'
import { localDate } from '@/design/time'
import { useWords } from '@/words'

/** Account is what the booking's money is doing, from the statement of the month in which it was confirmed. */
export function Account({ booking: b }: { booking: Schema<'Booking'> }) {
  const t = useWords('merchant')
  const month = b.confirmed_at && localDate(b.confirmed_at).slice(0, 7)
  const query = useQuery({
    queryKey: ['statement', month],
    enabled: Boolean(month),
    queryFn: () => body(api.GET('/api/v1/statements', { params: { query: { month: month! } } })),
  })
  if (!month) return null
  return (
    <Section title={t('money.title')} note={b.price_book !== undefined ? t('price.book', { version: b.price_book }) : undefined}>
      <Loaded query={query} skeleton={<Skeleton lines={[20, 20, 20]} />}>
        {(s) => {
          const bill = s.merchant?.bills.find((x) => x.booking_id === b.id)
          if (!bill) return <p className="sm t2">{t('money.none')}</p>
          const lines = (['held', 'charged', 'credited', 'disputed', 'extended'] as const).filter((k) => k === 'held' || bill[k].amount > 0)
          return (
            <dl className="col g8">
              {lines.map((k) => (
                <div key={k} className="row between">
                  <dt className="t2">{t('money.' + k)}</dt>
                  <dd>
                    <Money value={bill[k]} credit={k === 'credited' && bill[k].amount > 0} />
                  </dd>
                </div>
              ))}
              <div className="row between base sumline">
                <dt className="b">{t('money.quoted')}</dt>
                <dd>
                  <Money value={bill.quoted} size={20} />
                </dd>
              </div>
            </dl>
          )
        }}
      </Loaded>
    </Section>
  )
}
