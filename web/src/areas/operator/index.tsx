import { lazy } from 'react'
import { Route } from 'react-router'
import Antd from '@/design/antd'
import type { Me } from '@/session/session'
import { AreaRoutes } from '@/shell/area-routes'
import { entrances } from '..'
import area from './area'

const Market = lazy(entrances['/operator/market'])
const Plans = lazy(() => import('./plans'))
const Plan = lazy(() => import('./plan'))
const Campaigns = lazy(() => import('./campaigns'))
const Taxonomy = lazy(() => import('./taxonomy'))
const Prices = lazy(() => import('./prices'))
const People = lazy(() => import('./people'))
const Disputes = lazy(() => import('./disputes'))
const Person = lazy(() => import('./person'))
const Credentials = lazy(() => import('../official/board'))
const Credential = lazy(() => import('../official/credential'))
const Appeals = lazy(() => import('../official/appeals'))
const Parked = lazy(() => import('./parked'))
const Audit = lazy(() => import('./audit'))

export default ({ me }: { me: Me }) => (
  <Antd>
    <AreaRoutes area={area} me={me}>
      <Route path="market" element={<Market />} />
      <Route path="plans" element={<Plans />} />
      <Route path="plans/:id" element={<Plan />} />
      <Route path="campaigns" element={<Campaigns />} />
      <Route path="taxonomy" element={<Taxonomy />} />
      <Route path="prices" element={<Prices />} />
      <Route path="people" element={<People />} />
      <Route path="people/:id" element={<Person />} />
      <Route path="credentials" element={<Credentials />} />
      <Route path="credentials/:id" element={<Credential />} />
      <Route path="disputes" element={<Disputes />} />
      <Route path="appeals" element={<Appeals />} />
      <Route path="parked" element={<Parked />} />
      <Route path="audit" element={<Audit />} />
    </AreaRoutes>
  </Antd>
)
