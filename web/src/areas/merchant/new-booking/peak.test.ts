import { describe, expect, test } from 'vitest'
import { readContacts } from './contacts'
import { cutOf, dayOf, datesOf, clock } from './day'
import { add, booked, fromWindows, joined, longest, move, raised, resize, shortOf, split, toWindows, type Slice } from './windows'

const zone = 'Asia/Shanghai'
const at = (iso: string) => Date.parse(iso + 'Z') / 60_000

describe('contacts are read as people have them', () => {
  test.each([
    ["the API's own form", 'starts_at,contacts\n2025-11-11T18:00:00+08:00,120\n2025-11-11T18:30:00+08:00,90'],
    ['an offset of elsewhere', '2025-11-11T10:00:00Z,120\n2025-11-11T10:30:00Z,90'],
    ['a Chinese heading and slashes', '时间,咨询量\n2025/11/11 18:00,120\n2025/11/11 18:30,90'],
    ['a paste from a spreadsheet', '时间\t咨询量\n2025-11-11 18:00\t120\n2025-11-11 18:30\t90'],
    ['the day and the hours in columns', '日期,时段,咨询量\n2025-11-11,18:00-18:30,120\n2025-11-11,18:30-19:00,90'],
    ['figures with separators, CRLF, a mark of order', '\uFEFF"2025-11-11 18:00:00","120"\r\n2025-11-11 18:30:00,"0,090"\r\n\r\n'],
    ['spaces', '2025-11-11 18:00 120\n2025-11-11 18:30 90'],
  ])('%s', (_, text) => {
    const peak = readContacts(text, zone)
    expect(peak.faults).toEqual([])
    expect(peak.rows.map((r) => [r.at, r.contacts])).toEqual([
      [at('2025-11-11T18:00'), 120],
      [at('2025-11-11T18:30'), 90],
    ])
    expect(peak.interval).toBe(30)
  })

  test('every wrong line is named, and the others count', () => {
    const peak = readContacts(
      'time,n\n2025-11-11 18:00,120\n2025-11-31 18:30,90\n2025-11-11 19:00,many\n2025-11-11 19:30\n2025-11-11 18:00,7\n2025-11-11 20:00,5',
      zone,
    )
    expect(peak.faults.map((f) => [f.line, f.code])).toEqual([
      [3, 'time'],
      [4, 'count'],
      [5, 'count'],
      [6, 'twice'],
    ])
    expect(peak.rows.map((r) => r.contacts)).toEqual([120, 5])
  })

  test('hours alone pass midnight', () => {
    const peak = readContacts('23:00 40\n23:30 30\n00:00 20\n00:30 10', zone)
    expect(peak.undated).toBe(true)
    expect(peak.rows.map((r) => r.at)).toEqual([1380, 1410, 1440, 1470])
  })

  test('five-minute rows are added up to half hours', () => {
    const peak = readContacts('18:00 1\n18:05 2\n18:25 3\n18:30 4', zone)
    expect([peak.interval, peak.rows.map((r) => r.contacts)]).toEqual([30, [6, 4]])
  })

  test('missing intervals are counted', () => expect(readContacts('18:00 1\n19:30 2\n20:00 3', zone).missing).toBe(2))
})

const evenings = (dates: string[], peak = 100) =>
  dates.flatMap((d, k) =>
    Array.from({ length: 16 }, (_, i) => ({ at: at(d + 'T18:00') + i * 30, contacts: peak + k * 10 + (i === 4 ? 50 : 0), line: 0 })),
  )

describe('a working day', () => {
  test('begins in the quiet hours, so that an evening stays whole over midnight', () => {
    const rows = evenings(['2025-11-10', '2025-11-11'])
    const cut = cutOf({ rows, interval: 30 })
    expect(cut).toBeGreaterThan(2 * 60)
    expect(cut).toBeLessThan(18 * 60)
    expect(datesOf({ rows, interval: 30 })).toHaveLength(2)
    const day = dayOf({ rows, interval: 30 })
    expect([clock(day.from), day.contacts.length]).toEqual(['17:00', 20])
    expect(Math.max(...day.contacts)).toBe(160)
    expect(Math.max(...dayOf({ rows, interval: 30 }, datesOf({ rows, interval: 30 })[0]).contacts)).toBe(150)
  })
  test('takes a full day as it is', () => {
    const rows = Array.from({ length: 48 }, (_, i) => ({ at: i * 30, contacts: i >= 6 && i < 12 ? 1 : 50, line: 0 }))
    const day = dayOf({ rows, interval: 30 })
    expect([clock(day.from), day.contacts.length]).toEqual(['04:30', 48])
  })
})

describe('windows', () => {
  const day = { from: 17 * 60, interval: 30 as const, contacts: new Array<number>(20).fill(1) } // 17:00 to 03:00
  const two: Slice[] = [
    { id: 0, from: 18 * 60, to: 22 * 60, seats: 4 },
    { id: 1, from: 22 * 60, to: 26 * 60, seats: 2 },
  ]

  test('go to the API and back, over midnight', () => {
    const said = [
      { start: '18:00', end: '22:00', seats: 4 },
      { start: '22:00', end: '02:00', seats: 2 },
    ]
    expect(toWindows(two)).toEqual(said)
    expect(fromWindows(said, day.from)).toEqual(two)
  })
  test('stop at their neighbours and at the axis', () => {
    expect(move(two, 0, 20 * 60, day)[0]).toMatchObject({ from: 1080, to: 1320 })
    expect(move(two, 0, 0, day)[0]).toMatchObject({ from: 1020, to: 1260 })
    expect(resize(two, 0, 'to', 25 * 60, day)[0]).toMatchObject({ to: 1320 })
    expect(resize(two, 1, 'to', 40 * 60, day)[1]).toMatchObject({ to: 27 * 60 })
    expect(resize(two, 1, 'from', 30 * 60, day)[1]).toMatchObject({ from: 25 * 60 + 30 })
  })
  test('are never longer than a shift may be', () => {
    const wide = { ...day, from: 6 * 60, contacts: new Array<number>(48).fill(1) }
    const [only] = resize([{ id: 0, from: 8 * 60, to: 12 * 60, seats: 1 }], 0, 'to', 30 * 60, wide)
    expect(only!.to - only!.from).toBe(longest)
  })
  test('split at the middle, and are added where there is room', () => {
    expect(split(two, 0).map((s) => [clock(s.from), clock(s.to), s.seats])).toEqual([
      ['18:00', '20:00', 4],
      ['20:00', '22:00', 4],
      ['22:00', '02:00', 2],
    ])
    const need = new Array<number>(20).fill(3)
    expect(add([two[1]!], day, need)[0]).toMatchObject({ from: 17 * 60, to: 21 * 60, seats: 3 })
  })
  test('after midnight are joined to the evening that they end', () => {
    const night: Slice[] = [
      two[0]!,
      { id: 1, from: 22 * 60, to: 24 * 60, seats: 2 },
      { id: 2, from: 24 * 60, to: 26 * 60, seats: 3 },
      { id: 3, from: 30 * 60, to: 31 * 60, seats: 1 },
    ]
    expect(joined(night).map((s) => [clock(s.from), clock(s.to), s.seats])).toEqual([
      ['18:00', '22:00', 4],
      ['22:00', '02:00', 3],
      ['06:00', '07:00', 1],
    ])
  })
  test('say where seats are short', () => {
    const need = new Array<number>(20).fill(0)
    need[2] = 5 // 18:00
    need[0] = 1 // 17:00, outside
    const { short, uncovered } = shortOf(need, two, day)
    expect(short).toEqual([{ slot: 2, from: 1080, by: 1 }])
    expect(uncovered).toEqual([{ slot: 0, from: 1020, by: 1 }])
    expect(raised(two, need, day).map((s) => s.seats)).toEqual([5, 2])
    expect(booked(two, day).slice(0, 3)).toEqual([0, 0, 4])
  })
})
