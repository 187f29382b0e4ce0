import { useId, type ReactNode } from 'react'

/** Choices are a few of which one is chosen, all in sight: the platform's radio buttons as one bar, for pages that do without antd. */
export function Choices<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: Value
  options: { value: Value; label: ReactNode }[]
  onChange: (value: Value) => void
}) {
  const name = useId()
  return (
    <div className="choicebar" role="radiogroup" aria-label={label}>
      {options.map((o) => (
        <label key={o.value}>
          <input type="radio" className="hidden" name={name} checked={o.value === value} onChange={() => onChange(o.value)} />
          {o.label}
        </label>
      ))}
    </div>
  )
}
