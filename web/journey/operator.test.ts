import { expect } from 'vitest'
import { journey, open, people, settled, signIn } from './browser'

// An operator runs a plan, watches it end, and asks why seats are still open.
journey('an operator runs a plan and asks why seats are open', async () => {
  const page = await open({ language: 'en' })
  await signIn(page, people.operator, '/operator/plans')
  await settled(page)
  await page.getByRole('button', { name: 'Run a plan' }).first().click()
  await page.getByRole('dialog').getByLabel('Shifts to plan').click()
  await page.getByTitle('Campaign', { exact: true }).click()
  await page.getByRole('dialog').getByLabel('Campaign', { exact: true }).click()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click()
  await page.getByRole('heading', { name: 'Planning run' }).waitFor()
  await page.getByText('Done', { exact: true }).first().waitFor({ timeout: 40_000 })
  await page.getByRole('heading', { name: 'Shifts still open' }).waitFor()
  await page.getByText(/Why \d+ seats? (is|are) open/).waitFor()
  expect(await page.getByText('May take it now').count()).toBe(1)
}, 90_000)
