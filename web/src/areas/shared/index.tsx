import { lazy } from 'react'
import { Route, Routes } from 'react-router'
import { areaOf, type Me } from '@/session/session'
import { NotFound } from '@/shell/not-found'
import { Shell } from '@/shell/shell'
import agent from '../agent/area'
import merchant from '../merchant/area'
import operator from '../operator/area'
import trainer from '../trainer/area'

const Antd = lazy(() => import('@/design/antd'))
const Notices = lazy(() => import('./notices'))
const Profile = lazy(() => import('./profile'))

const areas = { agent, merchant, operator, trainer }

/** Shared pages are the same for every role, inside the navigation of the reader's own. */
export default function Shared({ me }: { me: Me }) {
  return (
    <Routes>
      <Route element={<Shell area={areas[areaOf(me.role)]} me={me} />}>
        <Route path="notices" element={<Notices me={me} />} />
        <Route element={<Antd />}>
          <Route path="profile" element={<Profile />} />
        </Route>
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  )
}
