import { fireEvent, render, screen, within } from '@testing-library/react'
import { beforeAll, expect, test, vi } from 'vitest'
import { chooseLanguage, wordsReady } from '@/words'
import { Reasons } from './reasons'

beforeAll(async () => {
  await wordsReady
  chooseLanguage('en')
  await vi.waitFor(() => expect(document.documentElement.lang).toBe('en'))
})

test('a reason says the rule, what is and what is needed, how soon, and starts the step', () => {
  const start = vi.fn()
  render(
    <Reasons
      list={[
        { key: 'rest', rule: 'Rest between shifts', value: '6.5 h', needed: '8 h', hint: 'from 05:30' },
        { key: 'pack', rule: 'Quiz of the brand pack', action: { label: 'Take the quiz', start } },
      ]}
    />,
  )
  const [rest, pack] = screen.getAllByRole('listitem') as [HTMLElement, HTMLElement]
  // Who hears it hears which of the two is which: the arrow between them is for eyes.
  expect(rest.textContent).toMatch(/Rest between shifts.*now 6\.5 h.*need\S* 8 h.*from 05:30/)
  expect(within(rest).queryByRole('button')).toBeNull()
  fireEvent.click(within(pack).getByRole('button', { name: 'Take the quiz' }))
  expect(start).toHaveBeenCalledOnce()
})
