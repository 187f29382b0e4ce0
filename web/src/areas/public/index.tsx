import { lazy } from 'react'
import { Route, Routes } from 'react-router'
import Antd from '@/design/antd'
import { NotFound } from '@/shell/not-found'
import { Frame } from './frame'

const Credential = lazy(() => import('./credential'))
const Landing = lazy(() => import('./landing'))
const TransparencyLog = lazy(() => import('./log'))
const SignIn = lazy(() => import('./sign-in'))
const SignUp = lazy(() => import('./sign-up'))
const Welcome = lazy(() => import('./welcome'))

export default function Public() {
  return (
    <Antd>
      <Routes>
        <Route element={<Frame />}>
          <Route index element={<Landing />} />
          <Route path="sign-in" element={<SignIn />} />
          <Route path="sign-up" element={<SignUp />} />
          <Route path="welcome" element={<Welcome />} />
          <Route path="credentials/:publicId" element={<Credential />} />
          <Route path="log" element={<TransparencyLog />} />
          <Route path="*" element={<div style={{ maxWidth: 640, margin: '24px auto', padding: '0 12px' }}><div className="panel"><NotFound /></div></div>} />
        </Route>
      </Routes>
    </Antd>
  )
}
