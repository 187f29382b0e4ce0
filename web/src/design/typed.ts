import { useCallback, useState, type SyntheticEvent } from 'react'

/** Lists and calendars that antd opens for a field: to pick from them is to have typed. */
const pickers = '.ant-select-dropdown, .ant-picker-dropdown, .ant-dropdown'

/**
 * useTyped tells whether somebody has typed or chosen anything within the element that gets `listen`. What asks something in a layer over
 * the page then no longer closes by a click beside it, which would lose what was said: only its buttons and Escape do. Fields that React
 * draws elsewhere count too, for their events come this way.
 */
export function useTyped() {
  const [typed, set] = useState(false)
  const listen = {
    onInput: () => set(true),
    onClick: (e: SyntheticEvent) => e.target instanceof Element && e.target.closest(pickers) && set(true),
  }
  const forget = useCallback(() => set(false), [])
  return { typed, listen, forget }
}
