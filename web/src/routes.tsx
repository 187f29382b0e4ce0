import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { createBrowserRouter, Navigate, Outlet, ScrollRestoration, useLocation } from 'react-router'
import { areas } from './areas'
import { Failure, Offline, Skeleton } from './design/feedback'
import { areaOf, meQuery, useMe } from './session/session'
import { Boundary } from './shell/boundary'

const pages = { agent: lazy(areas.agent), merchant: lazy(areas.merchant), trainer: lazy(areas.trainer), operator: lazy(areas.operator) }
type Area = keyof typeof areas
const Public = lazy(() => import('./areas/public'))
const Shared = lazy(() => import('./areas/shared'))

/** Own opens an area to those who work in it; others are led to theirs, and strangers to the sign-in that leads back here. */
function Own({ area }: { area: Area | 'any' }) {
  const me = useMe()
  const here = useLocation()
  if (me === undefined) return <Waiting />
  if (me === null) return <Navigate to={'/sign-in?to=' + encodeURIComponent(here.pathname + here.search + here.hash)} replace />
  const own = areaOf(me.role)
  if (area === 'any') return <Shared me={me} />
  if (own !== area) return <Navigate to={'/' + own} replace />
  const Pages = pages[area]
  return <Pages me={me} />
}

/** Waiting is for whoever asks to be known; where that fails it says so. */
function Waiting() {
  const { error, refetch } = useQuery({ ...meQuery, enabled: false })
  return <div className="p24">{error ? <Failure problem={error} onRetry={() => void refetch()} /> : <Skeleton lines={[28, 20, 20]} />}</div>
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
