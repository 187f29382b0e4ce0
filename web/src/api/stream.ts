import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { EventSource } from 'eventsource'
import { accessToken, onSession, signedIn } from '@/session/tokens'

/**
 * useStream follows server-sent events. The browser's own EventSource sends no headers, hence the library's; it comes back by
 * itself with Last-Event-ID. It answers whether the line is up.
 */
export function useStream(path: string | null, events: Record<string, (data: unknown) => void>) {
  const [connected, setConnected] = useState(false)
  const there = useSyncExternalStore(onSession, signedIn) // a session that is over closes the line for good
  const latest = useRef(events)
  useEffect(() => {
    latest.current = events
  })
  const names = Object.keys(events).sort().join()
  useEffect(() => {
    if (!path || !there) return
    const source = new EventSource(location.origin + path, {
      fetch: async (url, init) =>
        fetch(url, {
          ...init,
          headers: {
            ...init.headers,
            Authorization: 'Bearer ' + ((await accessToken()) ?? ''),
            'Accept-Language': document.documentElement.lang || 'zh-CN',
          },
        }),
    })
    source.addEventListener('open', () => setConnected(true))
    source.addEventListener('error', () => setConnected(false))
    for (const name of names.split(','))
      source.addEventListener(name, (e) => latest.current[name]?.(JSON.parse((e as MessageEvent<string>).data)))
    return () => source.close()
  }, [path, names, there])
  return connected
}
