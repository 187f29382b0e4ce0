import { lazy, useMemo } from 'react'
import { axis } from '@/design/axis'
import type { Tokens } from '@/design/tokens'
import { useWords } from '@/words'
import { allLooks, lookOf, looks, toLookAt, type Item, type Look } from './look'

const Chart = lazy(() => import('@/design/chart'))

/** Mark is how the chart marks items of a kind, for its legend. */
export const Mark = ({ look: l }: { look: Look }) => (
  <svg width={10} height={10} viewBox="0 0 10 10" aria-hidden className="rigid">
    {
      {
        accepted: <circle cx={5} cy={5} r={4} fill="var(--chart1)" />,
        negative: <path d="M5 0 10 5 5 10 0 5z" fill="var(--miss)" />,
        weak: <path d="M5 0.5 9.5 9.5H.5z" fill="var(--late)" />,
        alike: <circle cx={5} cy={5} r={4} fill="none" stroke="var(--open)" strokeWidth={1.5} />,
        few: <rect x={2} y={2} width={6} height={6} fill="none" stroke="var(--open)" />,
      }[l]
    }
  </svg>
)

/** Scatter is every item by how many are right and how well it tells strong from weak; those to look at differ in shape and carry their number. */
export function Scatter({ items, picked, onPick }: { items: Item[]; picked?: string; onPick: (id: string) => void }) {
  const t = useWords('trainer')
  const flagged = items.filter((i) => toLookAt.includes(lookOf(i))).length
  const option = useMemo(
    () => (k: Tokens) => ({
      grid: { left: 44, right: 24, top: 28, bottom: 44 },
      xAxis: {
        ...axis(k),
        type: 'value',
        min: 0,
        max: 1,
        interval: 0.2,
        name: t('items.facility'),
        nameLocation: 'middle',
        nameGap: 28,
        nameTextStyle: { color: k.text2 },
        axisLabel: { color: k.text3, fontSize: 11, formatter: (v: number) => (v * 100).toFixed(0) + '%' },
        splitLine: { show: false },
      },
      yAxis: {
        ...axis(k),
        type: 'value',
        min: (v: { min: number }) => Math.min(-0.2, Math.floor(v.min * 5) / 5),
        max: (v: { max: number }) => Math.max(0.6, Math.ceil(v.max * 5) / 5),
        interval: 0.2,
        name: t('items.discrimination'),
        nameLocation: 'end',
        nameTextStyle: { color: k.text2, align: 'left', padding: [0, 0, 0, -36] },
        axisLabel: { color: k.text3, fontSize: 11, formatter: (v: number) => v.toFixed(1).replace('-', '−') },
      },
      series: allLooks.map((l) => ({
        type: 'scatter',
        symbol: looks[l].symbol,
        symbolSize: l === 'accepted' ? 9 : l === 'few' ? 5 : 12,
        cursor: 'pointer',
        itemStyle: {
          color: { accepted: k.chart1, negative: k.miss, weak: k.late, alike: k.open, few: k.open }[l],
          opacity: l === 'accepted' ? 0.7 : l === 'few' ? 0.3 : 1,
        },
        data: items.flatMap((i) =>
          lookOf(i) === l && i.facility !== undefined && i.discrimination !== undefined
            ? [
                {
                  id: i.question_version_id,
                  value: [i.facility, i.discrimination],
                  name: t('items.no', { n: i.n }),
                  label: { position: i.facility > 0.85 ? 'left' : 'right' },
                  ...(i.question_version_id === picked ? { itemStyle: { opacity: 1, borderColor: k.text, borderWidth: 2 } } : {}),
                },
              ]
            : [],
        ),
        label: { show: toLookAt.includes(l), formatter: '{b}', position: 'right', color: k.text2, fontSize: 11 },
        labelLayout: { hideOverlap: true },
        markArea:
          l === 'accepted'
            ? {
                silent: true,
                itemStyle: { color: k.okSoft, opacity: 0.6 },
                label: { show: true, position: 'insideTopLeft', color: k.okText, fontSize: 11, formatter: t('items.look.accepted') },
                data: [[{ coord: [0.3, 0.2] }, { coord: [0.9, 1] }]],
              }
            : undefined,
      })),
    }),
    [items, picked, t],
  )
  return <Chart option={option} height={380} label={t('items.chartLabel', { count: items.length, flagged })} onPick={onPick} />
}
