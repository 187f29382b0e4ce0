import { expect } from 'vitest'
import { journey, open, people, settled, signIn } from './browser'

// The answer to a refresh is lost: the network goes while a phone asks, or its reader leaves the page just then. Who was signed in still is.
journey('a refresh whose answer is lost signs nobody out', async () => {
  const page = await open({ size: 'phone' })
  await signIn(page, people.agent, '/mark.svg')
  let lost = 0
  await page.route('**/sessions/refresh', async (route) => {
    const answer = await route.fetch()
    expect(answer.status()).toBe(200)
    lost++
    await route.abort('connectionreset')
  })
  await page.goto(page.url().replace('/mark.svg', '/agent/home'))
  await expect.poll(() => lost).toBeGreaterThan(0)
  await page.unrouteAll({ behavior: 'wait' })

  await page.reload()
  await settled(page)
  expect(new URL(page.url()).pathname).toBe('/agent/home')
})
