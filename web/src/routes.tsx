import { lazy, Suspense } from 'react'
import { createBrowserRouter, Navigate, Outlet, useLocation } from 'react-router'
import { Skeleton } from './design/feedback'
import { areaOf, useMe } from './session/session'
import { Boundary } from './shell/boundary'

// Each area is a chunk of its own: an agent on a phone never loads the operator's tables.
const areas = {
  agent: lazy(() => import('./areas/agent')),
  merchant: lazy(() => import('./areas/merchant')),
  trainer: lazy(() => import('./areas/trainer')),
  operator: lazy(() => import('./areas/operator')),
}
const Public = lazy(() => import('./areas/public'))
const Shared = lazy(() => import('./areas/shared'))

/** Own opens an area to those who work in it; others are led to theirs, and strangers to the sign-in that leads back here. */
function Own({ area }: { area: keyof typeof areas | 'any' }) {
  const me = useMe()
  const here = useLocation()
  if (me === undefined) return <Waiting />
  if (me === null) return <Navigate to={'/sign-in?to=' + encodeURIComponent(here.pathname + here.search)} replace />
  const own = areaOf(me.role)
  if (area === 'any') return <Shared me={me} />
  if (own !== area) return <Navigate to={'/' + own} replace />
  const Area = areas[area]
  return <Area me={me} />
}

const Waiting = () => <div style={{ padding: 24 }}><Skeleton lines={[28, 20, 20]} /></div>

const Root = () => <Boundary><Suspense fallback={<Waiting />}><Outlet /></Suspense></Boundary>

export const router = createBrowserRouter([
  {
    element: <Root />,
    children: [
      ...(Object.keys(areas) as (keyof typeof areas)[]).map((area) => ({ path: `/${area}/*`, element: <Own area={area} /> })),
      { path: '/me/*', element: <Own area="any" /> },
      { path: '*', element: <Public /> },
    ],
  },
])
