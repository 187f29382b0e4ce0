import { Search as Lens } from 'lucide-react'

/** Search is where one types what to look for, for pages that do without antd. */
export function Search({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <label className="search">
      <Lens size={14} aria-hidden />
      <input type="search" aria-label={label} placeholder={label} value={value} onChange={(e) => onChange(e.target.value)} />
    </label>
  )
}
