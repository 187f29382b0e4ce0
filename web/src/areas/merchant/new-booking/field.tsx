import type { ReactNode } from 'react'

/** Field is a label above a control, and what is wrong beneath it. */
export function Field({
  label,
  error,
  children,
  width,
}: {
  label: ReactNode
  error?: string
  children: ReactNode
  width?: number | string
}) {
  return (
    <label className="col g4" style={{ width }}>
      <span className="sm t3">{label}</span>
      {children}
      {error && (
        <span role="alert" className="sm miss">
          {error}
        </span>
      )}
    </label>
  )
}
