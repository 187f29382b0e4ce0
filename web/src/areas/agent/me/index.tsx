import {
  Award,
  CalendarClock,
  ChevronRight,
  ClipboardCheck,
  Gauge,
  IdCard,
  Inbox,
  Medal,
  UserRound,
  Wallet,
  type LucideIcon,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { identityLook } from '@/design/identity-look'
import { Page } from '@/design/page'
import { SkillTag } from '@/design/skill-tag'
import { State } from '@/design/state'
import { dateName, dayName, useNow } from '@/design/time'
import type { Me } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { useHours } from '../parts'
import { liveOffers, useCredentials, useEarnings, useIdentity, useMyTags, useOffers, useOpenSheets, useProfile, useTier } from '../queries'
import { useAvailability } from './use-availability'

/** What is mine: skills, time, limits, money, proof. */
export default function Mine({ me }: { me: Me }) {
  const t = useWords('agent')
  const hours = useHours()
  const profile = useProfile(),
    availability = useAvailability(),
    earnings = useEarnings(),
    sheets = useOpenSheets(),
    credentials = useCredentials(),
    offers = useOffers()
  const tier = useTier(),
    identity = useIdentity()
  const weekly = availability.data?.weekly
  const live = liveOffers(offers.data ?? [], useNow(60_000)).length
  return (
    <Page person title={me.name} note={<span className="sm t3 trunc line">{me.email}</span>}>
      <div className="column">
        <Tags />
        <Card rows title={t('me.work')}>
          <ul className="rows">
            <Row
              to="/agent/me/availability"
              icon={CalendarClock}
              name={t('availability.title')}
              now={availability.data && (weekly ? t('availability.windows', { count: weekly.length }) : t('availability.any'))}
            />
            <Row
              to="/agent/me/limits"
              icon={Gauge}
              name={t('limits.title')}
              now={
                profile.data && t('limits.now', { day: hours(profile.data.max_day_minutes), week: hours(profile.data.max_week_minutes) })
              }
            />
            <Row
              to="/agent/offers"
              icon={Inbox}
              name={t('offer.title')}
              now={
                live > 0 ? (
                  <State tone="late" shape="clock">
                    {t('offer.waiting', { count: live })}
                  </State>
                ) : (
                  offers.data && t('offer.noneShort')
                )
              }
            />
          </ul>
        </Card>
        <Card rows title={t('me.money')}>
          <ul className="rows">
            <Row
              to="/agent/me/earnings"
              icon={Wallet}
              name={t('earnings.title')}
              now={earnings.data && <Money value={earnings.data.payable} />}
            />
            <Row
              to="/agent/me/timesheets"
              icon={ClipboardCheck}
              name={t('sheet.list')}
              now={sheets.data && t('sheet.open', { count: sheets.data.length })}
            />
          </ul>
        </Card>
        <Card rows title={t('me.proof')}>
          <ul className="rows">
            <Row to="/agent/me/tier" icon={Medal} name={t('tier.title')} now={tier.data && t('tier.name.' + tier.data.tier)} />
            <Row
              to="/agent/me/credentials"
              icon={Award}
              name={t('credential.title')}
              now={
                credentials.data &&
                t('credential.count', { count: credentials.data.filter((c) => c.state === 'valid' || c.state === 'expiring').length })
              }
            />
            <Row
              to="/agent/me/identity"
              icon={IdCard}
              name={t('identity.title')}
              now={
                identity.data && (
                  <State plain {...identityLook[identity.data.state]}>
                    {t('identity.state.' + identity.data.state)}
                  </State>
                )
              }
            />
            <Row to="/me/profile" icon={UserRound} name={t('me.account')} />
          </ul>
        </Card>
      </div>
    </Page>
  )
}

function Tags() {
  const t = useWords('agent')
  const language = useLanguage()
  const tags = useMyTags()
  const now = useNow(60_000)
  return (
    <Card title={t('me.tags')}>
      <Loaded query={tags} skeleton={<Skeleton lines={[26, 26]} />}>
        {(list) =>
          list.length === 0 ? (
            <Empty
              icon={Award}
              title={t('me.noTags')}
              hint={t('me.noTagsHint')}
              action={
                <Link className={buttonClass()} to="/agent/academy">
                  {t('me.toAcademy')}
                </Link>
              }
            />
          ) : (
            <ul className="col g8">
              {list.map((g) => {
                const left = Date.parse(g.expires_at) - now
                return (
                  <li key={g.tag} className="row between wrap g8">
                    <SkillTag tag={g.tag} level={g.level} />
                    <span className="sm t3">
                      {!g.valid ? (
                        <State plain tone="miss" shape="bar">
                          {t('me.tagOver')}
                        </State>
                      ) : left < 30 * 86_400_000 ? (
                        <State plain tone="late">
                          {t('todo.until', { at: dayName(g.expires_at, language) })}
                        </State>
                      ) : (
                        t('me.tagUntil', { at: dateName(g.expires_at, language) })
                      )}
                    </span>
                  </li>
                )
              })}
            </ul>
          )
        }
      </Loaded>
    </Card>
  )
}

function Row({ to, icon: Icon, name, now }: { to: string; icon: LucideIcon; name: string; now?: ReactNode }) {
  return (
    <li>
      <Link className="rowlink" to={to}>
        <Icon size={20} strokeWidth={1.75} color="var(--text2)" aria-hidden style={{ flex: 'none' }} />
        <span className="grow m">{name}</span>
        <span className="sm t3 right" style={{ maxWidth: '56%', overflowWrap: 'anywhere' }}>
          {now}
        </span>
        <ChevronRight size={18} color="var(--text3)" aria-hidden className="rigid" />
      </Link>
    </li>
  )
}
