/** Row is what one line says: contacts that began at a minute of the shop's own clock (minutes since 1970 as its wall shows them). */
export interface Row {
  at: number
  contacts: number
  line: number
}

/** Fault is a line that could not be read; the code names the words for it. */
export interface Fault {
  line: number
  code: 'time' | 'count' | 'columns' | 'twice' | 'short'
  text: string
}

/** Peak is what a file says: its rows in order of time, one an interval, and every line that is wrong. undated: times without a day. */
export interface Peak {
  rows: Row[]
  faults: Fault[]
  interval: 15 | 30 | 60
  undated: boolean
  missing: number
}

const day = 24 * 60

/**
 * readContacts reads what people really have: commas, semicolons or tabs (a paste from a spreadsheet), a heading in any language, ISO times with
 * an offset or 2025/11/11 18:00, the day and the hour in columns of their own, 18:00-18:30, or only 18:00, 1,204 in quotes. Nothing is
 * guessed: a line it cannot read is a fault, with its number. zone is the shop's; times with an offset are turned into it.
 */
export function readContacts(text: string, zone: string): Peak {
  const faults: Fault[] = []
  const found: Row[] = []
  let undated = false
  let last = -1
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .forEach((raw, i) => {
      const line = i + 1
      if (raw.trim() === '') return
      const cells = cellsOf(raw)
      const fault = (code: Fault['code']) => faults.push({ line, code, text: raw.trim() })
      if (cells.length < 2) return fault('columns')
      const count = countOf(cells.at(-1)!)
      const when = cells.slice(0, -1).join(' ')
      if (found.length === 0 && faults.length === 0 && count === null && !/\d/.test(raw)) return // a heading
      if (count === null && timeOf(cells.join(' '), zone)) return fault('count') // a time and nothing after it
      const at = timeOf(when, zone)
      if (at === null) return fault('time')
      if (count === null) return fault('count')
      let minute = at.minute
      if (!at.dated) {
        undated = true
        while (minute < last) minute += day // 00:30 after 23:30 is the next day
        last = minute
      }
      found.push({ at: minute, contacts: count, line })
    })
  found.sort((a, b) => a.at - b.at || a.line - b.line)
  const rows: Row[] = []
  for (const r of found) {
    if (rows.at(-1)?.at === r.at) faults.push({ line: r.line, code: 'twice', text: lineOf(text, r.line) })
    else rows.push(r)
  }
  faults.sort((a, b) => a.line - b.line)
  const { interval, list } = gathered(rows)
  const slots = list.length > 0 ? (list.at(-1)!.at - list[0]!.at) / interval + 1 : 0
  return { rows: list, faults, interval, undated, missing: slots - list.length }
}

/** cellsOf splits a line by tab, semicolon, comma, or else by its last space; quotes hold a comma together. */
function cellsOf(raw: string): string[] {
  const by = raw.includes('\t') ? '\t' : raw.includes(';') ? ';' : /[,，]/.test(raw) ? ',' : ''
  if (by === '') return raw.trim().split(/\s+(?=\S+$)/)
  const cells: string[] = []
  let cell = '',
    quoted = false
  for (const c of raw) {
    if (c === '"') quoted = !quoted
    else if (!quoted && (c === by || (by === ',' && c === '，'))) {
      cells.push(cell.trim())
      cell = ''
    } else cell += c
  }
  cells.push(cell.trim())
  while (cells.length > 2 && cells.at(-1) === '') cells.pop()
  return cells
}

function countOf(cell: string): number | null {
  const plain = cell.replace(/[\s,，]|次$/g, '')
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null
}

function timeOf(text: string, zone: string): { minute: number; dated: boolean } | null {
  const iso = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})$/i.exec(text)
  if (iso && !(text.includes(' ') && iso[3]!.startsWith('-'))) {
    // 10:00-10:30 is a stretch of time, not an offset
    const instant = Date.parse(`${iso[1]}T${iso[2]}:00${iso[3]!.toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`)
    return Number.isNaN(instant) ? null : { minute: wallMinute(instant, zone), dated: true }
  }
  const parts =
    /^(?:(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?[T\s]*)?(\d{1,2})[:：点时](\d{2})?(?:[:：]\d{2})?分?(?:\s*[-–~至]\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?$/.exec(
      text,
    )
  if (!parts) return null
  const [, y, m, d, h, min] = parts
  const clock = Number(h) * 60 + Number(min ?? 0)
  if (Number(h) > 23 || Number(min ?? 0) > 59) return null
  if (y === undefined) return { minute: clock, dated: false }
  const date = new Date(Date.UTC(Number(y), Number(m) - 1, Number(d)))
  if (date.getUTCMonth() !== Number(m) - 1 || date.getUTCDate() !== Number(d)) return null
  return { minute: date.getTime() / 60_000 + clock, dated: true }
}

/** wallMinute is an instant as the zone's clocks show it, in minutes since 1970. */
export function wallMinute(instant: number, zone: string): number {
  const p = Object.fromEntries(
    new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
      .formatToParts(instant)
      .map((x) => [x.type, Number(x.value)]),
  ) as Record<string, number>
  return Date.UTC(p.year!, p.month! - 1, p.day, p.hour, p.minute) / 60_000
}

/** gathered puts rows on the coarsest grid of 15, 30 or 60 minutes that they fit; finer ones are added up to half hours. */
function gathered(rows: Row[]): { interval: 15 | 30 | 60; list: Row[] } {
  const fits = ([60, 30, 15] as const).find((n) => rows.every((r) => r.at % n === 0))
  const steps = rows.slice(1).map((r, i) => r.at - rows[i]!.at)
  if (fits && (rows.length < 2 || Math.min(...steps) >= fits)) return { interval: rows.length < 2 ? 30 : fits, list: rows }
  const sums = new Map<number, Row>()
  for (const r of rows) {
    const at = Math.floor(r.at / 30) * 30
    const sum = sums.get(at)
    if (sum) sum.contacts += r.contacts
    else sums.set(at, { ...r, at })
  }
  return { interval: 30, list: [...sums.values()] }
}

const lineOf = (text: string, line: number) => text.split(/\r\n|\r|\n/)[line - 1]?.trim() ?? ''

/** decode reads a file's bytes: UTF-8, or what Excel in China writes. */
export function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}
