import { useState, type ReactNode } from 'react'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { Sheet } from '@/design/sheet'
import { clockTime, Countdown, useNow } from '@/design/time'
import { useWords } from '@/words'
import { useMoment } from './parts'
import { Release } from './release'
import { phaseOf, type Mine } from './work'

const stale = [['mine'], ['shift'], ['hall'], ['timesheets'], ['earnings']]

/** Attend is the one big button of a shift: what can be done now, and when it turns worse. */
export function Attend({ mine, release = true }: { mine: Mine; release?: boolean }) {
  const t = useWords('agent')
  const moment = useMoment()
  const now = useNow()
  const phase = phaseOf(mine, now)
  const path = { params: { path: { id: mine.id } } }
  const checkIn = useAct(
    (_: 'in', header) => body(api.POST('/api/v1/assignments/{id}/check-in', { params: { ...path.params, header } })),
    stale,
  )
  const [leaving, setLeaving] = useState(false)
  const at = (moment: string) => clockTime(moment, mine.time_zone)
  if (phase === 'over') return null
  if (phase === 'working') return <Working mine={mine} />
  return (
    <div className="col g12 mt16">
      {(phase === 'open' || phase === 'late') && <ArrivalLine mine={mine} now={now} />}
      {phase === 'ahead' ? (
        <div className="soft row between g12 wrap">
          <span>{t('attend.opens', { at: moment(mine.check_in_opens_at, mine.time_zone) })}</span>
          {Date.parse(mine.check_in_opens_at) - now < 86_400_000 && (
            <span className="sm t2">
              {t('attend.in')}{' '}
              <span className="b">
                <Countdown until={mine.check_in_opens_at} />
              </span>
            </span>
          )}
        </div>
      ) : (
        <>
          {phase === 'missing' && <p className="miss">{t('attend.missing')}</p>}
          <Button type="primary" block className="act main" loading={checkIn.isPending} onClick={() => checkIn.mutate('in')}>
            {t('attend.checkIn')}
          </Button>
          {phase === 'late' && <p className="late sm">{t('attend.lateUntil', { at: at(mine.missed_at) })}</p>}
        </>
      )}
      {checkIn.error && <Failure problem={checkIn.error} />}
      {release && mine.state === 'held' && now < Date.parse(mine.starts_at) && (
        <div className="row between sm">
          <span className="t3">{phase === 'ahead' ? t('attend.fromHome') : ''}</span>
          <button type="button" className="linkbtn" onClick={() => setLeaving(true)}>
            {t('release.ask')}
          </button>
        </div>
      )}
      <Release mine={mine} open={leaving} onClose={() => setLeaving(false)} />
    </div>
  )
}

/** Working is a shift under way: how long still, the break, and the way out. */
function Working({ mine }: { mine: Mine }) {
  const t = useWords('agent')
  const now = useNow()
  const [out, setOut] = useState(false)
  const params = { path: { id: mine.id } }
  const pause = useAct(
    (action: 'start' | 'end', header) =>
      body(api.POST('/api/v1/assignments/{id}/breaks', { params: { ...params, header }, body: { action } })),
    stale,
  )
  const checkOut = useAct(
    (_: 'out', header) => body(api.POST('/api/v1/assignments/{id}/check-out', { params: { ...params, header } })),
    stale,
  )
  const over = now >= Date.parse(mine.ends_at)
  const from = Date.parse(mine.starts_at),
    to = Date.parse(mine.ends_at)
  const leave = () => checkOut.mutate('out', { onSuccess: () => setOut(false) })
  return (
    <div className="col g16 mt16">
      {now < from ? (
        <div className="soft taken row between g12 wrap">
          <span className="m">{t('attend.ready', { at: clockTime(from, mine.time_zone) })}</span>
          <span className="sm">
            {t('attend.in')}{' '}
            <span className="b">
              <Countdown until={mine.starts_at} />
            </span>
          </span>
        </div>
      ) : (
        <Line
          label={t('attend.workLine', {
            from: clockTime(from, mine.time_zone),
            to: clockTime(to, mine.time_zone),
            now: clockTime(now, mine.time_zone),
          })}
          at={(now - from) / (to - from)}
          now={clockTime(now, mine.time_zone)}
          marks={[
            { at: 0, text: t('attend.start', { at: clockTime(from, mine.time_zone) }) },
            { at: 1, text: t('attend.end', { at: clockTime(to, mine.time_zone) }) },
          ]}
        />
      )}
      {over ? (
        <Button type="primary" block className="act main" loading={checkOut.isPending} onClick={leave}>
          {t('attend.checkOut')}
        </Button>
      ) : (
        <div className="row g8">
          <Button
            type={mine.on_break ? 'primary' : 'default'}
            className="act grow"
            loading={pause.isPending}
            onClick={() => pause.mutate(mine.on_break ? 'end' : 'start')}
          >
            {t(mine.on_break ? 'attend.breakEnd' : 'attend.breakStart')}
          </Button>
          <Button className="act" onClick={() => setOut(true)}>
            {t('attend.checkOut')}
          </Button>
        </div>
      )}
      <p className="sm t3">{over ? t('attend.sweep') : mine.on_break ? t('attend.onBreak') : t('attend.breakRule')}</p>
      {(pause.error ?? checkOut.error) && <Failure problem={pause.error ?? checkOut.error} />}
      <Sheet open={out} title={t('attend.early')} onClose={() => setOut(false)}>
        <p className="t2">{t('attend.earlyHint', { at: clockTime(to, mine.time_zone) })}</p>
        <div className="col g8 mt16">
          <Button danger block size="large" loading={checkOut.isPending} onClick={leave}>
            {t('attend.earlyDo')}
          </Button>
          <Button block size="large" onClick={() => setOut(false)}>
            {t('attend.stay')}
          </Button>
        </div>
      </Sheet>
    </div>
  )
}

function ArrivalLine({ mine, now }: { mine: Mine; now: number }) {
  const t = useWords('agent')
  const [opens, starts, missed] = [mine.check_in_opens_at, mine.starts_at, mine.missed_at].map((at) => Date.parse(at)) as [
    number,
    number,
    number,
  ]
  const share = (at: number) => (at - opens) / (missed - opens)
  const clock = (at: number) => clockTime(at, mine.time_zone)
  return (
    <Line
      label={t('attend.line', { opens: clock(opens), starts: clock(starts), missed: clock(missed), now: clock(now) })}
      at={share(now)}
      now={clock(now)}
      late={share(starts)}
      marks={[
        { at: 0, text: t('attend.opened', { at: clock(opens) }) },
        { at: share(starts), text: t('attend.start', { at: clock(starts) }), strong: true },
        { at: 1, text: t('attend.missed', { at: clock(missed) }) },
      ]}
    />
  )
}

/** Line is a stretch of time with now on it; from `late` on it turns amber, and at its end red. */
function Line({
  label,
  at,
  now,
  marks,
  late,
}: {
  label: string
  at: number
  now: string
  marks: { at: number; text: ReactNode; strong?: boolean }[]
  late?: number
}) {
  const t = useWords()
  const x = Math.min(Math.max(at, 0), 1) * 100
  const edge = (share: number) =>
    share <= 0.12 ? { left: 0 } : share >= 0.88 ? { right: 0 } : { left: share * 100 + '%', transform: 'translateX(-50%)' }
  const bar = { position: 'absolute', top: 24, height: 6 } as const
  return (
    <div role="img" aria-label={label} style={{ position: 'relative', height: 58 }}>
      <span
        className="sm b num"
        style={{ position: 'absolute', top: 0, color: 'var(--accent-text)', whiteSpace: 'nowrap', ...edge(x / 100) }}
      >
        {t('now')} {now}
      </span>
      <i style={{ ...bar, left: 0, right: 0, borderRadius: 3, background: 'var(--ok-soft)' }} />
      {late !== undefined && (
        <i style={{ ...bar, left: late * 100 + '%', right: 0, background: 'var(--late-wash)', borderRadius: '0 3px 3px 0' }} />
      )}
      <i
        style={{
          ...bar,
          left: 0,
          width: (late === undefined ? x : Math.min(x, late * 100)) + '%',
          borderRadius: 3,
          background: 'var(--ok)',
        }}
      />
      {late !== undefined && x > late * 100 && (
        <i style={{ ...bar, left: late * 100 + '%', width: x - late * 100 + '%', background: 'var(--late)' }} />
      )}
      {late !== undefined && (
        <>
          <i
            style={{ position: 'absolute', top: 19, height: 16, width: 2, left: `calc(${late * 100}% - 1px)`, background: 'var(--text)' }}
          />
          <i style={{ position: 'absolute', top: 19, height: 16, width: 2, right: 0, background: 'var(--miss)' }} />
        </>
      )}
      <i
        style={{
          position: 'absolute',
          top: 20,
          left: `calc(${x}% - 7px)`,
          width: 14,
          height: 14,
          borderRadius: 9,
          background: 'var(--accent)',
          boxShadow: '0 0 0 2.5px var(--surface)',
        }}
      />
      {marks.map((m) => (
        <span
          key={m.at}
          className="sm num"
          style={{
            position: 'absolute',
            top: 40,
            whiteSpace: 'nowrap',
            color: m.strong ? 'var(--text)' : 'var(--text3)',
            ...edge(m.at),
            ...(m.strong && { transform: 'translateX(-75%)' }),
          }}
        >
          {m.text}
        </span>
      ))}
    </div>
  )
}
