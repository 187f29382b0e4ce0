import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, body } from '@/api/client'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import type { Me } from '@/session/session'
import { useWords } from '@/words'
import { Guide } from './guide'
import { useShops } from './shop-field'

/** NewBooking reads what the page needs before it can be drawn: the shops, the campaigns, and the draft or the booking that it begins from. */
export default function NewBooking({ me }: { me: Me }) {
  const t = useWords('merchant')
  const [query] = useSearchParams()
  const [began] = useState(() => ({ draft: query.get('draft'), like: query.get('like') }))
  const from = began.draft ?? began.like
  const shops = useShops()
  const campaigns = useQuery({ queryKey: ['campaigns'], queryFn: () => body(api.GET('/api/v1/campaigns')) })
  const booking = useQuery({
    queryKey: ['booking', from, 'form'],
    enabled: from !== null,
    staleTime: Infinity,
    gcTime: 0,
    queryFn: () => body(api.GET('/api/v1/bookings/{id}', { params: { path: { id: from! } } })),
  })
  const ready =
    shops.data && campaigns.data && (from === null || booking.data)
      ? { shops: shops.data.items, campaigns: campaigns.data.items, booking: booking.data }
      : undefined
  const waiting = {
    data: ready,
    error: shops.error ?? campaigns.error ?? booking.error,
    refetch: () => {
      void shops.refetch()
      void campaigns.refetch()
      if (from) void booking.refetch()
    },
  }
  const trail = <Link to="/merchant/bookings">{t('nav.bookings')}</Link>
  if (!ready && waiting.error)
    return (
      <Page title={t('new.title')} trail={trail}>
        <section className="sec">
          <Failure problem={waiting.error} onRetry={waiting.refetch} />
        </section>
      </Page>
    )
  return (
    <Loaded
      query={waiting}
      skeleton={
        <Page title={t('new.title')} trail={trail}>
          <div className="split">
            <div className="sec">
              <Skeleton lines={[52, 40, 344, 64]} />
            </div>
            <aside className="sec">
              <Skeleton lines={[20, 20, 32, 20]} />
            </aside>
          </div>
        </Page>
      }
    >
      {({ shops: s, campaigns: c, booking: b }) =>
        began.draft && b && b.state !== 'draft' ? (
          <Page title={b.title} trail={trail}>
            <section className="sec">
              <Empty title={t('new.notDraft')} action={<Link to={'/merchant/bookings/' + b.id}>{t('new.seeBooking')}</Link>} />
            </section>
          </Page>
        ) : (
          <Guide me={me} shops={s} campaigns={c} draft={began.draft ? b : undefined} like={began.draft ? undefined : b} trail={trail} />
        )
      }
    </Loaded>
  )
}
