import { lazy } from 'react'
import { Route, Routes } from 'react-router'
import type { Me } from '@/session/session'
import { AreaRoutes } from '@/shell/area-routes'
import area from './area'
import Home from './home'

const Antd = lazy(() => import('@/design/antd'))
const Hall = lazy(() => import('./hall'))
const Shift = lazy(() => import('./shift'))
const Shifts = lazy(() => import('./shifts'))
const Offers = lazy(() => import('./offers'))
const Profile = lazy(() => import('./me'))
const Limits = lazy(() => import('./me/limits'))
const Identity = lazy(() => import('./me/identity'))
const Availability = lazy(() => import('./me/availability'))
const Earnings = lazy(() => import('./me/earnings'))
const Timesheets = lazy(() => import('./me/timesheets'))
const Timesheet = lazy(() => import('./me/timesheet'))
const Credentials = lazy(() => import('./me/credentials'))
const Tier = lazy(() => import('./me/tier'))
const Academy = lazy(() => import('./academy'))
const Course = lazy(() => import('./academy/course'))
const Paper = lazy(() => import('../exam/door'))
const Simulation = lazy(() => import('./academy/simulation'))
const SimulationRoom = lazy(() => import('./academy/simulation/room'))
const Pack = lazy(() => import('../pack/read'))
const Trials = lazy(() => import('./academy/trials'))
const Assessments = lazy(() => import('./academy/assessments'))
const Assessment = lazy(() => import('./academy/assessment'))
const TakeAssessment = lazy(() => import('./academy/assessment-take'))
const Placements = lazy(() => import('./academy/placement'))
const PlacementRoom = lazy(() => import('./academy/placement-room'))
const Play = lazy(() => import('./academy/play'))
const Questions = lazy(() => import('./academy/questions'))
const Question = lazy(() => import('./academy/questions').then((m) => ({ default: m.One })))
const Ask = lazy(() => import('./academy/questions').then((m) => ({ default: m.Ask })))
const Talks = lazy(() => import('./academy/talks'))
const Exam = lazy(() => import('../exam'))

/** An agent's pages; the exam room and a simulation's have the screen to themselves. The first page does without antd. */
export default ({ me }: { me: Me }) => (
  <Routes>
    <Route element={<Antd />}>
      <Route path="exam/:id" element={<Exam />} />
      <Route path="simulation-runs/:id" element={<SimulationRoom />} />
    </Route>
    <Route path="*" element={<Pages me={me} />} />
  </Routes>
)

const Pages = ({ me }: { me: Me }) => (
  <AreaRoutes area={area} me={me}>
    <Route path="home" element={<Home me={me} />} />
    <Route element={<Antd />}>
      <Route path="hall" element={<Hall />} />
      <Route path="shifts" element={<Shifts />} />
      <Route path="shifts/:id" element={<Shift />} />
      <Route path="offers" element={<Offers />} />
      <Route path="me" element={<Profile me={me} />} />
      <Route path="me/limits" element={<Limits />} />
      <Route path="me/identity" element={<Identity />} />
      <Route path="me/availability" element={<Availability />} />
      <Route path="me/earnings" element={<Earnings />} />
      <Route path="me/timesheets" element={<Timesheets />} />
      <Route path="me/timesheets/:id" element={<Timesheet />} />
      <Route path="me/credentials" element={<Credentials />} />
      <Route path="me/tier" element={<Tier />} />
      <Route path="academy" element={<Academy />} />
      <Route path="academy/courses/:id" element={<Course />} />
      <Route path="academy/papers/:id" element={<Paper />} />
      <Route path="academy/simulations/:code" element={<Simulation />} />
      <Route path="academy/trials" element={<Trials />} />
      <Route path="academy/assessments" element={<Assessments />} />
      <Route path="academy/assessments/:form" element={<Assessment />} />
      <Route path="academy/assessments/:form/take" element={<TakeAssessment />} />
      <Route path="academy/placement" element={<Placements />} />
      <Route path="academy/placement/:id" element={<PlacementRoom />} />
      <Route path="academy/play" element={<Play />} />
      <Route path="academy/questions" element={<Questions />} />
      <Route path="academy/questions/new" element={<Ask />} />
      <Route path="academy/questions/:id" element={<Question />} />
      <Route path="academy/talks" element={<Talks />} />
      <Route path="packs/:id" element={<Pack />} />
    </Route>
  </AreaRoutes>
)
