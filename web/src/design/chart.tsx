import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import { LabelLayout } from 'echarts/features'
import { init, use as register, type EChartsCoreOption, type EChartsType } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import type { Tokens } from './tokens'
import { useTheme } from './theme'

register([
  BarChart,
  CustomChart,
  HeatmapChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LabelLayout,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
  SVGRenderer,
])

export { axis, tooltip } from './axis'

/**
 * Chart draws an ECharts option made of the tokens, as SVG, without entrance animation. label says it whole to those who do not see it; a table
 * with the same figures stands behind it on the page. onPick is told the id of what was clicked, which the table leads to too. Import it lazily: it is the heaviest part of the app.
 */
export default function Chart({
  option,
  height,
  label,
  onPick,
}: {
  option: (t: Tokens) => EChartsCoreOption
  height: number
  label: string
  onPick?: (id: string) => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const pick = useRef(onPick)
  const chart = useRef<EChartsType>(null)
  const { tokens } = useTheme()
  useEffect(() => {
    pick.current = onPick
  })
  const draw = useRef(() => {})
  useEffect(() => {
    const el = box.current
    if (!el) return
    // It is drawn when it has room: what waits for another part of the page is hidden, and has none.
    const resized = new ResizeObserver(() => {
      if (chart.current) return chart.current.resize()
      if (el.clientWidth === 0) return
      chart.current = init(el, undefined, { renderer: 'svg' })
      chart.current.on('click', ({ data }) => {
        const id = (data as { id?: unknown } | undefined)?.id
        if (typeof id === 'string') pick.current?.(id)
      })
      draw.current()
    })
    resized.observe(el)
    return () => {
      resized.disconnect()
      chart.current?.dispose()
      chart.current = null
    }
  }, [])
  useEffect(() => {
    draw.current = () =>
      chart.current?.setOption(
        { animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: tokens.text3 }, ...option(tokens) },
        { notMerge: true },
      )
    draw.current()
  }, [option, tokens])
  return <div ref={box} role="img" aria-label={label} style={{ height, width: '100%' }} />
}
