import type { Schema } from '@/api/client'
import { Problem } from '@/api/problem'

export type Answer = Schema<'AnswerGiven'>
type Saved = Schema<'SavedAnswer'>

/** How answers stand: saved at a time of the server's, on their way, kept here until the line or the server is back, or no longer taken. */
export type SaveState =
  | { state: 'saved'; at?: string }
  | { state: 'saving'; waiting: number }
  | { state: 'offline'; waiting: number; why: 'network' | 'server' }
  | { state: 'stopped'; waiting: number; problem: Problem }

interface Kept {
  seq: number
  waiting: Record<string, { seq: number; answer: Answer }>
}

interface Outside {
  send: (position: number, seq: number, answer: Answer) => Promise<Saved>
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  later: (act: () => void, ms: number) => () => void
  onSaved?: (saved: Saved) => void
}

const key = (attempt: string) => 'peakseat.exam.' + attempt
const slowest = 15_000

/** forgetAttempt drops what was kept here of an attempt that is over. */
export const forgetAttempt = (storage: Outside['storage'], attempt: string) => storage.removeItem(key(attempt))

/**
 * AnswerQueue carries answers to the server and loses none: each is written to this device before it is sent, with a number that only
 * grows, and stays until the server has it. One is under way at a time; a newer answer of a question takes the place of one that waits.
 */
export class AnswerQueue {
  private kept: Kept
  private sending = false
  private failures = 0
  private why: 'network' | 'server' = 'network'
  private closed = false
  private cancel?: () => void
  private stopped?: Problem
  private at?: string
  private listeners = new Set<() => void>()
  private told: SaveState

  constructor(
    private readonly attempt: string,
    questions: Pick<Schema<'AskedQuestion'>, 'position' | 'seq' | 'saved_at'>[],
    private readonly outside: Outside,
  ) {
    this.kept = this.read()
    for (const q of questions) {
      this.kept.seq = Math.max(this.kept.seq, q.seq)
      if (q.saved_at && (!this.at || q.saved_at > this.at)) this.at = q.saved_at
      const waits = this.kept.waiting[q.position]
      if (waits && waits.seq <= q.seq) delete this.kept.waiting[q.position] // it arrived; only its acknowledgement was lost
    }
    this.told = this.now()
    this.write()
  }

  /** waiting is the answer to a question that the server has yet to get. */
  waiting(position: number): Answer | undefined {
    return this.kept.waiting[position]?.answer
  }

  put(position: number, answer: Answer) {
    this.kept.waiting[position] = { seq: ++this.kept.seq, answer }
    this.write()
    this.tell()
    this.go()
  }

  /** go sends what waits, at once: when something was put, and when the line may be back. */
  go = () => {
    this.cancel?.()
    if (!this.sending && !this.stopped && !this.closed) void this.send()
  }

  /** goOn takes up again after what stopped it is over, such as a pause. */
  goOn() {
    this.stopped = undefined
    this.failures = 0
    this.tell()
    this.go()
  }

  /** open takes up what waits on the device, for as long as the room is open. */
  open() {
    this.closed = false
    this.go()
  }

  /** close stops all; what waits stays on the device, where another tab may be writing from now on. */
  close() {
    this.closed = true
    this.cancel?.()
    this.listeners.clear()
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }
  state = () => this.told

  private async send() {
    const [position, next] = Object.entries(this.kept.waiting).sort(([, a], [, b]) => a.seq - b.seq)[0] ?? []
    if (!position || !next) return
    this.sending = true
    this.tell()
    try {
      const saved = await this.outside.send(Number(position), next.seq, next.answer)
      this.failures = 0
      this.at = saved.saved_at
      this.kept.seq = Math.max(this.kept.seq, saved.seq)
      if (this.kept.waiting[position]?.seq === next.seq) delete this.kept.waiting[position]
      this.write()
      this.outside.onSaved?.(saved)
    } catch (cause) {
      const problem = cause instanceof Problem ? cause : Problem.network(cause)
      if (problem.status === 0 || problem.status === 429 || problem.status >= 500) {
        this.failures++
        this.why = problem.status === 0 ? 'network' : 'server'
        this.cancel = this.outside.later(this.go, Math.min(1000 * 2 ** (this.failures - 1), slowest))
      } else if (problem.code === 'seq_reused') {
        const waits = this.kept.waiting[position]
        if (waits) waits.seq = ++this.kept.seq
        this.write()
      } else this.stopped = problem
    }
    this.sending = false
    this.tell()
    if (this.failures === 0 && !this.stopped && !this.closed) void this.send()
  }

  private now(): SaveState {
    const waiting = Object.keys(this.kept.waiting).length
    if (this.stopped) return { state: 'stopped', waiting, problem: this.stopped }
    if (waiting === 0) return { state: 'saved', at: this.at }
    return this.failures > 0 ? { state: 'offline', waiting, why: this.why } : { state: 'saving', waiting }
  }

  private tell() {
    this.told = this.now()
    this.listeners.forEach((l) => l())
  }

  private read(): Kept {
    try {
      const kept = JSON.parse(this.outside.storage.getItem(key(this.attempt)) ?? '') as Kept
      return { seq: kept.seq, waiting: kept.waiting }
    } catch {
      return { seq: 0, waiting: {} }
    }
  }

  private write() {
    if (this.closed) return
    this.outside.storage.setItem(key(this.attempt), JSON.stringify(this.kept))
  }
}
