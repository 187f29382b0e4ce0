import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import { init, use as register, type EChartsCoreOption } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import type { Tokens } from './tokens'
import { useTheme } from './theme'

register([BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart, GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, VisualMapComponent, SVGRenderer])

/** axis is the look that all axes share. */
export const axis = (t: Tokens) => ({
  axisLine: { lineStyle: { color: t.lineStrong } }, axisTick: { show: false }, axisLabel: { color: t.text3, fontSize: 11 }, splitLine: { lineStyle: { color: t.grid } },
})

/** tooltip is the look that all tooltips share. */
export const tooltip = (t: Tokens) => ({ trigger: 'axis', backgroundColor: t.raised, borderColor: t.line, textStyle: { color: t.text, fontSize: 12 }, axisPointer: { lineStyle: { color: t.accent } } })

/**
 * Chart draws an ECharts option made of the tokens, as SVG, without entrance animation. label says it whole to those who do not see it; a table
 * with the same figures stands behind it on the page. Import it lazily: it is the heaviest part of the app.
 */
export default function Chart({ option, height, label }: { option: (t: Tokens) => EChartsCoreOption; height: number; label: string }) {
  const box = useRef<HTMLDivElement>(null)
  const { tokens } = useTheme()
  useEffect(() => {
    if (!box.current) return
    const chart = init(box.current, undefined, { renderer: 'svg' })
    chart.setOption({ animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: tokens.text3 }, ...option(tokens) })
    const resized = new ResizeObserver(() => chart.resize())
    resized.observe(box.current)
    return () => {
      resized.disconnect()
      chart.dispose()
    }
  }, [option, tokens])
  return <div ref={box} role="img" aria-label={label} style={{ height, width: '100%' }} />
}
