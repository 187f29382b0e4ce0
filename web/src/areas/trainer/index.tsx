import { lazy } from 'react'
import { Route } from 'react-router'
import Antd from '@/design/antd'
import type { Me } from '@/session/session'
import { AreaRoutes } from '@/shell/area-routes'
import { entrances } from '..'
import area from './area'

const Courses = lazy(entrances['/trainer/courses'])
const Course = lazy(() => import('./course/page'))
const Banks = lazy(() => import('./banks'))
const Bank = lazy(() => import('./bank/page'))
const Papers = lazy(() => import('./papers'))
const Paper = lazy(() => import('./paper/page'))
const Grading = lazy(() => import('./grading/page'))
const Items = lazy(() => import('./items/page'))
const Trials = lazy(() => import('./trials'))
const Credentials = lazy(() => import('../official/board'))
const Credential = lazy(() => import('../official/credential'))
const Appeals = lazy(() => import('../official/appeals'))
const Question = lazy(() => import('./question/page'))
const PeerQuestions = lazy(() => import('./questions'))
const PeerQuestion = lazy(() => import('./questions').then((m) => ({ default: m.One })))
const Packs = lazy(() => import('../pack/train').then((m) => ({ default: m.Packs })))
const Pack = lazy(() => import('../pack/train'))
const Talks = lazy(() => import('./talks'))

export default ({ me }: { me: Me }) => (
  <Antd>
    <AreaRoutes area={area} me={me}>
      <Route path="courses" element={<Courses />} />
      <Route path="courses/:id" element={<Course />} />
      <Route path="banks" element={<Banks />} />
      <Route path="banks/:id" element={<Bank />} />
      <Route path="banks/:id/questions/:question" element={<Question />} />
      <Route path="papers" element={<Papers />} />
      <Route path="papers/:id" element={<Paper />} />
      <Route path="packs" element={<Packs />} />
      <Route path="packs/:id" element={<Pack />} />
      <Route path="grading" element={<Grading />} />
      <Route path="items" element={<Items />} />
      <Route path="trials" element={<Trials />} />
      <Route path="questions" element={<PeerQuestions />} />
      <Route path="questions/:id" element={<PeerQuestion />} />
      <Route path="talks" element={<Talks />} />
      <Route path="credentials" element={<Credentials />} />
      <Route path="credentials/:id" element={<Credential />} />
      <Route path="appeals" element={<Appeals />} />
    </AreaRoutes>
  </Antd>
)
