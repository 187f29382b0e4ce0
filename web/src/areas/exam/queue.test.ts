import { expect, test } from 'vitest'
import { Problem } from '@/api/problem'
import { AnswerQueue, type Answer } from './queue'

/** A line that the test cuts and mends, a device that keeps what is written, and a clock that the test turns. */
function world() {
  const device = new Map<string, string>()
  const server = new Map<number, { seq: number; answer: Answer }>()
  const timers: (() => void)[] = []
  const line: { up: boolean; refuse?: Problem; loseAnswer?: boolean } = { up: true }
  const open = (questions: { position: number; seq: number }[] = []) =>
    new AnswerQueue('x', questions, {
      send: async (position, seq, answer) => {
        if (!line.up) throw Problem.network('cut')
        if (line.refuse) throw line.refuse
        const before = server.get(position)
        if (!before || before.seq < seq) server.set(position, { seq, answer })
        if (line.loseAnswer) throw Problem.network('the answer was lost')
        return {
          position,
          seq: Math.max(seq, before?.seq ?? 0),
          saved_at: '2026-11-10T12:00:00Z',
          superseded: (before?.seq ?? 0) > seq,
          remaining_seconds: 60,
        }
      },
      storage: {
        getItem: (k) => device.get(k) ?? null,
        setItem: (k, v) => void device.set(k, v),
        removeItem: (k) => void device.delete(k),
      },
      later: (act) => {
        timers.push(act)
        return () => void timers.splice(timers.indexOf(act), 1)
      },
    })
  const settle = async () => {
    for (let i = 0; i < 40; i++) await Promise.resolve()
  }
  const wake = async () => {
    timers.splice(0).forEach((act) => act())
    await settle()
  }
  return { device, server, line, open, settle, wake }
}

test('an answer is saved, and says when', async () => {
  const w = world(),
    q = w.open()
  q.put(1, { choice: 2 })
  expect(q.state()).toEqual({ state: 'saving', waiting: 1 })
  await w.settle()
  expect(q.state()).toEqual({ state: 'saved', at: '2026-11-10T12:00:00Z' })
  expect(w.server.get(1)?.answer).toEqual({ choice: 2 })
})

test('without a line answers wait here, and go when it is back, the newest of each question', async () => {
  const w = world(),
    q = w.open()
  w.line.up = false
  q.put(1, { choice: 0 })
  q.put(2, { text: 'a' })
  q.put(1, { choice: 3 })
  await w.settle()
  expect(q.state()).toEqual({ state: 'offline', waiting: 2, why: 'network' })
  await w.wake()
  expect(q.state()).toEqual({ state: 'offline', waiting: 2, why: 'network' })
  w.line.up = true
  await w.wake()
  expect(q.state().state).toBe('saved')
  expect(w.server.get(1)?.answer).toEqual({ choice: 3 })
  expect(w.server.get(2)?.answer).toEqual({ text: 'a' })
})

test('a reload in between loses nothing, and counts on from the greatest number', async () => {
  const w = world(),
    q = w.open()
  w.line.up = false
  q.put(1, { choice: 1 })
  await w.settle()
  q.close()
  w.line.up = true
  const again = w.open([
    { position: 1, seq: 0 },
    { position: 2, seq: 9 },
  ])
  expect(again.waiting(1)).toEqual({ choice: 1 })
  again.put(2, { choice: 0 })
  await w.settle()
  expect(w.server.get(1)?.answer).toEqual({ choice: 1 })
  expect(w.server.get(2)?.seq).toBe(10)
})

test('where only the acknowledgement was lost the answer is not sent as new', async () => {
  const w = world(),
    q = w.open()
  w.line.loseAnswer = true
  q.put(1, { choice: 1 })
  await w.settle()
  expect(q.state().state).toBe('offline')
  w.line.loseAnswer = false
  const again = w.open([{ position: 1, seq: w.server.get(1)!.seq }])
  expect(again.state().state).toBe('saved')
  expect(again.waiting(1)).toBeUndefined()
})

test('a newer answer given while one is under way is sent after it', async () => {
  const w = world(),
    q = w.open()
  q.put(1, { choice: 0 })
  q.put(1, { choice: 1 })
  await w.settle()
  expect(w.server.get(1)).toEqual({ seq: 2, answer: { choice: 1 } })
  expect(q.state().state).toBe('saved')
})

test('a pause stops it, what waits stays, and it goes on after', async () => {
  const w = world(),
    q = w.open()
  w.line.refuse = new Problem({ status: 409, code: 'attempt_paused' })
  q.put(1, { choice: 0 })
  await w.settle()
  expect(q.state()).toMatchObject({ state: 'stopped', waiting: 1 })
  q.put(2, { choice: 0 })
  await w.settle()
  expect(w.server.size).toBe(0)
  w.line.refuse = undefined
  q.goOn()
  await w.settle()
  expect(w.server.size).toBe(2)
})
