import { useEffect, useRef, useState } from 'react'
import { EventSource } from 'eventsource'
import { accessToken } from '@/session/tokens'

/**
 * useStream follows server-sent events. The browser's own EventSource sends no headers, hence the library's; it comes back by
 * itself with Last-Event-ID. It answers whether the line is up.
 */
export function useStream(path: string | null, events: Record<string, (data: unknown) => void>) {
  const [connected, setConnected] = useState(false)
  const latest = useRef(events)
  latest.current = events
  const names = Object.keys(events).sort().join()
  useEffect(() => {
    if (!path) return
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
  }, [path, names])
  return connected
}
