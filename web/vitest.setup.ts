import { cleanup } from '@testing-library/react'
import { afterEach, vi } from 'vitest'

afterEach(cleanup)

document.documentElement.lang = 'en' // start.js chooses the language in the browser

// jsdom draws nothing, so it has no media.
const matchMedia = vi.fn((query: string) => ({
  matches: false,
  media: query,
  onchange: null,
  addEventListener: () => {},
  removeEventListener: () => {},
  addListener: () => {},
  removeListener: () => {},
  dispatchEvent: () => false,
}))
if (!window.matchMedia) Object.assign(window, { matchMedia })
