import { lazy } from 'react'
import { Route, Routes } from 'react-router'
import { NotFound } from '@/shell/not-found'
import { addWords } from '@/words'
import { Frame } from './frame'
import words from './words'

addWords('public', words)

const Credential = lazy(() => import('./credential'))
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
        <Route path="sign-in" element={<SignIn />} />
        <Route path="sign-up" element={<SignUp />} />
        <Route path="welcome" element={<Welcome />} />
        <Route path="credentials/:publicId" element={<Credential />} />
        <Route path="log" element={<TransparencyLog />} />
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  )
}
