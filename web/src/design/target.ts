import { useLocation } from 'react-router'

const arrive = (at: HTMLElement | null) => {
  at?.scrollIntoView({ block: 'center' })
  at?.focus({ preventScroll: true })
}

/** Address is spread on what an address may name. */
export interface Address {
  id: string
  tabIndex?: number
  'data-target'?: true
  ref?: (at: HTMLElement | null) => void
}

/**
 * useTarget gives things of a list their addresses: what the page's address names behind its # is scrolled to, focused and marked
 * as soon as it is there, however late its list came.
 */
export function useTarget() {
  const named = decodeURIComponent(useLocation().hash.slice(1))
  return (id: string): Address => (id === named ? { id, tabIndex: -1, 'data-target': true as const, ref: arrive } : { id })
}
