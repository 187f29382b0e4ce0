import { Component, useEffect, useState, type ReactNode } from 'react'
import { Problem } from '@/api/problem'
import { Button } from '@/design/button'
import { Failure, Skeleton } from '@/design/feedback'
import { Glyph } from '@/design/state'
import { useWords } from '@/words'

/** Boundary keeps one page's failure from taking the app away. */
export class Boundary extends Component<{ children: ReactNode }, { failed?: { cause: unknown } }> {
  override state: { failed?: { cause: unknown } } = {}
  static getDerivedStateFromError(cause: unknown) {
    return { failed: { cause } }
  }
  override render() {
    const { failed } = this.state
    if (!failed) return this.props.children
    return isUnloaded(failed.cause) ? <Unloaded /> : <Crash cause={failed.cause} />
  }
}

/** isUnloaded tells that a page's own file did not come, in the words of each browser. */
export const isUnloaded = (cause: unknown) =>
  cause instanceof Error &&
  /dynamically imported module|importing a module script failed|error loading dynamically|unable to preload/i.test(cause.message)

const kept = 'peakseat.reloaded'
const again = 60_000 // milliseconds; sooner, loading the page anew has not helped

/**
 * loadAnew loads the page anew where that can help, and tells whether it does: a program newer than what is open has other files. Without
 * a network it would take away what is still there.
 */
async function loadAnew() {
  if (Date.now() - Number(sessionStorage.getItem(kept) ?? 0) < again) return false
  const answer = await fetch('/', { cache: 'no-store' }).catch(() => null)
  if (!answer?.ok) return false
  sessionStorage.setItem(kept, String(Date.now()))
  location.reload()
  return true
}

function Unloaded() {
  const [stuck, setStuck] = useState(false)
  useEffect(() => {
    void loadAnew().then((loads) => setStuck(!loads))
  }, [])
  return (
    <div className="sec">
      {stuck ? <Failure problem={Problem.network('unloaded')} onRetry={() => location.reload()} /> : <Skeleton lines={[28, 20, 20, 20]} />}
    </div>
  )
}

function Crash({ cause }: { cause: unknown }) {
  const t = useWords()
  return (
    <div role="alert" className="sec row start g12">
      <span className="pt4">
        <Glyph tone="miss" size={14} />
      </span>
      <div className="col g12 grow">
        <div className="col g4">
          <h1>{t('error.crash')}</h1>
          <p className="t2">{t('error.crashHint')}</p>
          <p className="sm t3 mono break">
            {location.pathname} {String(cause).slice(0, 200)}
          </p>
        </div>
        <div className="row wrap g12">
          <Button onClick={() => location.reload()}>{t('error.reload')}</Button>
          <a className="hit" href="/">
            {t('error.home')}
          </a>
        </div>
      </div>
    </div>
  )
}
