import type { LucideIcon } from 'lucide-react'

/** Item is one entry of an area's navigation. phone: it is a tab on phones; group starts a heading above it; end: only the very path. */
export interface Item {
  to: string
  label: string
  icon: LucideIcon
  phone?: boolean
  group?: string
  roles?: string[]
  end?: boolean
}

/** Area is where a role works: its words and its navigation. Its pages are in its index.tsx. */
export interface Area {
  words: string
  items: Item[]
}
