import type { ReactNode } from 'react'
import { Navigate, Route, Routes } from 'react-router'
import type { Me } from '@/session/session'
import type { Area } from './area'
import { NotFound } from './not-found'
import { Shell } from './shell'

/** AreaRoutes draws an area's pages (Route elements) inside the shell; its first item is where it begins. */
export function AreaRoutes({ area, me, children }: { area: Area; me: Me; children?: ReactNode }) {
  const first = area.items.find((i) => !i.roles || i.roles.includes(me.role))
  return (
    <Routes>
      <Route element={<Shell area={area} me={me} />}>
        {first && <Route index element={<Navigate to={first.to} replace />} />}
        {children}
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  )
}
