import { Input } from 'antd'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Sheet } from '@/design/sheet'
import { Glyph } from '@/design/state'
import { clockTime, defaultZone, Span, zoneName } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { useProfile } from '../queries'
import { SaveBar } from './save-bar'
import { cover, hoursOf, useAvailability, withWindow, type Window } from './use-availability'

export default function Availability() {
  const t = useWords('agent')
  const query = useAvailability()
  return (
    <Page title={t('availability.title')} trail={<Link to="/agent/me">{t('nav.me')}</Link>}>
      <div className="column">
        <Loaded
          framed
          query={query}
          skeleton={
            <Card>
              <Skeleton lines={[44, 320]} />
            </Card>
          }
        >
          {(a) => <Editor saved={a} />}
        </Loaded>
      </div>
    </Page>
  )
}

type Dated = Schema<'DatedInterval'>
const evenings: Window[] = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start: '18:00', end: '23:00' }))

function Editor({ saved }: { saved: Schema<'Availability'> }) {
  const t = useWords('agent')
  const language = useLanguage()
  const profile = useProfile()
  const zone = profile.data?.time_zone ?? defaultZone
  const [weekly, setWeekly] = useState(saved.weekly)
  const [intervals, setIntervals] = useState(saved.intervals)
  const [adding, setAdding] = useState<number>()
  const [except, setExcept] = useState(false)
  const save = useAct(
    (next: Schema<'Availability'>) => body(api.PUT('/api/v1/availability', { body: next })),
    [['availability'], ['hall'], ['shift']],
  )
  const dirty = JSON.stringify([weekly ?? null, intervals]) !== JSON.stringify([saved.weekly ?? null, saved.intervals])
  const days = cover(weekly ?? [])
  const dayName = (weekday: number) =>
    new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { weekday: 'short', timeZone: 'UTC' }).format(
      new Date(Date.UTC(2026, 10, 1 + weekday)),
    )
  return (
    <>
      <div className="pills pagepills" role="group" aria-label={t('availability.title')}>
        <button type="button" className="pill" aria-pressed={!weekly} onClick={() => setWeekly(undefined)}>
          {t('availability.any')}
        </button>
        <button
          type="button"
          className="pill"
          aria-pressed={Boolean(weekly)}
          onClick={() => setWeekly((w) => w ?? saved.weekly ?? evenings)}
        >
          {t('availability.weekly')}
        </button>
      </div>
      {!weekly ? (
        <Card>
          <p className="row g8">
            <Glyph tone="ok" size={16} />
            {t('availability.anyHint')}
          </p>
        </Card>
      ) : (
        <Card rows title={t('availability.week', { hours: Math.round(hoursOf(weekly) * 10) / 10 })} aside={zoneName(zone, language)}>
          <ol className="rows">
            {days.map((parts, i) => (
              <li key={i} className="stack">
                <div className="row g12">
                  <span className="m" style={{ width: 40, flex: 'none' }}>
                    {dayName(i + 1)}
                  </span>
                  <div
                    className="grow"
                    aria-hidden
                    style={{ position: 'relative', height: 8, borderRadius: 4, background: 'var(--sunken)' }}
                  >
                    {parts.map((p) => (
                      <i
                        key={p.from}
                        style={{
                          position: 'absolute',
                          top: 0,
                          bottom: 0,
                          left: (p.from / 1440) * 100 + '%',
                          width: ((p.to - p.from) / 1440) * 100 + '%',
                          borderRadius: 4,
                          background: 'var(--accent)',
                        }}
                      />
                    ))}
                  </div>
                  <Button
                    aria-label={t('availability.addTo', { day: dayName(i + 1) })}
                    icon={<Plus size={18} aria-hidden />}
                    onClick={() => setAdding(i + 1)}
                  />
                </div>
                <ul className="row wrap g8" style={{ paddingLeft: 52, marginTop: 4 }}>
                  {weekly
                    .filter((w) => w.weekday === i + 1)
                    .map((w) => (
                      <li key={w.start} className="tag num" style={{ minHeight: 32, paddingRight: 0 }}>
                        {w.start === w.end ? (
                          t('availability.wholeDay')
                        ) : (
                          <>
                            {w.start}–{w.end}
                            {w.end < w.start && w.end !== '00:00' && ' ' + t('availability.next')}
                          </>
                        )}
                        <button
                          type="button"
                          className="iconbtn"
                          style={{ width: 32, height: 30 }}
                          aria-label={t('availability.remove', { day: dayName(i + 1), window: w.start + '–' + w.end })}
                          onClick={() => setWeekly((l) => l?.filter((x) => x !== w))}
                        >
                          <X size={14} />
                        </button>
                      </li>
                    ))}
                  {parts.length === 0 && <li className="sm t3">{t('availability.notThisDay')}</li>}
                </ul>
              </li>
            ))}
          </ol>
        </Card>
      )}
      <Card
        rows
        title={t('availability.dated')}
        aside={
          <button type="button" className="linkbtn" onClick={() => setExcept(true)}>
            {t('availability.addDated')}
          </button>
        }
      >
        {intervals.length === 0 ? (
          <p className="t2 py16">{t('availability.noDated')}</p>
        ) : (
          <ul className="rows">
            {[...intervals]
              .sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at))
              .map((d) => (
                <li key={d.starts_at}>
                  <Glyph tone={d.available ? 'ok' : 'open'} shape={d.available ? 'tick' : 'bar'} size={16} />
                  <span className="grow">
                    <span className="m">{t(d.available ? 'availability.free' : 'availability.away')}</span>
                    <span className="sm t3 line">{<Interval of={d} zone={zone} />}</span>
                  </span>
                  <button
                    type="button"
                    className="iconbtn"
                    aria-label={t('availability.removeDated', { at: d.starts_at.slice(0, 10) })}
                    onClick={() => setIntervals((l) => l.filter((x) => x !== d))}
                  >
                    <X size={16} />
                  </button>
                </li>
              ))}
          </ul>
        )}
      </Card>
      {save.error && (
        <Card>
          <Failure problem={save.error} kept />
        </Card>
      )}
      <SaveBar
        dirty={dirty}
        busy={save.isPending}
        done={save.isSuccess}
        blocked={weekly?.length === 0 ? t('availability.empty') : undefined}
        onSave={() => save.mutate({ weekly, intervals })}
        onUndo={() => {
          setWeekly(saved.weekly)
          setIntervals(saved.intervals)
        }}
      />
      <AddWindow
        weekday={adding}
        dayName={dayName}
        onClose={() => setAdding(undefined)}
        onAdd={(weekdays, start, end) => setWeekly((l) => withWindow(l ?? [], weekdays, start, end))}
      />
      <AddDated
        open={except}
        zone={zone}
        onClose={() => setExcept(false)}
        onAdd={(d) => setIntervals((l) => [...l.filter((x) => x.starts_at !== d.starts_at), d])}
      />
    </>
  )
}

function Interval({ of, zone }: { of: Dated; zone: string }) {
  const language = useLanguage()
  const whole = clockTime(of.starts_at, zone) === '00:00' && Date.parse(of.ends_at) - Date.parse(of.starts_at) === 86_400_000
  return whole ? (
    <>
      {new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
        timeZone: zone,
        month: 'short',
        day: 'numeric',
        weekday: 'short',
      }).format(new Date(of.starts_at))}
    </>
  ) : (
    <Span from={of.starts_at} to={of.ends_at} zone={zone} showZone={false} />
  )
}

const presets = [
  ['08:00', '12:00'],
  ['12:00', '18:00'],
  ['18:00', '23:00'],
  ['20:00', '02:00'],
  ['00:00', '00:00'],
] as const

function AddWindow({
  weekday,
  dayName,
  onClose,
  onAdd,
}: {
  weekday?: number
  dayName: (n: number) => string
  onClose: () => void
  onAdd: (weekdays: number[], start: string, end: string) => void
}) {
  const t = useWords('agent')
  return (
    <Sheet open={weekday !== undefined} title={t('availability.add')} onClose={onClose}>
      {weekday !== undefined && <WindowForm weekday={weekday} dayName={dayName} onClose={onClose} onAdd={onAdd} />}
    </Sheet>
  )
}

function WindowForm({
  weekday,
  dayName,
  onClose,
  onAdd,
}: {
  weekday: number
  dayName: (n: number) => string
  onClose: () => void
  onAdd: (weekdays: number[], start: string, end: string) => void
}) {
  const t = useWords('agent')
  const [on, setOn] = useState([weekday])
  const [start, setStart] = useState('18:00')
  const [end, setEnd] = useState('23:00')
  return (
    <form
      className="col g16"
      onSubmit={(e) => {
        e.preventDefault()
        onAdd(on, start, end)
        onClose()
      }}
    >
      <div className="pills" role="group" aria-label={t('availability.days')}>
        {[1, 2, 3, 4, 5, 6, 7].map((d) => (
          <button
            key={d}
            type="button"
            className="pill"
            aria-pressed={on.includes(d)}
            onClick={() => setOn((l) => (l.includes(d) ? l.filter((x) => x !== d) : [...l, d]))}
          >
            {dayName(d)}
          </button>
        ))}
        <button type="button" className="pill" onClick={() => setOn([1, 2, 3, 4, 5, 6, 7])}>
          {t('availability.everyDay')}
        </button>
      </div>
      <div className="pills" role="group" aria-label={t('availability.often')}>
        {presets.map(([a, b]) => (
          <button
            key={a + b}
            type="button"
            className="pill num"
            aria-pressed={start === a && end === b}
            onClick={() => {
              setStart(a)
              setEnd(b)
            }}
          >
            {a === b ? t('availability.wholeDay') : `${a}–${b}`}
          </button>
        ))}
      </div>
      <div className="row g12">
        <label className="col g4 grow">
          <span className="sm t2">{t('availability.start')}</span>
          <Input type="time" required value={start} onChange={(e) => setStart(e.target.value)} />
        </label>
        <label className="col g4 grow">
          <span className="sm t2">{t('availability.end')}</span>
          <Input type="time" required value={end} onChange={(e) => setEnd(e.target.value)} />
        </label>
      </div>
      {end < start && <p className="sm t2">{t('availability.overnight')}</p>}
      <Button type="primary" size="large" htmlType="submit" disabled={on.length === 0}>
        {t('availability.addDo', { count: on.length })}
      </Button>
    </form>
  )
}

function AddDated({ open, zone, onClose, onAdd }: { open: boolean; zone: string; onClose: () => void; onAdd: (d: Dated) => void }) {
  const t = useWords('agent')
  return (
    <Sheet open={open} title={t('availability.addDated')} onClose={onClose}>
      <DatedForm zone={zone} onClose={onClose} onAdd={onAdd} />
    </Sheet>
  )
}

/** instant is what a clock on a wall of the zone reads as a moment: 2026-11-10 and 18:00 in Shanghai. */
export function instant(date: string, clock: string, zone: string): number {
  const guess = Date.parse(`${date}T${clock}:00Z`)
  const read = (at: number) =>
    Date.parse(
      new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(at).replace(' ', 'T') + 'Z',
    )
  const first = guess - (read(guess) - guess)
  return first - (read(first) - guess) // once more, for a change of the clocks in between
}

function DatedForm({ zone, onClose, onAdd }: { zone: string; onClose: () => void; onAdd: (d: Dated) => void }) {
  const t = useWords('agent')
  const language = useLanguage()
  const [available, setAvailable] = useState(false)
  const [date, setDate] = useState('')
  const [start, setStart] = useState('00:00')
  const [end, setEnd] = useState('00:00')
  const add = () => {
    const from = instant(date, start, zone),
      to = instant(date, end, zone)
    onAdd({ available, starts_at: new Date(from).toISOString(), ends_at: new Date(to > from ? to : to + 86_400_000).toISOString() })
    onClose()
  }
  return (
    <form
      className="col g16"
      onSubmit={(e) => {
        e.preventDefault()
        add()
      }}
    >
      <div className="pills" role="group" aria-label={t('availability.kind')}>
        {[false, true].map((v) => (
          <button key={String(v)} type="button" className="pill" aria-pressed={available === v} onClick={() => setAvailable(v)}>
            {t(v ? 'availability.free' : 'availability.away')}
          </button>
        ))}
      </div>
      <label className="col g4">
        <span className="sm t2">{t('availability.date')}</span>
        <Input type="date" required value={date} onChange={(e) => setDate(e.target.value)} />
      </label>
      <div className="row g12">
        <label className="col g4 grow">
          <span className="sm t2">{t('availability.start')}</span>
          <Input type="time" required value={start} onChange={(e) => setStart(e.target.value)} />
        </label>
        <label className="col g4 grow">
          <span className="sm t2">{t('availability.end')}</span>
          <Input type="time" required value={end} onChange={(e) => setEnd(e.target.value)} />
        </label>
      </div>
      <p className="sm t3">
        {start === end ? t('availability.wholeDay') + ' · ' : end < start ? t('availability.overnight') + ' · ' : ''}
        {zoneName(zone, language)}
      </p>
      <Button type="primary" size="large" htmlType="submit">
        {t('availability.addDated')}
      </Button>
    </form>
  )
}
