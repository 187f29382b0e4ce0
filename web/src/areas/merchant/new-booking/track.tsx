import { InputNumber, Select } from 'antd'
import { Plus, Scissors, Trash2 } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { Button } from '@/design/button'
import { usePhone } from '@/design/theme'
import { useWords } from '@/words'
import { clock, type Day } from './day'
import { add, endOf, longest, mostSlices, move, remove, resize, setSeats, split, widest, type Slice } from './windows'

type Grip = 'move' | 'from' | 'to'

/**
 * Track is the windows under the curve, on the same axis: dragged by the middle, resized by the ends, and all of it by keyboard. The chosen one has
 * its fields beneath, which do the same by typing.
 */
export function Track({
  slices,
  day,
  need,
  inset,
  onChange,
}: {
  slices: Slice[]
  day: Day
  need: number[]
  inset: { left: number; right: number }
  onChange: (s: Slice[]) => void
}) {
  const t = useWords('merchant')
  const phone = usePhone()
  const [chosen, setChosen] = useState<number>()
  const box = useRef<HTMLDivElement>(null)
  const held = useRef<{ grip: Grip; id: number; x: number; from: number; to: number } | null>(null)
  const current = useRef({ slices, onChange })
  useLayoutEffect(() => {
    current.current = { slices, onChange }
  })
  const focus = useRef<number | null>(null)
  const length = endOf(day) - day.from
  const own = slices.find((s) => s.id === chosen) ?? slices[0]
  useEffect(() => {
    if (focus.current === null) return
    box.current?.querySelector<HTMLElement>(`[data-slice="${focus.current}"]`)?.focus()
    focus.current = null
  }, [slices])

  const grab = (grip: Grip, s: Slice) => (e: PointerEvent<HTMLElement>) => {
    if (e.button !== 0) return
    e.stopPropagation()
    e.currentTarget.setPointerCapture(e.pointerId)
    held.current = { grip, id: s.id, x: e.clientX, from: s.from, to: s.to }
    setChosen(s.id)
  }
  const drag = (e: PointerEvent) => {
    const h = held.current
    if (!h || !box.current) return
    const by = ((e.clientX - h.x) / box.current.clientWidth) * length
    const { slices: now, onChange: change } = current.current
    const next =
      h.grip === 'move' ? move(now, h.id, h.from + by, day) : resize(now, h.id, h.grip, (h.grip === 'from' ? h.from : h.to) + by, day)
    if (JSON.stringify(next) !== JSON.stringify(now)) change(next)
  }
  const drop = () => {
    held.current = null
  }

  const keys = (s: Slice) => (e: KeyboardEvent) => {
    const by = { ArrowLeft: -30, ArrowRight: 30 }[e.key]
    let next: Slice[] | undefined
    if (by !== undefined)
      next = e.shiftKey
        ? resize(slices, s.id, 'to', s.to + by, day)
        : e.altKey
          ? resize(slices, s.id, 'from', s.from + by, day)
          : move(slices, s.id, s.from + by, day)
    else if (e.key === 'ArrowUp') next = setSeats(slices, s.id, s.seats + (e.shiftKey ? 5 : 1))
    else if (e.key === 'ArrowDown') next = setSeats(slices, s.id, s.seats - (e.shiftKey ? 5 : 1))
    else if (e.key === 's' || e.key === 'S') next = split(slices, s.id)
    else if (e.key === 'Delete' || e.key === 'Backspace') {
      next = remove(slices, s.id)
      focus.current = next[0]?.id ?? null
    }
    if (!next) return
    e.preventDefault()
    onChange(next)
  }
  const addOne = () => {
    const next = add(slices, day, need)
    const made = next.find((s) => !slices.some((x) => x.id === s.id))
    if (!made) return
    setChosen(made.id)
    focus.current = made.id
    onChange(next)
  }
  const gap = slices.length < mostSlices ? widest(slices, day) : null
  const percent = (minutes: number) => `${((minutes - day.from) / length) * 100}%`
  const name = (s: Slice) =>
    t('track.name', {
      from: clock(s.from),
      to: clock(s.to),
      next: s.to > 1440 && s.from < 1440 ? t('track.nextDay') : '',
      seats: s.seats,
    }).trim()

  return (
    <div className="col g12">
      <div
        ref={box}
        role="group"
        aria-label={t('track.label')}
        aria-describedby="track-keys"
        style={{
          position: 'relative',
          height: 64,
          margin: `0 ${inset.right}px 0 ${inset.left}px`,
          background: 'var(--sunken)',
          borderRadius: 6,
          touchAction: 'pan-y',
        }}
      >
        {slices.map((s) => {
          const on = s.id === own?.id
          const narrow = (s.to - s.from) / length < (phone ? 0.3 : 0.11)
          return (
            <div
              key={s.id}
              data-slice={s.id}
              tabIndex={0}
              role="button"
              aria-pressed={on}
              aria-label={name(s)}
              className={on ? 'slice on' : 'slice'}
              title={name(s)}
              onFocus={() => setChosen(s.id)}
              onKeyDown={keys(s)}
              onPointerDown={grab('move', s)}
              onPointerMove={drag}
              onPointerUp={drop}
              onPointerCancel={drop}
              style={{ left: percent(s.from), width: `${((s.to - s.from) / length) * 100}%` }}
            >
              <i
                className="grip"
                style={{ left: 0 }}
                aria-hidden
                onPointerDown={grab('from', s)}
                onPointerMove={drag}
                onPointerUp={drop}
                onPointerCancel={drop}
              />
              <i
                className="grip"
                style={{ right: 0 }}
                aria-hidden
                onPointerDown={grab('to', s)}
                onPointerMove={drag}
                onPointerUp={drop}
                onPointerCancel={drop}
              />
              <div className="row g4 nowrap">
                <b className="lg b num">{s.seats}</b>
                {!narrow && <span className="sm t2">{t('track.seats', { count: s.seats })}</span>}
              </div>
              {!narrow && (
                <div className="xs t2 nowrap num">
                  {clock(s.from)}–{clock(s.to)}
                </div>
              )}
            </div>
          )
        })}
        {gap && gap.to - gap.from >= length * 0.13 && (
          <button
            type="button"
            className="linkbtn row g4 sm"
            style={{ position: 'absolute', top: 20, left: percent((gap.from + gap.to) / 2), transform: 'translateX(-50%)', margin: 0 }}
            aria-label={t('track.add')}
            onClick={addOne}
          >
            <Plus size={14} aria-hidden />
            {!phone && t('track.add')}
          </button>
        )}
      </div>
      {own && (
        <div className="row wrap g12 sm" role="group" aria-label={name(own)} style={{ margin: `0 ${inset.right}px 0 ${inset.left}px` }}>
          <span className="row g4">
            <Time
              label={t('track.from')}
              value={own.from}
              low={day.from}
              high={own.to - 30}
              onChange={(at) => onChange(resize(slices, own.id, 'from', at, day))}
            />
            –
            <Time
              label={t('track.to')}
              value={own.to}
              low={own.from + 30}
              high={Math.min(endOf(day), own.from + longest)}
              onChange={(at) => onChange(resize(slices, own.id, 'to', at, day))}
            />
          </span>
          <span className="row g4">
            <InputNumber
              size="small"
              aria-label={t('track.seatsOf')}
              min={1}
              max={5000}
              value={own.seats}
              onChange={(n) => n && onChange(setSeats(slices, own.id, n))}
              className="digits"
            />{' '}
            {t('track.seats', { count: own.seats })}
          </span>
          <Button
            size="small"
            type="text"
            icon={<Scissors size={13} aria-hidden />}
            disabled={own.to - own.from < 60 || slices.length >= mostSlices}
            onClick={() => onChange(split(slices, own.id))}
          >
            {t('track.split')}
          </Button>
          <Button
            size="small"
            type="text"
            icon={<Trash2 size={13} aria-hidden />}
            disabled={slices.length < 2}
            onClick={() => onChange(remove(slices, own.id))}
          >
            {t('track.remove')}
          </Button>
          <Button size="small" type="text" icon={<Plus size={13} aria-hidden />} disabled={!gap} onClick={addOne}>
            {t('track.add')}
          </Button>
          <span className="t3 end deskonly" title={t('track.allKeys')}>
            {t('track.keys')}
          </span>
          <span id="track-keys" className="hidden">
            {t('track.allKeys')}
          </span>
        </div>
      )}
    </div>
  )
}

function Time({
  label,
  value,
  low,
  high,
  onChange,
}: {
  label: string
  value: number
  low: number
  high: number
  onChange: (minute: number) => void
}) {
  const t = useWords('merchant')
  const phone = usePhone()
  const list = Array.from({ length: Math.max(0, (high - low) / 30) + 1 }, (_, i) => low + i * 30)
  return (
    <Select
      size="small"
      aria-label={label}
      value={value}
      onChange={onChange}
      className={phone ? 'w120' : 'w96'}
      options={list.map((m) => ({ value: m, label: clock(m) + (m >= 1440 ? ' ' + t('track.nextDay') : '') }))}
    />
  )
}
