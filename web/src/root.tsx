import { QueryClientProvider } from '@tanstack/react-query'
import { startTransition, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router'
import { queries } from './api/queries'
import { ThemeProvider } from './design/theme'
import { router } from './routes'
import { isUnloaded } from './shell/boundary'
import { wordsReady } from './words'

/** draw puts the app in place of the frame, once it has words. As a transition it is drawn in slices, between which the page answers. */
export async function draw() {
  await wordsReady.catch(() => undefined) // the page stands without them, and says keys
  startTransition(() =>
    createRoot(document.getElementById('root')!, {
      onCaughtError: (cause) => isUnloaded(cause) || console.error(cause), // a file that is gone is no fault of the page's
    }).render(
      <StrictMode>
        <QueryClientProvider client={queries}>
          <ThemeProvider>
            <RouterProvider router={router} />
          </ThemeProvider>
        </QueryClientProvider>
      </StrictMode>,
    ),
  )
}
