import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router'
import { Problem } from './api/problem'
import './design/base.css'
import { ThemeProvider } from './design/theme'
import { router } from './routes'
import { wordsReady } from './words'

const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 10_000, retry: (failures, error) => failures < 2 && error instanceof Problem && (error.status === 0 || error.status >= 502) },
  },
})

// Without words nothing can be said; the page has its frame until then (index.html).
void wordsReady.then(() => createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <ThemeProvider><RouterProvider router={router} /></ThemeProvider>
    </QueryClientProvider>
  </StrictMode>,
))
