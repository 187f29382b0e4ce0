import { Mailbox } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button, buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { Page } from '@/design/page'
import { Reasons } from '@/design/reasons'
import { State } from '@/design/state'
import { useTarget } from '@/design/target'
import { Countdown, Span, useNow } from '@/design/time'
import { useWords } from '@/words'
import { ShiftHead, useMoment } from './parts'
import { liveOffers, useOffers } from './queries'
import { failedOf, useReasons } from './rules'
import { minutesOf, payFor } from './work'

type Offer = Schema<'Offer'>
const stale = [['mine'], ['hall'], ['shift'], ['offers']]

export default function Offers() {
  const t = useWords('agent')
  const query = useOffers()
  const now = useNow(5000)
  const target = useTarget()
  const live = liveOffers(query.data ?? [], now)
  const past = (query.data ?? []).filter((o) => !live.includes(o)).slice(0, 20)
  return (
    <Page
      title={t('offer.title')}
      trail={<Link to="/agent/me">{t('nav.me')}</Link>}
      note={live.length > 0 && <span className="sm t3">{t('offer.waiting', { count: live.length })}</span>}
    >
      <div className="column">
        <Loaded
          framed
          query={query}
          skeleton={
            <Card>
              <Skeleton lines={[28, 20, 20, 52]} />
            </Card>
          }
        >
          {() =>
            live.length === 0 ? (
              <Card>
                <Empty
                  icon={Mailbox}
                  title={t('offer.none')}
                  hint={t('offer.noneHint')}
                  action={
                    <Link className={buttonClass()} to="/agent/hall">
                      {t('home.toHall')}
                    </Link>
                  }
                />
              </Card>
            ) : (
              <div className="cards">
                {live.map((o) => (
                  <OfferCard key={o.id} offer={o} />
                ))}
              </div>
            )
          }
        </Loaded>
        {past.length > 0 && (
          <Card rows title={t('offer.past')}>
            <ul className="rows">
              {past.map((o) => (
                <li key={o.id} {...target(o.id)}>
                  <span className="grow">
                    <span className="line">
                      <Span from={o.starts_at} to={o.ends_at} zone={o.time_zone} showZone={false} />
                    </span>
                    <span className="sm t3">{o.shop_name}</span>
                  </span>
                  <State
                    tone={o.state === 'accepted' ? 'ok' : 'open'}
                    shape={o.state === 'accepted' ? undefined : o.state === 'expired' ? 'ring' : 'bar'}
                  >
                    {t('offer.state.' + (o.state === 'live' ? 'expired' : o.state))}
                  </State>
                </li>
              ))}
            </ul>
          </Card>
        )}
      </div>
    </Page>
  )
}

/** OfferCard is one invitation: its seat waits for an answer until it expires. */
function OfferCard({ offer }: { offer: Offer }) {
  const t = useWords('agent')
  const moment = useMoment()
  const target = useTarget()
  const reasons = useReasons()
  const [sure, setSure] = useState(false)
  const params = { path: { id: offer.id } }
  const accept = useAct((_: 'accept', header) => body(api.POST('/api/v1/offers/{id}/acceptance', { params: { ...params, header } })), stale)
  const refuse = useAct((_: 'refuse', header) => body(api.POST('/api/v1/offers/{id}/refusal', { params: { ...params, header } })), stale)
  const pay = payFor(offer.pay_per_hour, minutesOf(offer.starts_at, offer.ends_at))
  const rules = failedOf(accept.error?.more ?? {})
  return (
    <Card label={offer.shop_name} at={target(offer.id)}>
      <div className="row between g8 mb8">
        <State tone="info">{t('offer.kept')}</State>
        <span className="sm t2">
          {t('offer.left')}{' '}
          <span className="b lg counts">
            <Countdown until={offer.expires_at} />
          </span>
        </span>
      </div>
      <ShiftHead
        from={offer.starts_at}
        to={offer.ends_at}
        zone={offer.time_zone}
        shop={
          <Link className="quiet" to={'/agent/shifts/' + offer.shift_id}>
            {offer.shop_name}
          </Link>
        }
        note={t('offer.until', { at: moment(offer.expires_at) })}
        pay={<Money value={pay} size={24} round />}
        rate={<Money value={offer.pay_per_hour} round />}
      />
      {rules.length > 0 ? (
        <div role="alert" className="mt12">
          <p className="m">{accept.error?.message}</p>
          <Reasons list={reasons(rules, { id: offer.shift_id, starts_at: offer.starts_at })} />
        </div>
      ) : (
        (accept.error ?? refuse.error) && <Failure problem={accept.error ?? refuse.error} />
      )}
      <div className="row g8 claim">
        {sure ? (
          <>
            <span className="grow sm t2">{t('offer.refuseHint')}</span>
            <Button className="act" onClick={() => setSure(false)}>
              {t('offer.keep')}
            </Button>
            <Button className="act" danger loading={refuse.isPending} onClick={() => refuse.mutate('refuse')}>
              {t('offer.refuse')}
            </Button>
          </>
        ) : (
          <>
            <Button type="primary" className="act grow" loading={accept.isPending} onClick={() => accept.mutate('accept')}>
              {t('offer.accept')}
            </Button>
            <Button className="act" onClick={() => setSure(true)}>
              {t('offer.refuse')}
            </Button>
          </>
        )}
      </div>
    </Card>
  )
}
