/** FillBar is how many of the seats are held: green, and hatched amber for what lacks. The figure stands beside it. */
export function FillBar({ filled, seats, width = 112 }: { filled: number; seats: number; width?: number }) {
  const lack = seats - filled
  return (
    <span className="row g12">
      <span className="fillbar" aria-hidden style={{ width }}>
        {filled > 0 && <i style={{ flex: filled }} />}
        {lack > 0 && <i className="lack" style={{ flex: Math.max(lack, seats * 0.04) }} />}
      </span>
      <span className="nowrap num">
        <b className="b">{filled}</b>
        <span className="t3"> / {seats}</span>
      </span>
    </span>
  )
}
