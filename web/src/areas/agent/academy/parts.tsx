import './academy.css'

/** Steps is how far along a way one is: done solid, the next outlined. The words stand beside it. */
export const Steps = ({ done }: { done: boolean[] }) => {
  const next = done.indexOf(false)
  return (
    <span className="steps" aria-hidden>
      {done.map((d, i) => (
        <i key={i} className={d ? 'on' : i === next ? 'now' : ''} />
      ))}
    </span>
  )
}
