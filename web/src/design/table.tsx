import { Table as AntTable, type TableProps } from 'antd'
import { useEffect, useRef } from 'react'

/** Table is antd's, whose rows can also be scrolled by keyboard where they are wider than the page. */
export function Table<Row extends object>(props: TableProps<Row>) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    for (const scrolls of box.current?.querySelectorAll<HTMLElement>('.ant-table-content, .ant-table-body') ?? []) scrolls.tabIndex = 0
  })
  return <div ref={box}><AntTable<Row> {...props} /></div>
}
