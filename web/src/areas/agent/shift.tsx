import { Link, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { Page } from '@/design/page'
import { Problem } from '@/api/problem'
import { Reasons } from '@/design/reasons'
import { Glyph, State } from '@/design/state'
import { When } from '@/design/time'
import { useTagNames } from '@/design/skill-tag'
import { useWords } from '@/words'
import { Attend } from './check-in'
import { Claim } from './claim'
import { PackOfSeat } from '../pack/mine'
import { Requirements, ShiftHead, StandOf } from './parts'
import { useMine, useMyTags, useShift } from './queries'
import { useReasons } from './rules'
import { minutesOf, payFor, type Mine } from './work'

export default function Shift() {
  const t = useWords('agent')
  const { id = '' } = useParams()
  const query = useShift(id)
  const mine = useMine()
  // The last one first: who released a seat may hold another of the same shift.
  const own = mine.data?.filter((a) => a.shift_id === id).sort((a, b) => Number(over(a)) - Number(over(b)))[0]
  const gone = query.error instanceof Problem && query.error.status === 404
  return (
    <Page
      title={own?.shop_name ?? query.data?.shift.shop_name ?? t('shift.title')}
      trail={<Link to={own ? '/agent/shifts' : '/agent/hall'}>{t(own ? 'nav.shifts' : 'nav.hall')}</Link>}
    >
      <div className="column">
        {gone && !own ? (
          <Card>
            <Failure problem={query.error} />
          </Card>
        ) : gone && own ? (
          <Own mine={own} />
        ) : (
          <Loaded
            framed
            query={query}
            skeleton={
              <Card>
                <Skeleton lines={[36, 20, 22, 26, 52]} />
              </Card>
            }
          >
            {(e) =>
              own && !over(own) ? (
                <>
                  <Own mine={own} />
                  <Asked requirements={e.shift.requirements} />
                </>
              ) : (
                <Open eligibility={e} past={own} />
              )
            }
          </Loaded>
        )}
      </div>
    </Page>
  )
}

const over = (a: Mine) => a.state !== 'held' && a.state !== 'present' && a.state !== 'missing'

/** Own is a shift that I have a seat of. */
function Own({ mine }: { mine: Mine }) {
  const t = useWords('agent')
  return (
    <Card lead label={mine.shop_name}>
      <div className="row between g8 mb8">
        <span className="t2">{t('shift.seat', { seat: mine.seat })}</span>
        <StandOf mine={mine} />
      </div>
      <ShiftHead
        lead
        from={mine.starts_at}
        to={mine.ends_at}
        zone={mine.time_zone}
        pay={<Money value={payFor(mine.pay_per_hour, minutesOf(mine.starts_at, mine.ends_at))} size={24} round />}
        rate={<Money value={mine.pay_per_hour} round />}
      />
      <Attend mine={mine} />
      <PackOfSeat assignment={mine.id} />
      <Events mine={mine} />
      <Block merchant={mine.merchant_id} />
    </Card>
  )
}

/** Block keeps a merchant's shifts away from me, and theirs from knowing it. */
function Block({ merchant }: { merchant: string }) {
  const t = useWords('agent')
  const set = useAct(
    (blocked: boolean) => body(api.PUT('/api/v1/blocks/{id}', { params: { path: { id: merchant } }, body: { blocked } })),
    [['hall'], ['offers']],
  )
  const blocked = set.isSuccess && set.variables
  return (
    <details className="mt16">
      <summary className="sm t2" style={{ cursor: 'pointer', minHeight: 24 }}>
        {t('shift.block')}
      </summary>
      <p className="sm t2" role="status" style={{ margin: '8px 0' }}>
        {t(blocked ? 'shift.blocked' : 'shift.blockHint')}
      </p>
      {set.error && <Failure problem={set.error} />}
      <Button loading={set.isPending} onClick={() => set.mutate(!blocked)}>
        {t(blocked ? 'shift.lift' : 'shift.blockDo')}
      </Button>
    </details>
  )
}

function Events({ mine }: { mine: Mine }) {
  const t = useWords('agent')
  const rows = [
    [t('shift.checkedIn'), mine.checked_in_at],
    [t('shift.checkedOut'), mine.checked_out_at],
  ].filter((r): r is [string, string] => Boolean(r[1]))
  if (rows.length === 0) return null
  return (
    <dl className="col g4 sm mt16">
      {rows.map(([name, at]) => (
        <div key={name} className="row between">
          <dt className="t3">{name}</dt>
          <dd>
            <When at={at} zone={mine.time_zone} seconds showZone />
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Open is a shift that I may take, or why not. */
function Open({ eligibility: e, past }: { eligibility: Schema<'Eligibility'>; past?: Mine }) {
  const t = useWords('agent')
  const reasons = useReasons()
  const tags = useMyTags()
  const shift = e.shift
  const failed = e.rules.filter((r) => !r.passed)
  const lacking = new Set(failed.map((r) => r.tag))
  const held =
    tags.data &&
    new Map(
      shift.requirements
        .filter((r) => lacking.has(r.tag))
        .map((r) => [r.tag, Math.min(tags.data.find((g) => g.tag === r.tag && g.valid)?.level ?? 0, r.level - 1)]),
    )
  const claimable = e.eligible && (!e.standing || e.standing.state === 'open' || e.standing.state === 'asked')
  return (
    <>
      <Card lead label={shift.shop_name}>
        <div className="row between g8 mb8">
          {failed.length > 0 ? (
            <State tone="open" shape="bar">
              {t('hall.closed')}
            </State>
          ) : (
            <State tone="ok">{t('shift.fits')}</State>
          )}
          {past && (
            <span className="sm t3">
              {t('shift.past')} <StandOf mine={past} />
            </span>
          )}
        </div>
        <ShiftHead
          lead
          from={shift.starts_at}
          to={shift.ends_at}
          zone={shift.time_zone}
          note={t('shift.seats', { seats: shift.seats, open: shift.open })}
          pay={<Money value={payFor(shift.pay_per_hour, minutesOf(shift.starts_at, shift.ends_at))} size={24} round />}
          rate={<Money value={shift.pay_per_hour} round />}
        />
        <Requirements list={shift.requirements} held={held} />
        {e.standing?.state === 'asked' && (
          <p className="soft mt12">
            {t('shift.asked')} <Link to="/agent/offers">{t('hall.toOffers')}</Link>
          </p>
        )}
        {claimable && <Claim shift={shift} />}
        {failed.length > 0 && (
          <div className="mt12">
            <Reasons list={reasons(failed, shift)} />
          </div>
        )}
      </Card>
      {e.standing && (e.standing.state === 'waiting' || e.standing.state === 'full') && <Standing standing={e.standing} />}
      <Rules rules={e.rules} />
    </>
  )
}

/** Standing says why an agent whom no rule stops has no seat. */
function Standing({ standing }: { standing: Schema<'Standing'> }) {
  const t = useWords('agent')
  return (
    <Card title={t('standing.title')}>
      <p className="m">{t('standing.' + standing.state)}</p>
      <p className="sm t2">
        {t(standing.ranking ? 'standing.class.' + standing.ranking.class : 'standing.first')}
        {standing.ranking && standing.ranking.short_by > 0 && ' ' + t('standing.short', { points: standing.ranking.short_by })}
      </p>
      {standing.ranking && (
        <ul className="rows mt8">
          {standing.ranking.parts.map((p) => (
            <li key={p.part}>
              <span className="grow">
                <span className="m">{t('standing.part.' + p.part)}</span>
                {p.behind && <span className="sm late"> {t('standing.behind')}</span>}
                <span className="sm t3 line">{t('standing.how.' + p.part)}</span>
              </span>
              <span className="num">
                {p.mine} <span className="t3">/ {p.most}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {standing.instead && (
        <p className="mt8">
          <Link to={'/agent/shifts/' + standing.instead}>{t('standing.instead')}</Link>
        </p>
      )}
    </Card>
  )
}

function Asked({ requirements }: { requirements: Schema<'Requirement'>[] }) {
  const t = useWords('agent')
  return (
    <Card title={t('shift.requires')}>
      <div style={{ marginTop: -12 }}>
        <Requirements list={requirements} />
      </div>
    </Card>
  )
}

function Rules({ rules }: { rules: Schema<'RuleView'>[] }) {
  const t = useWords('agent')
  const name = useTagNames()
  const passed = rules.filter((r) => r.passed)
  if (passed.length === 0) return null
  return (
    <Card>
      <details>
        <summary className="m clickable">
          {t(passed.length === rules.length ? 'shift.allPassed' : 'shift.passed', { count: passed.length })}
        </summary>
        <ul className="rows mt8">
          {passed.map((r) => (
            <li key={r.rule + (r.tag ?? '')}>
              <Glyph tone="ok" />
              <span className="grow">{t('rule.' + r.rule, { tag: r.tag && name(r.tag), context: 'ok' })}</span>
              <span className="sm t3 right">{r.value}</span>
            </li>
          ))}
        </ul>
      </details>
    </Card>
  )
}
