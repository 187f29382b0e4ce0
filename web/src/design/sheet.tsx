import { X } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { useWords } from '@/words'
import { useTyped } from './typed'

/**
 * Sheet asks something: from below on a phone, in the middle of a desk. The platform's dialog keeps the focus, and Escape closes it; so does
 * a click beside it, as long as nobody has typed in it.
 */
export function Sheet({ open, title, onClose, children }: { open: boolean; title: string; onClose: () => void; children: ReactNode }) {
  const t = useWords()
  const box = useRef<HTMLDialogElement>(null)
  const { typed, listen, forget } = useTyped()
  useEffect(() => {
    if (!open) forget()
    if (open && !box.current?.open) box.current?.showModal()
    if (!open && box.current?.open) box.current.close()
  }, [open, forget])
  return (
    <dialog
      ref={box}
      className="sheet"
      aria-label={title}
      onClose={onClose}
      onInput={listen.onInput}
      onClick={(e) => {
        listen.onClick(e)
        if (e.target === box.current && !typed) onClose()
      }}
    >
      {open && (
        <>
          <div className="row g12 mb12">
            <h2 className="grow lg">{title}</h2>
            <button type="button" className="iconbtn" aria-label={t('close')} onClick={onClose}>
              <X size={18} strokeWidth={1.75} />
            </button>
          </div>
          {children}
        </>
      )}
    </dialog>
  )
}
