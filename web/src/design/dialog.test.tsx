import { fireEvent, render, screen } from '@testing-library/react'
import { Input } from 'antd'
import { expect, test, vi } from 'vitest'
import { Dialog } from './dialog'

vi.setConfig({ testTimeout: 20_000 }) // antd takes its time to draw the first

const real = window.getComputedStyle.bind(window)
window.getComputedStyle = (element) => real(element) // jsdom has no pseudo-elements

const show = () => {
  const close = vi.fn()
  render(
    <Dialog open title="Dispute" onCancel={close}>
      <Input aria-label="reason" />
      <ul className="ant-select-dropdown">
        <li>came late</li>
      </ul>
    </Dialog>,
  )
  const beside = () => {
    const wrap = document.querySelector('.ant-modal-wrap')!
    fireEvent.mouseDown(wrap)
    fireEvent.mouseUp(wrap)
    fireEvent.click(wrap)
  }
  return { close, beside }
}

test('a click beside a dialog closes it while nothing is typed', () => {
  const { close, beside } = show()
  beside()
  expect(close).toHaveBeenCalledOnce()
})

test('what was typed is not lost by a click beside it, and the button still closes', () => {
  const { close, beside } = show()
  fireEvent.input(screen.getByLabelText('reason'), { target: { value: 'left at nine' } })
  beside()
  expect(close).not.toHaveBeenCalled()
  fireEvent.click(screen.getByRole('button', { name: /cancel/i }))
  expect(close).toHaveBeenCalledOnce()
})

test('to choose from a list is to have typed', () => {
  const { close, beside } = show()
  fireEvent.click(screen.getByText('came late'))
  beside()
  expect(close).not.toHaveBeenCalled()
})
