import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Journeys go through the built program: one stack, one browser, one page at a time.
const shared = { environment: 'node' as const, globalSetup: './stack.ts', fileParallelism: false, testTimeout: 60_000, hookTimeout: 90_000 }

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  test: {
    projects: [
      { test: { name: 'journeys', include: ['*.test.ts'], ...shared } },
      { test: { name: 'screenshots', include: ['screenshots.ts'], ...shared, testTimeout: 600_000 } },
      { test: { name: 'first-load', include: ['first-load.ts'], ...shared, testTimeout: 240_000 } },
    ],
  },
})
