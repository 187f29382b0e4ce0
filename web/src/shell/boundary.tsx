import { Component, type ReactNode } from 'react'
import { useWords } from '@/words'

/** Boundary keeps one page's failure from taking the app away. */
export class Boundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }
  static getDerivedStateFromError() {
    return { failed: true }
  }
  override render() {
    return this.state.failed ? <Crash /> : this.props.children
  }
}

function Crash() {
  const t = useWords()
  return (
    <div role="alert" className="sec col g8">
      <h1>{t('error.crash')}</h1>
      <p className="t2">{t('error.crashHint')}</p>
      <div>
        <button type="button" className="linkbtn" onClick={() => location.reload()}>
          {t('error.reload')}
        </button>
      </div>
    </div>
  )
}
