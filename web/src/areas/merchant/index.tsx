import { lazy } from 'react'
import { Navigate, Route } from 'react-router'
import type { Me } from '@/session/session'
import { AreaRoutes } from '@/shell/area-routes'
import area from './area'

const BookingDetail = lazy(() => import('./bookings/detail'))
const Bookings = lazy(() => import('./bookings/list'))
const NewBooking = lazy(() => import('./new-booking'))

/** Merchant is where those who book seats work; finance and viewers see all but what books. */
export default function Merchant({ me }: { me: Me }) {
  const books = me.role === 'owner' || me.role === 'booker'
  return (
    <AreaRoutes area={area} me={me}>
      <Route path="bookings" element={<Bookings me={me} />} />
      <Route path="bookings/new" element={books ? <NewBooking me={me} /> : <Navigate to="/merchant/bookings" replace />} />
      <Route path="bookings/:id" element={<BookingDetail me={me} />} />
    </AreaRoutes>
  )
}
