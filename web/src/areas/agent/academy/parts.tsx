import { Link } from 'react-router'
import { useWords } from '@/words'
import './academy.css'

/** ToAcademy is the way back from all that is below it. */
export function ToAcademy() {
  const t = useWords('agent')
  return <Link to="/agent/academy">{t('nav.academy')}</Link>
}

/** Steps is how far along a way one is: done solid, the next (or the one at) outlined. The words stand beside it. */
export const Steps = ({ done, at = done.indexOf(false) }: { done: boolean[]; at?: number }) => (
  <span className="steps" aria-hidden>
    {done.map((d, i) => (
      <i key={i} className={[d && 'on', i === at && 'now'].filter(Boolean).join(' ')} />
    ))}
  </span>
)
