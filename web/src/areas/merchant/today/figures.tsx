import { LiveFigure } from '@/design/live-figure'
import type { SeatState } from '@/design/seat-strip'
import { useWords } from '@/words'
import { graceMinutes, isOf, type Running, type SeatRow, type Which } from './live'

/**
 * Figures are the board's numbers now. A number and the rows that it opens are the same: a seat is late, missing or open, and never two of
 * them; until the rosters are read the streams' own sums stand in.
 */
export function Figures({
  running,
  seats,
  at,
  onShow,
}: {
  running: Running[]
  seats: SeatRow[]
  at: number
  onShow: (which: Which) => void
}) {
  const t = useWords('merchant')
  const sum = (key: 'seats' | 'present' | 'late' | 'missing' | 'open' | 'offered') => running.reduce((n, { shift }) => n + shift[key], 0)
  const read = running.every((r) => r.read)
  const figure = (which: Which, told: number) => (read ? seats.filter((r) => isOf(r, which)).length : told)
  const all = sum('seats'),
    on = figure('on', sum('present')),
    late = figure('late', sum('late')),
    missing = figure('missing', sum('missing')),
    vacant = figure('open', sum('open') + sum('offered') - sum('missing')),
    standby = figure('standby', 0),
    pauses = seats.filter((r) => r.pause).length
  return (
    <section className="figures" aria-label={t('today.figures')}>
      <div className="first">
        <LiveFigure
          label={t('today.on')}
          at={at}
          value={on}
          unit={t('today.of', { count: all })}
          aside={all > 0 && `${((on / all) * 100).toFixed(1)}%`}
          onOpen={() => onShow('on')}
        >
          <Shares seats={running.flatMap((r) => r.seats.map((s) => s.state))} pauses={pauses} onShow={onShow} />
        </LiveFigure>
      </div>
      <div>
        <LiveFigure
          label={t('today.late')}
          at={at}
          value={late}
          unit={t('track.seats', { count: late })}
          off={late > 0 ? 'late' : undefined}
          target={late > 0 && t('today.lateNote', { minutes: graceMinutes })}
          onOpen={() => onShow('late')}
        />
      </div>
      <div>
        <LiveFigure
          label={t('today.missing')}
          at={at}
          value={missing}
          unit={t('track.seats', { count: missing })}
          off={missing > 0 ? 'miss' : undefined}
          target={standby > 0 ? t('today.onTheWay', { count: standby }) : missing > 0 && t('today.missingNote')}
          onOpen={() => onShow('missing')}
        />
      </div>
      <div>
        <LiveFigure
          label={t('today.open')}
          at={at}
          value={vacant}
          unit={t('track.seats', { count: vacant })}
          target={vacant > 0 && t('today.openNote', { count: Math.min(vacant, sum('offered')) })}
          onOpen={() => onShow('open')}
        />
      </div>
    </section>
  )
}

const order = ['on', 'held', 'late', 'missing', 'standby', 'open', 'finished'] as const

/** Shares is the board's seats as one bar, by state; what is not on seat stands under it, each number with its rows. */
function Shares({ seats, pauses, onShow }: { seats: SeatState[]; pauses: number; onShow: (which: Which) => void }) {
  const t = useWords('merchant')
  const seat = useWords()
  const parts = order.map((state) => ({ state, n: seats.filter((s) => s === state).length })).filter((p) => p.n > 0)
  const opens = (which: Which, label: string, n: number) => (
    <button key={which} type="button" className="opens" onClick={() => onShow(which)}>
      {label} <b className="b num t1">{n}</b>
    </button>
  )
  return (
    <>
      <div aria-hidden className="shares">
        {parts.map((p) => (
          <i key={p.state} data-state={p.state} style={{ flexGrow: p.n }} />
        ))}
      </div>
      <div className="row wrap g12 sm t2">
        {parts.map((p) => p.state !== 'on' && p.state !== 'finished' && opens(p.state, seat('seat.' + p.state), p.n))}
        {pauses > 0 && opens('break', t('today.break'), pauses)}
      </div>
    </>
  )
}
