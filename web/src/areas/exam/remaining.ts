import { useEffect, useState } from 'react'

/** useRemaining counts down the seconds that the server said were left, by a clock that nobody can set. told changes whenever it says so anew. */
export function useRemaining(seconds: number, told: unknown, stopped = false) {
  const [since, setSince] = useState(() => ({ seconds, told, at: performance.now() }))
  const [at, setAt] = useState(since.at)
  // eslint-disable-next-line react-hooks/purity -- it is drawn when it is told, and that moment is what is wanted
  if (since.told !== told) setSince({ seconds, told, at: performance.now() })
  useEffect(() => {
    const timer = setInterval(() => setAt(performance.now()), 500)
    return () => clearInterval(timer)
  }, [])
  return stopped ? seconds : Math.max(0, Math.ceil(since.seconds - Math.max(at - since.at, 0) / 1000))
}

/** clock is 38:12, or 1:05:00. */
export const clock = (seconds: number) => {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((n) => String(n).padStart(2, '0'))
  return h === '00' ? `${Number(m)}:${s}` : `${Number(h)}:${m}:${s}`
}

/** When what is left is said aloud: seconds before the end. */
const said = [1800, 600, 300, 60]

/** useSaidLeft answers the last of those moments that has come while one was there, so that it is said once. */
export function useSaidLeft(left: number) {
  const [began] = useState(left)
  return said.filter((s) => s < began && left <= s).at(-1)
}
