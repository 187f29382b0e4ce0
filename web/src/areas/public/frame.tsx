import { ChevronRight } from 'lucide-react'
import { Suspense } from 'react'
import { Link, NavLink, Outlet, useLocation } from 'react-router'
import { buttonClass } from '@/design/button'
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
  const here = useLocation().pathname
  const checking = here.startsWith('/credentials')
  return (
    <div className="outside">
      <a className="skiplink" href="#work">
        {t('skip')}
      </a>
      <header className="masthead row g16">
        <Link to="/" className="brand">
          <Mark size={26} />
          {t('name')}
        </Link>
        <nav className="row g16" aria-label={t('menu')}>
          <NavLink to="/credentials" className={checking ? undefined : 'deskonly'}>
            {publicWords('credential.title')}
          </NavLink>
          <NavLink to="/log" className="deskonly">
            {publicWords('log.title')}
          </NavLink>
        </nav>
        <span className="end row g16">
          <ModeButton />
          <LanguageButton />
          {me ? (
            <Link to={'/' + areaOf(me.role)} className={buttonClass({ className: 'goon' })}>
              <span className="trunc">{publicWords('goOn', { name: me.name })}</span>
              <ChevronRight size={15} aria-hidden className="rigid" />
            </Link>
          ) : (
            here !== '/sign-in' && (
              <Link to="/sign-in" className={buttonClass({ className: checking ? 'deskonly' : undefined })}>
                {t('signIn')}
              </Link>
            )
          )}
        </span>
      </header>
      <main id="work" tabIndex={-1}>
        <Suspense
          key={here}
          fallback={
            <div className="narrow">
              <div className="panel p24">
                <Skeleton lines={[28, 20, 20, 44]} />
              </div>
            </div>
          }
        >
          <Outlet />
        </Suspense>
      </main>
      <footer className="footlinks row wrap g16 sm">
        <span className="t3">{publicWords('foot.about')}</span>
        <Link to="/credentials">{publicWords('credential.title')}</Link>
        <Link to="/log">{publicWords('log.title')}</Link>
        <a href="/openapi.json">{publicWords('foot.api')}</a>
      </footer>
    </div>
  )
}
