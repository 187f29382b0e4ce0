import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { createBrowserRouter, Navigate, Outlet, ScrollRestoration, useLocation } from 'react-router'
import { areas } from './areas'
import { Failure, Offline, Skeleton } from './design/feedback'
import { Mark } from './design/mark'
import { areaOf, meQuery, useMe, useOver } from './session/session'
import { Boundary } from './shell/boundary'
import { useWords } from './words'

const pages = { agent: lazy(areas.agent), merchant: lazy(areas.merchant), trainer: lazy(areas.trainer), operator: lazy(areas.operator) }
type Area = keyof typeof areas
const Public = lazy(() => import('./areas/public'))
const Shared = lazy(() => import('./areas/shared'))
const Again = lazy(() => import('./shell/again'))

/**
 * Own opens an area to those who work in it; others are led to theirs, and strangers to the sign-in that leads back here. Where the server
 * ends the session of somebody at work, their page stays and asks for the password.
 */
function Own({ area }: { area: Area | 'any' }) {
  const me = useMe()
  const over = useOver()
  const here = useLocation()
  if (me === undefined) return <Waiting />
  if (me === null) return <Navigate to={'/sign-in?to=' + encodeURIComponent(here.pathname + here.search + here.hash)} replace />
  const own = areaOf(me.role)
  if (area !== 'any' && own !== area) return <Navigate to={'/' + own} replace />
  const Pages = area === 'any' ? Shared : pages[area]
  return (
    <>
      <Pages me={me} />
      {over && (
        <Suspense fallback={null}>
          <Again me={me} />
        </Suspense>
      )}
    </>
  )
}

/** Waiting is for whoever asks to be known, in the frame that their page will have; where that fails it says so. */
function Waiting() {
  const t = useWords()
  const { error, refetch } = useQuery({ ...meQuery, enabled: false })
  const working = /^\/(agent|merchant|trainer|operator|me)(\/|$)/.test(useLocation().pathname)
  const said = error ? <Failure problem={error} onRetry={() => void refetch()} /> : <Skeleton lines={[28, 20, 20]} />
  if (!working) return <div className="p24">{said}</div>
  return (
    <div className="shell untabbed">
      {['bar', 'nav'].map((place) => (
        <div key={place} className={place}>
          <span className="brand">
            <Mark />
            {t('name')}
          </span>
        </div>
      ))}
      <div className="work">
        <div className="top" />
        <div className="sec">{said}</div>
      </div>
    </div>
  )
}

const Root = () => (
  <Boundary>
    <Suspense fallback={<Waiting />}>
      <Outlet />
    </Suspense>
    <Offline />
    <ScrollRestoration />
  </Boundary>
)

export const router = createBrowserRouter([
  {
    element: <Root />,
    children: [
      ...(Object.keys(areas) as Area[]).map((area) => ({ path: `/${area}/*`, element: <Own area={area} /> })),
      { path: '/me/*', element: <Own area="any" /> },
      { path: '*', element: <Public /> },
    ],
  },
])
