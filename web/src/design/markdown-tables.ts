export interface MarkdownTable {
  head: string[]
  /** Of each column: left unless the line under the head says otherwise. */
  align: ('right' | 'center' | undefined)[]
  rows: string[][]
}

const rule = /^ {0,3}\|? *:?-+:? *(?:\| *:?-+:? *)*\|? *$/
const fence = /^ {0,3}(?:```|~~~)/

/** tables parts a text at its tables (GitHub's way: a head, a line of dashes, rows), which the reader of plain Markdown does not know. */
export function tables(text: string): (string | MarkdownTable)[] {
  const lines = text.split('\n')
  const parts: (string | MarkdownTable)[] = []
  let plain: string[] = []
  let fenced = false
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!,
      under = lines[i + 1] ?? ''
    if (fence.test(line)) fenced = !fenced
    if (fenced || !line.includes('|') || !under.includes('|') || !rule.test(under) || cells(line).length !== cells(under).length) {
      plain.push(line)
      continue
    }
    const rows: string[][] = []
    let at = i + 2
    for (; lines[at]?.includes('|'); at++) rows.push(cells(lines[at]!))
    parts.push(plain.join('\n'), {
      head: cells(line),
      align: cells(under).map((c) => (c.endsWith(':') ? (c.startsWith(':') ? 'center' : 'right') : undefined)),
      rows,
    })
    plain = []
    i = at - 1
  }
  return [...parts, plain.join('\n')].filter((p) => typeof p !== 'string' || p.trim() !== '')
}

/** cells are a row's, without the bars at its ends; a bar that is written \| is none. */
const cells = (line: string) =>
  line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .map((c) => c.trim().replaceAll('\\|', '|'))
