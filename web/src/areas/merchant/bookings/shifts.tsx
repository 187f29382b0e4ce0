import { Checkbox } from 'antd'
import { useState } from 'react'
import { useLocation } from 'react-router'
import type { Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Empty } from '@/design/feedback'
import { FillBar } from '@/design/fill-bar'
import { Money } from '@/design/money'
import { State } from '@/design/state'
import { useTarget } from '@/design/target'
import { localDate, Span, useClock } from '@/design/time'
import { useWords } from '@/words'
import { Who } from './who'

export type Shift = Schema<'Shift'>

/** So many shifts are drawn before somebody asks for more. */
const atOnce = 40

/**
 * Shifts are a booking's, each opened by a press on its row; the address may name one (#id). Days that are over stand behind a button as long
 * as others come. Those in selectable can be chosen, to give their seats up.
 */
export function Shifts({
  shifts,
  booking,
  selectable,
  chosen,
  onChoose,
}: {
  shifts: Shift[]
  booking: Schema<'Booking'>
  selectable: string[]
  chosen: string[]
  onChoose: (ids: string[]) => void
}) {
  const t = useWords('merchant')
  const target = useTarget()
  const named = decodeURIComponent(useLocation().hash.slice(1))
  const all = shifts.filter((s) => s.seats > 0 || s.state !== 'cancelled')
  const today = localDate(useClock(), booking.time_zone)
  const over = all.filter((s) => localDate(s.ends_at, booking.time_zone) < today)
  const [past, showPast] = useState(over.length === all.length || over.some((s) => s.id === named))
  const [most, setMost] = useState(() => Math.max(atOnce, all.findIndex((s) => s.id === named) + 1))
  const [opened, open] = useState<string[]>(() =>
    all
      .filter((s) => (named ? s.id === named : s.state === 'open'))
      .slice(0, 1)
      .map((s) => s.id),
  )
  if (all.length === 0) return <Empty title={t('detail.noShifts')} />
  const rows = past ? all : all.slice(over.length)
  const flip = (list: string[], id: string) => (list.includes(id) ? list.filter((x) => x !== id) : [...list, id])
  const some = chosen.length > 0 && chosen.length < selectable.length
  return (
    <div className={selectable.length > 0 ? 'shifts choosing' : 'shifts'}>
      <div className="shiftrow head sm t3">
        {selectable.length > 0 && (
          <Checkbox
            aria-label={t('detail.chooseAll')}
            indeterminate={some}
            checked={chosen.length === selectable.length}
            onChange={(e) => onChoose(e.target.checked ? selectable : [])}
          />
        )}
        <span className="shiftopen">
          <i />
          <span>{t('price.shift')}</span>
          <span>{t('bookings.fill')}</span>
          <span>{t('bookings.state')}</span>
          <span className="right">{t('detail.pay')}</span>
        </span>
      </div>
      {!past && over.length > 0 && (
        <div className="py8">
          <Button size="small" type="text" onClick={() => showPast(true)}>
            {t('detail.past', { count: over.length })}
          </Button>
        </div>
      )}
      <ul>
        {rows.slice(0, most).map((s) => (
          <li key={s.id} {...target(s.id)}>
            <div className="shiftrow">
              {selectable.length > 0 && (
                <Checkbox
                  aria-label={t('detail.choose')}
                  disabled={!selectable.includes(s.id)}
                  checked={chosen.includes(s.id)}
                  onChange={() => onChoose(flip(chosen, s.id))}
                />
              )}
              <button type="button" className="shiftopen" aria-expanded={opened.includes(s.id)} onClick={() => open(flip(opened, s.id))}>
                <i aria-hidden />
                <Span from={s.starts_at} to={s.ends_at} zone={booking.time_zone} showZone={false} />
                <FillBar filled={s.filled} seats={s.seats} width={96} />
                <ShiftState shift={s} />
                <span className="right t2">{s.pay_per_hour && <Money value={s.pay_per_hour} />}</span>
              </button>
            </div>
            {opened.includes(s.id) && <Who shift={s} zone={booking.time_zone} />}
          </li>
        ))}
      </ul>
      {rows.length > most && (
        <div className="mt12">
          <Button onClick={() => setMost(most + atOnce)}>{t('detail.more', { count: rows.length - most })}</Button>
        </div>
      )}
    </div>
  )
}

function ShiftState({ shift: s }: { shift: Shift }) {
  const t = useWords('merchant')
  const now = useClock()
  if (s.state === 'cancelled')
    return (
      <State plain tone="miss">
        {t('state.cancelled')}
      </State>
    )
  if (s.state === 'ended' || Date.parse(s.ends_at) <= now)
    return (
      <State plain tone="open" shape="bar">
        {t('state.finished')}
      </State>
    )
  if (s.filled < s.seats)
    return (
      <State plain tone="late">
        {s.offered > 0
          ? t('detail.shortOffered', { count: s.seats - s.filled, offered: s.offered })
          : t('bookings.short', { count: s.seats - s.filled })}
      </State>
    )
  return Date.parse(s.starts_at) <= now ? (
    <State plain tone="info">
      {t('bookings.running')}
    </State>
  ) : (
    <State plain tone="ok">
      {t('bookings.full')}
    </State>
  )
}
