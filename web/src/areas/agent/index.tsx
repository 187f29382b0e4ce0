import { lazy } from 'react'
import { Navigate, Route } from 'react-router'
import type { Me } from '@/session/session'
import { AreaRoutes } from '@/shell/area-routes'
import area from './area'

const Home = lazy(() => import('./home'))
const Hall = lazy(() => import('./hall'))
const Shift = lazy(() => import('./shift'))
const Shifts = lazy(() => import('./shifts'))
const Offers = lazy(() => import('./offers'))
const Profile = lazy(() => import('./me'))
const Limits = lazy(() => import('./me/limits'))
const Availability = lazy(() => import('./me/availability'))
const Earnings = lazy(() => import('./me/earnings'))
const Timesheets = lazy(() => import('./me/timesheets'))
const Timesheet = lazy(() => import('./me/timesheet'))
const Credentials = lazy(() => import('./me/credentials'))

export default ({ me }: { me: Me }) => (
  <AreaRoutes area={area} me={me}>
    <Route path="home" element={<Home me={me} />} />
    <Route path="hall" element={<Hall />} />
    <Route path="shifts" element={<Shifts />} />
    <Route path="shifts/:id" element={<Shift />} />
    <Route path="offers" element={<Offers />} />
    <Route path="me" element={<Profile me={me} />} />
    <Route path="me/limits" element={<Limits />} />
    <Route path="me/availability" element={<Availability />} />
    <Route path="me/earnings" element={<Earnings />} />
    <Route path="me/timesheets" element={<Timesheets />} />
    <Route path="me/timesheets/:id" element={<Timesheet />} />
    <Route path="me/credentials" element={<Credentials />} />
    <Route path="academy" element={<Navigate to="/agent/me/credentials" replace />} />
  </AreaRoutes>
)
