import { fireEvent, render, screen, within } from '@testing-library/react'
import { beforeAll, expect, test, vi } from 'vitest'
import { chooseLanguage, wordsReady } from '@/words'
import { Table } from './table'

// The window is a phone's; theme.tsx asks it once, when it is read.
vi.hoisted(() => {
  const media = window.matchMedia.bind(window)
  window.matchMedia = (query) => ({ ...media(query), matches: query.includes('max-width: 899px') })
})

interface Row {
  id: string
  name: string
  minutes: number
  note: string | null
}
const rows = Array.from({ length: 25 }, (_, i): Row => ({ id: 'r' + i, name: 'Row ' + i, minutes: i * 10, note: i === 0 ? 'odd' : null }))
const columns = [
  { title: 'Name', dataIndex: 'name' },
  { title: 'Minutes', dataIndex: 'minutes', render: (m: number) => m + ' min' },
  { title: 'Note', dataIndex: 'note' },
]

beforeAll(async () => {
  await wordsReady
  chooseLanguage('en')
  await vi.waitFor(() => expect(document.documentElement.lang).toBe('en'))
})

test('on a phone a wide table is a list: a row is named by its first column, the others say their heads', () => {
  render(<Table<Row> aria-label="Rows" rowKey="id" columns={columns} dataSource={rows} pagination={{ pageSize: 10 }} scroll={{ x: 800 }} />)
  const list = screen.getByRole('list', { name: 'Rows' })
  const shown = () => within(list).getAllByRole('listitem')
  expect(shown()).toHaveLength(10)
  expect(shown()[0]!.textContent).toBe('Row 0Minutes0 minNoteodd')
  expect(shown()[1]!.textContent).toBe('Row 1Minutes10 min') // a value that is none is not named
  fireEvent.click(screen.getByRole('button'))
  expect(shown()).toHaveLength(20)
  fireEvent.click(screen.getByRole('button'))
  expect(shown()).toHaveLength(25)
  expect(screen.queryByRole('button')).toBeNull()
})

test('a table that fits stays one', () => {
  render(<Table<Row> aria-label="Rows" rowKey="id" columns={columns} dataSource={rows.slice(0, 3)} pagination={false} />)
  expect(screen.getByRole('table')).toBeTruthy()
})

test('a row chosen on a phone is told', () => {
  const choose = vi.fn()
  render(
    <Table<Row>
      rowKey="id"
      columns={columns}
      dataSource={rows.slice(0, 3)}
      pagination={false}
      scroll={{ x: 800 }}
      rowSelection={{ type: 'radio', selectedRowKeys: ['r1'], onChange: choose }}
    />,
  )
  const radios = screen.getAllByRole<HTMLInputElement>('radio')
  expect(radios.map((r) => r.checked)).toEqual([false, true, false])
  fireEvent.click(radios[2]!)
  expect(choose).toHaveBeenCalledWith(['r2'], [rows[2]], { type: 'single' })
})
