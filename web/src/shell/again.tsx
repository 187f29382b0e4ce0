import { useEffect, useRef, useState, type FormEvent } from 'react'
import { useNavigate } from 'react-router'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { useGoOn, useSignOut, type Me } from '@/session/session'
import { useWords } from '@/words'

/** Again stands over the page whose session the server has ended: one password, and what was typed is as it was. */
export default function Again({ me }: { me: Me }) {
  const t = useWords()
  const shell = useWords('shell')
  const goOn = useGoOn()
  const signOut = useSignOut()
  const go = useNavigate()
  const box = useRef<HTMLDialogElement>(null)
  const [failed, setFailed] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    const before = document.activeElement
    box.current?.showModal()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  const submit = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const password = new FormData(e.currentTarget).get('password') as string
    setBusy(true)
    try {
      await goOn(me, password)
    } catch (cause) {
      setFailed(cause)
      setBusy(false)
    }
  }
  const leave = async () => {
    await signOut()
    await go('/sign-in')
  }
  return (
    <dialog ref={box} className="sheet" aria-label={shell('again.title')} onCancel={(e) => e.preventDefault()}>
      <form className="col g16" onSubmit={(e) => void submit(e)}>
        <div className="col g4">
          <h2 className="lg">{shell('again.title')}</h2>
          <p className="t2">{shell('again.hint')}</p>
        </div>
        <input type="hidden" name="username" autoComplete="username" value={me.email} readOnly />
        <label className="field">
          <span>{shell('again.password', { email: me.email })}</span>
          <input name="password" type="password" autoComplete="current-password" required autoFocus />
        </label>
        {failed !== undefined && <Failure problem={failed} />}
        <div className="row wrap g12">
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('signIn')}
          </Button>
          <Button type="text" onClick={() => void leave()}>
            {shell('again.other')}
          </Button>
        </div>
      </form>
    </dialog>
  )
}
