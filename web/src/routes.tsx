import { lazy, Suspense } from 'react'
import { createBrowserRouter, Navigate, Outlet, useLocation } from 'react-router'
import { Skeleton } from './design/feedback'
import { areaOf, useMe } from './session/session'
import { Boundary } from './shell/boundary'

// Each area is a chunk of its own: an agent on a phone never loads the operator's tables.
const load = {
  agent: () => import('./areas/agent'),
  merchant: () => import('./areas/merchant'),
  trainer: () => import('./areas/trainer'),
  operator: () => import('./areas/operator'),
}
type Area = keyof typeof load
const areas = { agent: lazy(load.agent), merchant: lazy(load.merchant), trainer: lazy(load.trainer), operator: lazy(load.operator) }
const Public = lazy(() => import('./areas/public'))
const Shared = lazy(() => import('./areas/shared'))

// What the address needs is asked for at once, and not only when whoever asks is known.
const first = location.pathname.split('/')[1] as Area
if (first in load) void load[first]()

/** Own opens an area to those who work in it; others are led to theirs, and strangers to the sign-in that leads back here. */
function Own({ area }: { area: Area | 'any' }) {
  const me = useMe()
  const here = useLocation()
  if (me === undefined) return <Waiting />
  if (me === null) return <Navigate to={'/sign-in?to=' + encodeURIComponent(here.pathname + here.search)} replace />
  const own = areaOf(me.role)
  if (area === 'any') return <Shared me={me} />
  if (own !== area) return <Navigate to={'/' + own} replace />
  const Pages = areas[area]
  return <Pages me={me} />
}

const Waiting = () => <div style={{ padding: 24 }}><Skeleton lines={[28, 20, 20]} /></div>

const Root = () => <Boundary><Suspense fallback={<Waiting />}><Outlet /></Suspense></Boundary>

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
