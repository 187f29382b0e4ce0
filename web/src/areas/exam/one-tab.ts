import { useEffect, useRef, useState } from 'react'

/** useOneTab lets one tab of this browser answer, the newest: two would write over what the other keeps. take makes it this one. */
export function useOneTab(attempt: string) {
  const [here, setHere] = useState(true)
  const others = useRef<BroadcastChannel>(undefined)
  useEffect(() => {
    const channel = new BroadcastChannel('peakseat.exam.' + attempt)
    channel.onmessage = () => setHere(false)
    channel.postMessage('here')
    others.current = channel
    return () => channel.close()
  }, [attempt])
  const take = () => {
    others.current?.postMessage('here')
    setHere(true)
  }
  return { here, take }
}
