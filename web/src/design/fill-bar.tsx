/** FillBar is how many of the seats are held: green, and hatched amber for what lacks. The figure stands beside it. */
export function FillBar({ filled, seats, width = 112 }: { filled: number; seats: number; width?: number }) {
  const lack = seats - filled
  return (
    <span className="row g12">
      <span
        aria-hidden
        style={{
          width,
          height: 8,
          borderRadius: 4,
          background: 'var(--sunken)',
          display: 'flex',
          gap: 1.5,
          overflow: 'hidden',
          flex: 'none',
        }}
      >
        {filled > 0 && <i style={{ flex: filled, background: 'var(--ok)' }} />}
        {lack > 0 && (
          <i
            style={{
              flex: Math.max(lack, seats * 0.04),
              background: 'repeating-linear-gradient(135deg, var(--late) 0 2px, var(--late-soft) 2px 4px)',
            }}
          />
        )}
      </span>
      <span className="nowrap num">
        <b className="b">{filled}</b>
        <span className="t3"> / {seats}</span>
      </span>
    </span>
  )
}
