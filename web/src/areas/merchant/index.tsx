import { lazy } from 'react'
import { Navigate, Route } from 'react-router'
import type { Me } from '@/session/session'
import { AreaRoutes } from '@/shell/area-routes'
import { entrances } from '..'
import area from './area'

const Antd = lazy(() => import('@/design/antd'))
const BookingDetail = lazy(() => import('./bookings/detail'))
const Bookings = lazy(() => import('./bookings/list'))
const Today = lazy(entrances['/merchant/today'])
const Keys = lazy(() => import('./team/keys'))
const Shops = lazy(() => import('./team/shops'))
const Team = lazy(() => import('./team/team'))
const Timesheets = lazy(() => import('./timesheets/timesheets'))
const Pack = lazy(() => import('../pack/editor'))
const Wallet = lazy(() => import('./wallet/wallet'))
const NewBooking = lazy(() => import('./new-booking'))

/** Merchant is where those who book seats work; finance and viewers see all but what books. The first page does without antd. */
export default function Merchant({ me }: { me: Me }) {
  const books = me.role === 'owner' || me.role === 'booker'
  return (
    <AreaRoutes area={area} me={me}>
      <Route path="today" element={<Today />} />
      <Route element={<Antd />}>
        <Route path="bookings" element={<Bookings me={me} />} />
        <Route path="bookings/new" element={books ? <NewBooking me={me} /> : <Navigate to="/merchant/bookings" replace />} />
        <Route path="bookings/:id" element={<BookingDetail me={me} />} />
        <Route path="timesheets" element={<Timesheets me={me} />} />
        <Route path="wallet" element={<Wallet me={me} />} />
        <Route path="shops" element={<Shops me={me} />} />
        <Route path="shops/:id/pack" element={<Pack me={me} />} />
        {me.role === 'owner' && <Route path="team" element={<Team me={me} />} />}
        {me.role === 'owner' && <Route path="keys" element={<Keys />} />}
      </Route>
    </AreaRoutes>
  )
}
