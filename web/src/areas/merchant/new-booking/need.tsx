import { InputNumber, Segmented, Select } from 'antd'
import { Table2 } from 'lucide-react'
import { useState } from 'react'
import type { Problem } from '@/api/problem'
import { Button } from '@/design/button'
import { Failure, Skeleton } from '@/design/feedback'
import { usePhone } from '@/design/theme'
import { Glyph, State } from '@/design/state'
import { Table } from '@/design/table'
import { zoneName } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { Curve, inset } from './curve'
import { clock, type Day } from './day'
import type { Form } from './form'
import type { Planning } from './planning'
import type { Planned } from './seat-plan'
import { nightsOf } from './start'
import { Track } from './track'
import { hoursOf, raised } from './windows'

/** Need is the seats that each part of a day needs, over the windows that are booked; windows are dragged here. */
export function Need({
  form,
  change,
  planning,
  zone,
  problem,
}: {
  form: Form
  change: (part: Partial<Form>) => void
  planning: Planning
  zone: string
  problem?: Problem
}) {
  const t = useWords('merchant')
  const language = useLanguage()
  const phone = usePhone()
  const [asTable, setAsTable] = useState(false)
  const { peak, days, chosen, asked, day, plan, slices, need, shown, have, short, uncovered, setSlices, proposal } = planning
  const windowFaults = form.windows.flatMap((w, i) =>
    ['start', 'end', 'seats'].flatMap((part) => {
      const said = problem?.at(`/windows/${i}/${part}`)
      return said ? [{ key: `${i}${part}`, text: `${w.start}–${w.end} ${said}` }] : []
    }),
  )
  return (
    <section className="sec col g12">
      <div className="row wrap g12">
        <h2>{asked ? t('need.title', { minutes: asked.interval }) : t('need.windows')}</h2>
        {asked && (
          <span className="sm t3">
            {days.length > 1 ? t('need.folded', { count: days.length }) : ''} {zoneName(zone, language)}
          </span>
        )}
        {asked && (
          <span className="end row wrap g8">
            {days.length > 1 && (
              <Select<'most' | number>
                size="small"
                aria-label={t('need.day')}
                className="w128"
                value={chosen}
                onChange={(d) => change({ day: d })}
                options={[
                  { value: 'most' as const, label: t('need.most') },
                  ...days.map((d) => ({
                    value: d,
                    label: peak?.undated ? t('need.nth', { n: d + 1 }) : new Date(d * 86_400_000).toISOString().slice(5, 10),
                  })),
                ]}
              />
            )}
            <Segmented<'a' | 'c'>
              value={form.model}
              onChange={(model) => change({ model, patience: model === 'a' ? (form.patience ?? 60) : form.patience })}
              options={[
                { value: 'a', label: phone ? 'Erlang A' : t('need.a') },
                { value: 'c', label: phone ? 'Erlang C' : t('need.c') },
              ]}
            />
            <Button
              size="small"
              type="text"
              aria-pressed={asTable}
              icon={<Table2 size={14} aria-hidden />}
              onClick={() => setAsTable(!asTable)}
            >
              {t(asTable ? 'need.asChart' : 'need.asTable')}
            </Button>
          </span>
        )}
      </div>
      {asked && <Knobs form={form} change={change} />}
      {plan.error && !plan.data && <Failure problem={plan.error} kept onRetry={() => void plan.refetch()} />}
      {plan.error && plan.data && <Failure problem={plan.error} kept />}
      {asked && !shown && !plan.error && <Skeleton lines={[344]} />}
      {shown &&
        (asTable ? (
          <Figures plan={shown} day={day} have={have} />
        ) : (
          <div className={plan.isPlaceholderData ? 'stale' : undefined}>
            <Curve plan={shown} day={day} have={have} showC={form.model === 'a'} />
          </div>
        ))}
      <Track slices={slices} day={day} need={need} inset={asked ? inset : { left: 0, right: 0 }} onChange={setSlices} />
      {windowFaults.length > 0 && (
        <ul role="alert" className="col g4 sm" style={{ marginLeft: inset.left }}>
          {windowFaults.map((f) => (
            <li key={f.key}>
              <State tone="miss" plain>
                {f.text}
              </State>
            </li>
          ))}
        </ul>
      )}
      <div className="row wrap g8 sm t2" style={{ margin: asked && !phone ? `0 ${inset.right}px 0 ${inset.left}px` : 0 }}>
        {asked &&
          shown &&
          (short.length > 0 ? (
            <>
              <Glyph tone="late" />
              <span>
                {t('need.short', {
                  count: short.length,
                  most: Math.max(...short.map((s) => s.by)),
                  at: short
                    .slice(0, 3)
                    .map((s) => clock(s.from))
                    .join(t('list')),
                })}
              </span>
              <button type="button" className="linkbtn" onClick={() => setSlices(raised(slices, need, day))}>
                {t('need.raise')}
              </button>
            </>
          ) : (
            <>
              <Glyph tone="ok" />
              <span>{t('need.enough')}</span>
            </>
          ))}
        {asked && shown && uncovered.length > 0 && (
          <span className="t3">{t('need.uncovered', { hours: (uncovered.length * day.interval) / 60 })}</span>
        )}
        {proposal && form.byHand && (
          <button type="button" className="linkbtn" onClick={() => change({ windows: proposal, byHand: false })}>
            {t('need.propose')}
          </button>
        )}
        <span className="end t3 num">{t('need.hours', { hours: hoursOf(slices), days: nightsOf(form) })}</span>
      </div>
      {slices.some((s) => s.from >= 1440) && (
        <p className="sm t3">
          {t('need.early', {
            windows: slices
              .filter((s) => s.from >= 1440)
              .map((s) => `${clock(s.from)}–${clock(s.to)}`)
              .join(t('list')),
            from: form.starts_on,
            to: form.ends_on,
          })}
        </p>
      )}
      {plan.data?.approximate && asked && <p className="sm t3">{t('need.approximate', { count: form.concurrency })}</p>}
    </section>
  )
}

/** Knobs are what the planner is told beside the contacts. */
function Knobs({ form, change }: { form: Form; change: (part: Partial<Form>) => void }) {
  const t = useWords('merchant')
  const knob = (label: string, unit: string, value: number | null, set: (n: number) => void, min: number, max: number, width = 60) => (
    <label className="row g4 nowrap">
      {label && <span className="t2">{label}</span>}
      <InputNumber
        size="small"
        controls={false}
        min={min}
        max={max}
        value={value}
        onChange={(n) => n !== null && set(n)}
        style={{ width }}
      />
      <span className="t2">{unit}</span>
    </label>
  )
  return (
    <div className="row wrap sm soft knobs">
      {knob(t('knob.handling'), t('knob.seconds'), form.handling, (handling) => change({ handling }), 1, 86_400, 52)}
      {knob(t('knob.concurrency'), t('knob.people'), form.concurrency, (concurrency) => change({ concurrency }), 1, 20, 40)}
      {form.model === 'a' && knob(t('knob.patience'), t('knob.seconds'), form.patience, (patience) => change({ patience }), 1, 3600, 52)}
      {knob(t('knob.target'), t('knob.percentWithin'), form.target, (target) => change({ target }), 1, 99, 44)}
      {knob('', t('knob.answered'), form.within, (within) => change({ within }), 0, 86_400, 44)}
      {knob(t('knob.growth'), '%', form.growth, (growth) => change({ growth }), -90, 900, 48)}
    </div>
  )
}

/** Figures is the table behind the curve. */
function Figures({ plan, day, have }: { plan: Planned; day: Day; have: number[] }) {
  const t = useWords('merchant')
  const rows = plan.need.map((n, i) => ({
    key: i,
    at: clock(day.from + i * day.interval),
    contacts: plan.contacts[i],
    need: n,
    low: plan.low[i],
    high: plan.high[i],
    c: plan.c[i],
    have: have[i],
    level: plan.intervals[i]?.erlang_a?.service_level ?? plan.intervals[i]?.erlang_c.service_level,
  }))
  return (
    <div className="tall" tabIndex={0} role="region" aria-label={t('need.asTable')}>
      <Table
        size="small"
        pagination={false}
        dataSource={rows}
        columns={[
          { title: t('curve.at'), dataIndex: 'at', width: 80 },
          { title: t('curve.contacts'), dataIndex: 'contacts', align: 'right' },
          { title: t('curve.need'), dataIndex: 'need', align: 'right' },
          { title: t('curve.band'), align: 'right', render: (_, r) => `${r.low}–${r.high}` },
          { title: 'Erlang C', dataIndex: 'c', align: 'right' },
          { title: t('curve.booked'), dataIndex: 'have', align: 'right' },
          { title: t('curve.level'), align: 'right', render: (_, r) => (r.level === undefined ? '' : `${(r.level * 100).toFixed(1)}%`) },
        ]}
      />
    </div>
  )
}
