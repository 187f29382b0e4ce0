import { Suspense } from 'react'
import { Link, Outlet, useLocation, useNavigate } from 'react-router'
import { Button } from '@/design/button'
import { Skeleton } from '@/design/feedback'
import { Mark } from '@/design/mark'
import { areaOf, useMe } from '@/session/session'
import { LanguageButton, ModeButton } from '@/shell/shell'
import { useWords } from '@/words'

/** Frame is what pages for strangers share: the name, the language, the way in. */
export function Frame() {
  const t = useWords()
  const publicWords = useWords('public')
  const me = useMe()
  const go = useNavigate()
  const here = useLocation().pathname
  return (
    <div style={{ minHeight: '100dvh' }}>
      <a className="skiplink" href="#work">
        {t('skip')}
      </a>
      <header className="row g16" style={{ maxWidth: 1296, margin: '0 auto', padding: '16px 20px' }}>
        <Link to="/" className="brand" style={{ padding: 0, fontSize: 16 }}>
          <Mark size={26} />
          {t('name')}
        </Link>
        <nav className="row g16 frame-links" aria-label={t('menu')}>
          <Link to="/log">{publicWords('log.title')}</Link>
        </nav>
        <span className="end row g16">
          <ModeButton />
          <LanguageButton />
          {me ? (
            <Button onClick={() => void go('/' + areaOf(me.role))}>{me.name}</Button>
          ) : (
            here !== '/sign-in' && <Button onClick={() => void go('/sign-in')}>{t('signIn')}</Button>
          )}
        </span>
      </header>
      <main id="work" tabIndex={-1}>
        <Suspense
          key={here}
          fallback={
            <div style={{ padding: 24, maxWidth: 640, margin: '0 auto' }}>
              <Skeleton lines={[32, 20, 20, 44]} />
            </div>
          }
        >
          <Outlet />
        </Suspense>
      </main>
    </div>
  )
}
