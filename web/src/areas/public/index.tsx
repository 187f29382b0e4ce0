import { lazy } from 'react'
import { Route, Routes } from 'react-router'
import { NotFound } from '@/shell/not-found'
import { Frame } from './frame'

const Antd = lazy(() => import('@/design/antd'))
const Credential = lazy(() => import('./credential'))
const Find = lazy(() => import('./find'))
const Gallery = lazy(() => import('./gallery'))
const Landing = lazy(() => import('./landing'))
const TransparencyLog = lazy(() => import('./log'))
const SignIn = lazy(() => import('./sign-in'))
const SignUp = lazy(() => import('./sign-up'))
const Welcome = lazy(() => import('./welcome'))

export default function Public() {
  return (
    <Routes>
      <Route element={<Frame />}>
        <Route index element={<Landing />} />
        <Route element={<Antd />}>
          <Route path="sign-in" element={<SignIn />} />
          <Route path="sign-up" element={<SignUp />} />
          <Route path="welcome" element={<Welcome />} />
        </Route>
        <Route path="credentials" element={<Find />} />
        <Route path="credentials/:publicId" element={<Credential />} />
        <Route path="design" element={<Gallery />} />
        <Route path="log" element={<TransparencyLog />} />
        <Route
          path="*"
          element={
            <div className="narrow">
              <div className="panel">
                <NotFound />
              </div>
            </div>
          }
        />
      </Route>
    </Routes>
  )
}
