import type { EChartsCoreOption } from 'echarts/core'
import { lazy, Suspense, useCallback } from 'react'
import { axis } from '@/design/axis'
import { Skeleton } from '@/design/feedback'
import type { Tokens } from '@/design/tokens'
import { usePhone } from '@/design/theme'
import { useWords } from '@/words'
import { clock, type Day } from './day'
import type { Planned } from './seat-plan'

const Chart = lazy(() => import('@/design/chart'))

/** The chart's plot lies this far from its sides; the track below keeps to it. */
export const inset = { left: 44, right: 12 }

/** Curve is last peak's contacts over the seats that they need: stepped, with the band of 80% to 120%, Erlang C dashed, what is booked, and what lacks in amber. */
export function Curve({ plan, day, have, showC }: { plan: Planned; day: Day; have: number[]; showC: boolean }) {
  const t = useWords('merchant')
  const phone = usePhone()
  const option = useCallback(
    (k: Tokens): EChartsCoreOption => {
      const labels = plan.need.map((_, i) => clock(day.from + i * day.interval))
      const each =
        (60 / day.interval) *
        (phone ? Math.ceil(labels.length / (60 / day.interval) / 5) : Math.max(1, Math.ceil(labels.length / (60 / day.interval) / 12)))
      const look = axis(k)
      const x = (grid: number, show: boolean) => ({
        type: 'category',
        gridIndex: grid,
        data: labels,
        boundaryGap: true,
        ...look,
        splitLine: { show: false },
        axisLabel: {
          ...look.axisLabel,
          show,
          interval: (i: number) => (day.from + i * day.interval) % 60 === 0 && Math.round(i % each) === 0,
          formatter: (v: string, i: number) => (day.from + i * day.interval === 1440 ? `{d|${t('curve.midnight')}}` : v),
          rich: { d: { color: k.text, fontWeight: 600, fontSize: 11 } },
        },
      })
      const topC = nice(Math.max(...plan.contacts)),
        topN = nice(Math.max(...plan.high, ...have, ...(showC ? plan.c : []), 3))
      const y = (grid: number, top: { max: number; step: number }) => ({
        gridIndex: grid,
        ...look,
        axisLine: { show: false },
        min: 0,
        max: top.max,
        interval: grid === 0 ? top.max / 2 : top.step,
      })
      const line = (data: (number | null)[], lineStyle: object) => ({
        type: 'line',
        xAxisIndex: 1,
        yAxisIndex: 1,
        data,
        symbol: 'none',
        step: 'middle',
        silent: true,
        lineStyle,
      })
      const short = plan.need.map((n, i) => (have[i]! > 0 && n > have[i]! ? n - have[i]! : 0))
      return {
        grid: [
          { left: inset.left, right: inset.right, top: 22, height: 62 },
          { left: inset.left, right: inset.right, top: 116, height: 202 },
        ],
        xAxis: [x(0, false), x(1, true)],
        yAxis: [y(0, topC), y(1, topN)],
        tooltip: {
          trigger: 'axis',
          backgroundColor: k.raised,
          borderColor: k.line,
          textStyle: { color: k.text, fontSize: 12 },
          axisPointer: { type: 'line', lineStyle: { color: k.lineStrong } },
          formatter: (list: { dataIndex: number }[]) => {
            const i = list[0]?.dataIndex ?? 0
            return [
              `<b>${labels[i]}</b>`,
              `${t('curve.contacts')} ${plan.contacts[i]}`,
              `${t('curve.need')} ${plan.need[i]} (${plan.low[i]}–${plan.high[i]})`,
              showC ? `Erlang C ${plan.c[i]}` : '',
              `${t('curve.booked')} ${have[i]}`,
            ]
              .filter(Boolean)
              .join('<br/>')
          },
        },
        axisPointer: { link: [{ xAxisIndex: 'all' }] },
        series: [
          { type: 'bar', data: plan.contacts, itemStyle: { color: k.chartMuted, borderRadius: [1, 1, 0, 0] }, barCategoryGap: '22%' },
          { ...line(plan.low, { opacity: 0 }), stack: 'band' },
          {
            ...line(
              plan.high.map((h, i) => h - plan.low[i]!),
              { opacity: 0 },
            ),
            stack: 'band',
            areaStyle: { color: k.band },
          },
          ...(showC ? [line(plan.c, { color: k.control, width: 1, type: [3, 3] })] : []),
          {
            type: 'bar',
            xAxisIndex: 1,
            yAxisIndex: 1,
            stack: 'short',
            data: short.map((s, i) => (s > 0 ? have[i]! : 0)),
            barWidth: '100%',
            itemStyle: { color: 'transparent' },
            silent: true,
          },
          {
            type: 'bar',
            xAxisIndex: 1,
            yAxisIndex: 1,
            stack: 'short',
            data: short,
            barWidth: '100%',
            itemStyle: { color: k.late },
            silent: true,
          },
          line(plan.need, { color: k.chart1, width: 2 }),
          line(
            have.map((v) => v || null),
            { color: k.text, width: 1.5 },
          ),
        ],
      }
    },
    [plan, day, have, showC, phone, t],
  )
  const peak = Math.max(...plan.need)
  const label = t('curve.label', {
    from: clock(day.from),
    to: clock(day.from + day.contacts.length * day.interval),
    peak,
    at: clock(day.from + plan.need.indexOf(peak) * day.interval),
  })
  return (
    <div style={{ position: 'relative' }}>
      <div className="xs t3" style={{ position: 'absolute', left: 0, top: 2 }}>
        {t('curve.contactsUnit', { minutes: day.interval })}
      </div>
      <div className="row g12 xs t2 between" style={{ position: 'absolute', left: 0, right: inset.right, top: 92 }}>
        <span className="t3 nowrap">{t('curve.seatsUnit')}</span>
        <Legend showC={showC} model={showC ? 'Erlang A' : 'Erlang C'} />
      </div>
      <Suspense fallback={<Skeleton lines={[344]} />}>
        <Chart option={option} height={344} label={label} />
      </Suspense>
    </div>
  )
}

function Legend({ showC, model }: { showC: boolean; model: string }) {
  const t = useWords('merchant')
  const phone = usePhone()
  const line = (stroke: string, width: number, dash?: string) => (
    <svg width="16" height="8" aria-hidden>
      <line x1="0" x2="16" y1="4" y2="4" stroke={stroke} strokeWidth={width} strokeDasharray={dash} />
    </svg>
  )
  const patch = (background: string) => <i aria-hidden style={{ width: 14, height: 9, background, borderRadius: 2 }} />
  return (
    <span className="row g12 nowrap">
      <span className="row g4">
        {line('var(--chart1)', 2)}
        {phone ? t('curve.needShort') : t('curve.needBy', { model })}
      </span>
      {!phone && (
        <span className="row g4">
          {patch('var(--band)')}
          {t('curve.band')}
        </span>
      )}
      {showC && !phone && <span className="row g4">{line('var(--control)', 1, '3 3')}Erlang C</span>}
      <span className="row g4">
        {line('var(--text)', 1.5)}
        {t('curve.booked')}
      </span>
      <span className="row g4">
        {patch('var(--late)')}
        {t('curve.short')}
      </span>
    </span>
  )
}

/** nice is a round top for an axis of three steps. */
function nice(most: number) {
  const raw = Math.max(most, 1) / 3
  const unit = 10 ** Math.floor(Math.log10(raw))
  const step = Math.max(1, [1, 2, 3, 4, 5, 6, 8, 10].map((n) => n * unit).find((n) => n >= raw * 1.02) ?? 10 * unit)
  return { step: Math.ceil(step), max: Math.ceil(step) * 3 }
}
