import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { api, body, type Schema } from '@/api/client'
import { Problem } from '@/api/problem'

type Request = Schema<'BookingRequest'>
interface Saved {
  id: string | null
  version: number
  said: string
}

/**
 * useDraft saves a booking by itself a moment after it changed, one write at a time, and has it priced. What the server refuses is told in
 * problem and nothing typed is lost; the next change tries again. changed is a draft that somebody else has saved meanwhile.
 */
export function useDraft(request: Request | null, priority: 1 | 2, start: Saved, onSaved: (b: Schema<'Booking'>) => void) {
  const [quote, setQuote] = useState<Schema<'Quote'>>()
  const [problem, setProblem] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const [savedAt, setSavedAt] = useState<number>()
  const saved = useRef(start)
  const [kept, setKept] = useState(start) // the same, for what is drawn
  const remember = useCallback((s: Saved) => {
    saved.current = s
    setKept(s)
  }, [])
  const wanted = useRef({ request, priority })
  const running = useRef(false)
  const again = useRef(false)
  const key = useRef('')
  const told = useRef(onSaved)
  useLayoutEffect(() => {
    wanted.current = { request, priority }
    told.current = onSaved
  })

  const flush = useCallback(async () => {
    if (running.current) {
      again.current = true
      return
    }
    running.current = true
    setBusy(true)
    do {
      again.current = false
      const { request: now, priority: bought } = wanted.current
      if (!now) break
      try {
        const said = JSON.stringify(now)
        if (said !== saved.current.said) {
          const booking = await save(now)
          remember({ id: booking.id, version: booking.version, said })
          setSavedAt(Date.now())
          told.current(booking)
        }
        if (saved.current.id)
          setQuote(
            await body(
              api.POST('/api/v1/bookings/{id}/quotes', { params: { path: { id: saved.current.id } }, body: { priority: bought } }),
            ),
          )
        setProblem(undefined)
      } catch (cause) {
        setProblem(cause instanceof Problem ? cause : Problem.network(cause))
      }
    } while (again.current)
    running.current = false
    setBusy(false)

    async function save(now: Request) {
      const { id, version } = saved.current
      if (id)
        return body(api.PATCH('/api/v1/bookings/{id}', { params: { path: { id }, header: { 'If-Match': `"${version}"` } }, body: now }))
      key.current ||= crypto.randomUUID()
      try {
        return await body(api.POST('/api/v1/bookings', { params: { header: { 'Idempotency-Key': key.current } }, body: now }))
      } catch (cause) {
        if (cause instanceof Problem && cause.status !== 0) key.current = '' // refused: the next one is another
        throw cause
      }
    }
  }, [remember])

  const said = JSON.stringify([request, priority])
  useEffect(() => {
    const timer = setTimeout(() => void flush(), 450)
    return () => clearTimeout(timer)
  }, [said, flush])

  const pending = useRef(0) // quotes in a row that were made before their fill chance was known
  useEffect(() => {
    pending.current = quote?.fill_chance_pending ? pending.current + 1 : 0
    if (pending.current === 0 || pending.current > 5) return
    const timer = setTimeout(() => void flush(), 1500)
    return () => clearTimeout(timer)
  }, [quote, flush])

  // A quote that has run out is made anew before somebody confirms it in vain; not behind a tab that nobody looks at.
  useEffect(() => {
    if (!quote) return
    const again = () => {
      if (document.hidden) document.addEventListener('visibilitychange', again, { once: true })
      else void flush()
    }
    const timer = setTimeout(again, Date.parse(quote.expires_at) - Date.parse(quote.created_at))
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', again)
    }
  }, [quote, flush])

  /** keepMine saves what is here over what somebody else has saved. */
  const keepMine = useCallback(async () => {
    const { id } = saved.current
    if (!id) return
    const now = await body(api.GET('/api/v1/bookings/{id}', { params: { path: { id } } }))
    remember({ id, version: now.version, said: '' })
    await flush()
  }, [flush, remember])

  const current =
    quote && kept.version === quote.booking_version && kept.said === JSON.stringify(request) && quote.priority === priority
      ? quote
      : undefined
  return { id: kept.id, quote, fresh: current !== undefined && !busy, problem, busy, savedAt, requote: flush, keepMine }
}
