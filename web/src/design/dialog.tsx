import { Modal, type ModalProps } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTyped } from './typed'

/**
 * Dialog is antd's Modal for those that are drawn only while they are open: whoever opened it has the focus again when it goes, which antd
 * does for dialogs that stay and hide. A click beside it closes it as long as nobody has typed in it.
 */
export function Dialog(props: ModalProps) {
  const [opener] = useState(() => document.activeElement)
  const back = useRef<ReturnType<typeof setTimeout>>(undefined)
  const { typed, listen } = useTyped()
  useEffect(() => {
    clearTimeout(back.current)
    return () => {
      back.current = setTimeout(() => {
        if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
      })
    }
  }, [opener])
  return (
    <div className="contents" {...listen}>
      <Modal mask={{ closable: !typed }} {...props} />
    </div>
  )
}
