import { createContext, use, useLayoutEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react'
import { dark, light, type Tokens } from './tokens'

export type Mode = 'light' | 'dark'

const kept = 'peakseat.theme'
const systemDark = window.matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

const current = (): Mode => {
  const chosen = localStorage.getItem(kept)
  return chosen === 'light' || chosen === 'dark' ? chosen : systemDark.matches ? 'dark' : 'light'
}
const subscribe = (changed: () => void) => {
  listeners.add(changed)
  systemDark.addEventListener('change', changed)
  return () => {
    listeners.delete(changed)
    systemDark.removeEventListener('change', changed)
  }
}

/** chooseMode keeps the reader's choice over the system's. */
export function chooseMode(mode: Mode) {
  localStorage.setItem(kept, mode)
  listeners.forEach((changed) => changed())
}

const phone = window.matchMedia('(max-width: 899px)')
const onPhone = (changed: () => void) => {
  phone.addEventListener('change', changed)
  return () => phone.removeEventListener('change', changed)
}

/** usePhone tells whether one column is all there is room for. */
export const usePhone = () => useSyncExternalStore(onPhone, () => phone.matches)

const Theme = createContext<{ tokens: Tokens; mode: Mode }>({ tokens: light, mode: 'light' })

/** useTheme is for what cannot use CSS variables: charts. */
export const useTheme = () => use(Theme)

/** ThemeProvider chooses among the tokens: the CSS variables of the page's head, and the same for what cannot use those. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  const mode = useSyncExternalStore(subscribe, current)
  const tokens = mode === 'dark' ? dark : light
  useLayoutEffect(() => {
    const root = document.documentElement
    root.style.colorScheme = mode
    root.dataset.theme = mode
  }, [mode])
  const theme = useMemo(() => ({ tokens, mode }), [tokens, mode])
  return <Theme value={theme}>{children}</Theme>
}
