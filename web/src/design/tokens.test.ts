import { expect, test } from 'vitest'
import { dark, light, type Tokens } from './tokens'

const linear = (of8bits: number) => {
  const c = of8bits / 255
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
}

/** luminance is a colour's by WCAG 2.2. */
const luminance = (hex: string) => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => linear(parseInt(hex.slice(i, i + 2), 16)))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

const contrast = (a: string, b: string) => {
  const [less = 0, more = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (more + 0.05) / (less + 0.05)
}

type Name = keyof Tokens
const grounds: Name[] = ['canvas', 'surface', 'sunken', 'raised']
const tones = ['ok', 'late', 'miss', 'open', 'info'] as const

// What is written on what.
const texts: [Name, Name][] = [
  ...(['text', 'text2', 'text3', 'accentText', 'okText', 'lateText', 'missText', 'openText', 'infoText'] as const).flatMap((ink) =>
    grounds.map((ground): [Name, Name] => [ink, ground]),
  ),
  ...tones.map((tone): [Name, Name] => [`${tone}Text`, `${tone}Soft`]),
  ...tones.map((tone): [Name, Name] => ['text2', `${tone}Soft`]),
  ['text', 'accentSoft'],
  ['text2', 'accentSoft'],
  ['text3', 'accentSoft'],
  ['accentText', 'accentSoft'],
  ['onAccent', 'accent'],
  ['onAccent', 'accentHover'],
  ['text', 'lateWash'],
  ...(['ramp0', 'ramp1', 'ramp2', 'ramp3'] as const).map((step): [Name, Name] => ['text', step]),
]

// What is drawn on what: glyphs, cells, series, borders of what is typed into or ticked, the focus.
const marks: [Name, Name][] = [
  ...(['ok', 'late', 'miss', 'info', 'accentText', 'control', 'chart1', 'chart2', 'chart3', 'chart4'] as const).map(
    (mark): [Name, Name] => [mark, 'surface'],
  ),
  ['openText', 'surface'],
  ['accentText', 'canvas'],
]

test.each([
  ['light', light],
  ['dark', dark],
] as const)('in %s, texts have 4.5:1 and marks 3:1', (mode, t) => {
  const short = (pairs: [Name, Name][], least: number) =>
    pairs.filter(([a, b]) => contrast(t[a], t[b]) < least).map(([a, b]) => `${a} on ${b} ${contrast(t[a], t[b]).toFixed(2)}`)
  expect(short(texts, 4.5)).toEqual([])
  expect(short(marks, 3)).toEqual([])
  expect(contrast(mode === 'light' ? t.onAccent : t.canvas, t.ramp4)).toBeGreaterThanOrEqual(4.5)
})
