import { Table as AntTable, type TableProps } from 'antd'
import { useEffect, useRef, useState, type Key, type ReactNode } from 'react'
import { useWords } from '@/words'
import { Button } from './button'
import { usePhone } from './theme'

/** A table that asks for no more room than this (scroll.x) stays one on a phone. */
const narrow = 360

/**
 * Table is antd's, whose rows can also be scrolled by keyboard where they are wider than the page. On a phone one that is wider (scroll.x)
 * is a list instead: the first column names a row, the others stand under it with their heads before them.
 */
export function Table<Row extends object>(props: TableProps<Row>) {
  const isPhone = usePhone()
  const wide = typeof props.scroll?.x === 'number' && props.scroll.x > narrow
  const choosesMany = props.rowSelection && props.rowSelection.type !== 'radio'
  return isPhone && wide && !props.virtual && !props.summary && !choosesMany ? <RowList {...props} /> : <Scrolled {...props} />
}

function Scrolled<Row extends object>(props: TableProps<Row>) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    for (const scrolls of box.current?.querySelectorAll<HTMLElement>('.ant-table-content, .ant-table-body') ?? []) scrolls.tabIndex = 0
  })
  return (
    <div ref={box}>
      <AntTable<Row> {...props} />
    </div>
  )
}

interface Column<Row> {
  title?: ReactNode
  dataIndex?: unknown
  render?: (value: never, row: Row, i: number) => ReactNode
}

function RowList<Row extends object>({
  columns = [],
  dataSource = [],
  rowKey,
  pagination,
  expandable,
  rowSelection,
  onRow,
  'aria-label': label,
}: TableProps<Row> & { 'aria-label'?: string }) {
  const t = useWords()
  const page = (pagination && pagination.pageSize) || Infinity
  const [shown, show] = useState(page)
  const [name, ...facts] = columns as Column<Row>[]
  const cell = (c: Column<Row>, row: Row, i: number) => {
    const value = c.dataIndex === undefined ? undefined : row[c.dataIndex as keyof Row]
    return c.render ? c.render(value as never, row, i) : (value as ReactNode)
  }
  const keyOf = (row: Row, i: number) => (typeof rowKey === 'function' ? rowKey(row, i) : (row[rowKey as keyof Row] as Key)) ?? i
  const heading = ({ title }: Column<Row>) => typeof title !== 'function' && title !== '' && title
  return (
    <>
      <ul className="rowlist" aria-label={label}>
        {dataSource.slice(0, shown).map((row, i) => {
          const key = keyOf(row, i)
          const chosen = rowSelection?.selectedRowKeys?.includes(key)
          const said = facts
            .map((c, n) => ({ n, head: heading(c), value: cell(c, row, i) }))
            .filter(({ value }) => value !== null && value !== undefined && value !== false && value !== '')
          return (
            <li key={key} aria-current={chosen || undefined} onClick={onRow?.(row, i).onClick}>
              <div className="rowname">
                {rowSelection && (
                  <input
                    type="radio"
                    aria-label={t('open')}
                    checked={chosen}
                    onChange={() => rowSelection.onChange?.([key], [row], { type: 'single' })}
                  />
                )}
                <div className="grow">{name && cell(name, row, i)}</div>
              </div>
              <dl>
                {said.map(({ n, head, value }) => (
                  <div key={n} className={head ? undefined : 'bare'}>
                    <dt>{head}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
              {expandable?.expandedRowRender && (expandable.rowExpandable?.(row) ?? true) && (
                <More>{() => expandable.expandedRowRender!(row, i, 0, true)}</More>
              )}
            </li>
          )
        })}
      </ul>
      {dataSource.length > shown && (
        <div className="mt12">
          <Button onClick={() => show((n) => n + page)}>{t('loadMore')}</Button>
        </div>
      )}
    </>
  )
}

/** More is what a row holds besides, drawn when it is asked for. */
function More({ children }: { children: () => ReactNode }) {
  const t = useWords()
  const [open, set] = useState(false)
  return (
    <details onToggle={(e) => set(e.currentTarget.open)} onClick={(e) => e.stopPropagation()}>
      <summary className="sm t2">{t('details')}</summary>
      {open && children()}
    </details>
  )
}
