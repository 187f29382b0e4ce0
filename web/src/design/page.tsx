import { createContext, use, useEffect, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { useWords } from '@/words'
import { Initial } from './person'

/** BarSlot is the place in a phone's bar where a page puts its title, or the way back; elsewhere there is none. */
export const BarSlot = createContext<HTMLElement | null>(null)

/**
 * Page is a title bar and sections. The title is the window's too. On a phone it stands in the bar; a page below another has the way back
 * there, and its title, however long, under it. person is for a page that is somebody's: the title is their name, the note a fact below it.
 */
export function Page({
  title,
  trail,
  note,
  actions,
  person,
  children,
}: {
  title: string
  trail?: ReactNode
  note?: ReactNode
  actions?: ReactNode
  person?: boolean
  children: ReactNode
}) {
  const t = useWords()
  const slot = use(BarSlot)
  useEffect(() => {
    document.title = `${title} · ${t('name')}`
  }, [title, t])
  if (slot) {
    return (
      <>
        {createPortal(
          trail ? (
            <span className="back">{trail}</span>
          ) : person ? (
            <>
              <Initial name={title} size={36} />
              <span className="grow">
                <h1 className="trunc">{title}</h1>
                {note}
              </span>
            </>
          ) : (
            <h1>{title}</h1>
          ),
          slot,
        )}
        {(trail || (note && !person) || actions) && (
          <header className="top">
            {(trail || note) && (
              <div className={trail ? 'row wrap g8 grow' : 'row wrap g8 fullrow'}>
                {trail && <h1>{title}</h1>}
                {note}
              </div>
            )}
            {actions && <div className="row wrap g8">{actions}</div>}
          </header>
        )}
        {children}
      </>
    )
  }
  return (
    <>
      <header className="top">
        <div className="row wrap g12 grow">
          {trail && (
            <span className="crumb">
              {trail}
              <span className="t3" aria-hidden>
                /
              </span>
            </span>
          )}
          <h1>{title}</h1>
          {note}
        </div>
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
      {(title || aside) && (
        <div className="sechead">
          {title && <h2>{title}</h2>}
          {note && <span className="sm t3">{note}</span>}
          {aside && <span className="end sm">{aside}</span>}
        </div>
      )}
      {children}
    </section>
  )
}
