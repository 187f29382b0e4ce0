import { lazy } from 'react'
import { Route, Routes } from 'react-router'
import { NotFound } from '@/shell/not-found'
import { addWords } from '@/words'
import { Frame } from './frame'
import words from './words'

addWords('public', words)

const Landing = lazy(() => import('./landing'))
const SignIn = lazy(() => import('./sign-in'))
const SignUp = lazy(() => import('./sign-up'))

export default function Public() {
  return (
    <Routes>
      <Route element={<Frame />}>
        <Route index element={<Landing />} />
        <Route path="sign-in" element={<SignIn />} />
        <Route path="sign-up" element={<SignUp />} />
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  )
}
