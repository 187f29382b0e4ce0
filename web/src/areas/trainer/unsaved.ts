import { App } from 'antd'
import { useEffect, useRef } from 'react'
import { useBlocker } from 'react-router'
import { useWords } from '@/words'

/**
 * useUnsaved asks before a page is left that has something on it which was not saved. What it answers lets the next way out pass, for the
 * page that has just saved.
 */
export function useUnsaved(unsaved: boolean) {
  const t = useWords('trainer')
  const { modal } = App.useApp()
  const passes = useRef(false)
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => unsaved && !passes.current && currentLocation.pathname !== nextLocation.pathname,
  )
  useEffect(() => {
    if (blocker.state === 'blocked')
      void modal.confirm({
        title: t('unsaved.title'),
        content: t('unsaved.hint'),
        okText: t('unsaved.leave'),
        cancelText: t('unsaved.stay'),
        onOk: () => blocker.proceed(),
        onCancel: () => blocker.reset(),
      })
  }, [blocker, modal, t])
  useEffect(() => {
    passes.current = false
    if (!unsaved) return undefined
    const ask = (e: BeforeUnloadEvent) => e.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [unsaved])
  return () => {
    passes.current = true
  }
}
