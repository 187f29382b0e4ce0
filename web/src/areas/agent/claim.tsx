import { useState, type ReactNode } from 'react'
import { Link } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import type { Problem } from '@/api/problem'
import { Button, buttonClass } from '@/design/button'
import { Failure } from '@/design/feedback'
import { Reasons } from '@/design/reasons'
import { Glyph } from '@/design/state'
import { clockTime, Countdown, useNow } from '@/design/time'
import { useWords } from '@/words'
import { useMoment } from './parts'
import { useMine } from './queries'
import { failedOf, useReasons } from './rules'

export type HallShift = Schema<'HallShift'>

const stale = [['mine'], ['offers'], ['shift'], ['my-tags']]

/**
 * Claim takes a seat with one tap, and tells on the spot what came of it: the seat, with the way to give it back where that is free;
 * or why not, and when to try again.
 */
export function Claim({
  shift,
  kind,
  onTaken,
  onGiven,
  beside,
}: {
  shift: HallShift
  kind?: 'trial'
  onTaken?: () => void
  onGiven?: () => void
  beside?: ReactNode
}) {
  const t = useWords('agent')
  const moment = useMoment()
  const now = useNow()
  const mine = useMine()
  const [held, setHeld] = useState<Schema<'Assignment'>>()
  const [given, setGiven] = useState(false)
  const claim = useAct(
    (_: 'claim', header) => body(api.POST('/api/v1/shifts/{id}/claims', { params: { path: { id: shift.id }, query: { kind }, header } })),
    stale,
  )
  const release = useAct(
    (id: string, header) => body(api.POST('/api/v1/assignments/{id}/release', { params: { path: { id }, header } })),
    [...stale, ['hall']],
  )
  const take = () => {
    setGiven(false)
    claim.mutate('claim', {
      onSuccess: (a) => {
        setHeld(a)
        onTaken?.()
      },
    })
  }
  if (held) {
    const own = mine.data?.find((a) => a.id === held.id)
    const opened = own && Date.parse(own.check_in_opens_at) <= now
    const next = own && (opened ? t('stand.open') : t('attend.opens', { at: moment(own.check_in_opens_at, own.time_zone) }))
    return (
      <div role="status" className="soft taken col g12 mt12">
        <div>
          <div className="row g8 m">
            <Glyph tone="ok" size={16} />
            {t('claim.taken', { seat: held.seat })}
          </div>
          {next && <div className="sm mt4">{next}</div>}
        </div>
        {release.error && <Failure problem={release.error} />}
        <div className="row wrap g8">
          {opened ? (
            <Link className={buttonClass({ type: 'primary' })} to="/agent/home">
              {t('claim.toCheckIn')}
            </Link>
          ) : (
            <Link className={buttonClass()} to={'/agent/shifts/' + shift.id}>
              {t('claim.open')}
            </Link>
          )}
          {now < Date.parse(shift.release_free_until) && (
            <button
              type="button"
              className={buttonClass()}
              disabled={release.isPending}
              onClick={() =>
                release.mutate(held.id, {
                  onSuccess: () => {
                    setHeld(undefined)
                    setGiven(true)
                    onGiven?.()
                  },
                })
              }
            >
              {t('claim.undo')}
            </button>
          )}
        </div>
        {now < Date.parse(shift.release_free_until) && (
          <div className="sm">{t('claim.undoHint', { until: moment(shift.release_free_until, shift.time_zone) })}</div>
        )}
      </div>
    )
  }
  const retry = retryAt(claim.error)
  const waits = retry !== undefined && retry > now
  return (
    <div className="claim">
      {given && (
        <p role="status" className="sm t2 mb8">
          {t('claim.given')}
        </p>
      )}
      {claim.error && <Refused problem={claim.error} shift={shift} />}
      <div className="row g8">
        <Button type="primary" className="act grow" loading={claim.isPending} disabled={waits} onClick={take}>
          {waits ? (
            <>
              {t('claim.wait', { at: clockTime(retry, shift.time_zone) })} <Countdown until={retry} />
            </>
          ) : (
            t(claim.error ? 'claim.again' : 'claim.do')
          )}
        </Button>
        {beside}
      </div>
    </div>
  )
}

/** retryAt is when a refusal says that it may be otherwise. */
export const retryAt = (problem: Problem | null) =>
  typeof problem?.more.retry_at === 'string' ? Date.parse(problem.more.retry_at) : undefined

function Refused({ problem, shift }: { problem: Problem; shift: HallShift }) {
  const t = useWords('agent')
  const reasons = useReasons()
  const rules = failedOf(problem.more)
  if (rules.length > 0)
    return (
      <div role="alert" className="mb12">
        <p className="m">{problem.message}</p>
        <Reasons list={reasons(rules, shift)} />
      </div>
    )
  if (problem.code === 'shift_full' || problem.code === 'no_open_seat' || problem.code === 'shift_closed')
    return (
      <div role="alert" className="row start g8 mb12">
        <span className="pt4">
          <Glyph tone={problem.code === 'no_open_seat' ? 'late' : 'open'} shape={problem.code === 'no_open_seat' ? 'clock' : 'bar'} />
        </span>
        <div>
          <div className="m">{t('claim.' + problem.code)}</div>
          <div className="sm t2">{t('claim.' + problem.code + 'Hint')}</div>
        </div>
      </div>
    )
  return <Failure problem={problem} />
}
