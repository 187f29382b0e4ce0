import type { Tokens } from './tokens'

/** axis is the look that all axes share. It lies apart from the chart, so that options can be written without loading ECharts. */
export const axis = (t: Tokens) => ({
  axisLine: { lineStyle: { color: t.lineStrong } },
  axisTick: { show: false },
  axisLabel: { color: t.text3, fontSize: 11 },
  splitLine: { lineStyle: { color: t.grid } },
})

/** tooltip is the look that all tooltips share. */
export const tooltip = (t: Tokens) => ({
  trigger: 'axis',
  backgroundColor: t.raised,
  borderColor: t.line,
  textStyle: { color: t.text, fontSize: 12 },
  axisPointer: { lineStyle: { color: t.accent } },
})
