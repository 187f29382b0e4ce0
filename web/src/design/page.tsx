import { useEffect, type ReactNode } from 'react'
import { useWords } from '@/words'

/** Page is a title bar and sections. The title is the window's too. */
export function Page({ title, trail, note, actions, children }: { title: string; trail?: ReactNode; note?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  const t = useWords()
  useEffect(() => { document.title = `${title} · ${t('name')}` }, [title, t])
  return (
    <>
      <header className="top">
        <div className="row wrap g12 grow">{trail && <span className="t2">{trail} <span className="t3" aria-hidden>/</span></span>}<h1>{title}</h1>{note}</div>
        {actions && <div className="row wrap g8">{actions}</div>}
      </header>
      {children}
    </>
  )
}

/** Section is one part of a page, set off by a hairline. */
export function Section({ title, note, aside, children }: { title?: ReactNode; note?: ReactNode; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="sec">
      {(title || aside) && <div className="sechead">{title && <h2>{title}</h2>}{note && <span className="sm t3">{note}</span>}{aside && <span className="end sm">{aside}</span>}</div>}
      {children}
    </section>
  )
}
