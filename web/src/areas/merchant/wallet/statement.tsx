import { useQuery } from '@tanstack/react-query'
import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Loaded } from '@/design/feedback'
import { Money } from '@/design/money'
import { Table } from '@/design/table'
import { localDate, When } from '@/design/time'
import { usePhone } from '@/design/theme'
import { useWords } from '@/words'
import { useTitles } from './titles'

/** Statement is the account of a month: its sums, the bill of every booking, what was returned and what was charged. */
export function Statement() {
  const t = useWords('merchant')
  const phone = usePhone()
  const titles = useTitles()
  const [month, setMonth] = useState(() => localDate(Date.now()).slice(0, 7))
  const query = useQuery({
    queryKey: ['statement', month],
    queryFn: () => body(api.GET('/api/v1/statements', { params: { query: { month } } })),
  })
  const name = (id: string) => <Link to={'/merchant/bookings/' + id}>{titles.get(id) ?? '…' + id.slice(-6)}</Link>
  return (
    <div className="col g16">
      <div>
        <DatePicker
          picker="month"
          allowClear={false}
          aria-label={t('wallet.month')}
          value={dayjs(month + '-01')}
          maxDate={dayjs()}
          onChange={(d) => d && setMonth(d.format('YYYY-MM'))}
        />
      </div>
      <Loaded query={query}>
        {({ merchant: m }) =>
          !m ? null : (
            <>
              <dl className="col g8 w420">
                <div className="row between">
                  <dt className="t2">{t('wallet.opening')}</dt>
                  <dd>
                    <Money value={m.opening} />
                  </dd>
                </div>
                {m.sums.map((s) => (
                  <div key={s.kind} className="row between">
                    <dt>{t('wallet.kind.' + s.kind)}</dt>
                    <dd>
                      <Money value={s.amount} credit={s.amount.amount > 0} />
                    </dd>
                  </div>
                ))}
                <div className="row between base sumline">
                  <dt className="b">{t('wallet.closing')}</dt>
                  <dd>
                    <Money value={m.closing} size={20} />
                  </dd>
                </div>
              </dl>
              <h3>{t('wallet.bills')}</h3>
              {m.bills.length === 0 ? (
                <p className="sm t2">{t('wallet.noBills')}</p>
              ) : phone ? (
                <ul className="rows">
                  {m.bills.map((b) => (
                    <li key={b.quote_id} className="stack">
                      <span className="row between g8">
                        <span className="break">{name(b.booking_id)}</span>
                        <Money value={b.quoted} />
                      </span>
                      <span className="row wrap g12 sm t2">
                        {(['charged', 'credited', 'disputed', 'held'] as const)
                          .filter((k) => b[k].amount > 0)
                          .map((k) => (
                            <span key={k} className="nowrap">
                              {t('money.' + k)} <Money value={b[k]} credit={k === 'credited'} />
                            </span>
                          ))}
                      </span>
                    </li>
                  ))}
                </ul>
              ) : (
                <Table<Schema<'Bill'>>
                  size="small"
                  rowKey="quote_id"
                  dataSource={m.bills}
                  pagination={m.bills.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
                  scroll={{ x: 720 }}
                  columns={[
                    { title: t('bookings.booking'), render: (_, b) => name(b.booking_id) },
                    ...(['quoted', 'charged', 'credited', 'disputed', 'held'] as const).map((k) => ({
                      title: t('money.' + k),
                      width: 112,
                      align: 'right' as const,
                      render: (_: unknown, b: Schema<'Bill'>) => <Money value={b[k]} credit={k === 'credited' && b[k].amount > 0} />,
                    })),
                  ]}
                />
              )}
              {m.credits.length > 0 && (
                <>
                  <h3>{t('wallet.credits')}</h3>
                  <Table<Schema<'StatementCredit'>>
                    size="small"
                    rowKey="id"
                    dataSource={m.credits}
                    pagination={m.credits.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
                    scroll={{ x: 640 }}
                    columns={[
                      { title: t('wallet.at'), width: 150, render: (_, c) => <When at={c.at} /> },
                      { title: t('bookings.booking'), render: (_, c) => name(c.booking_id) },
                      { title: t('wallet.reason'), width: 130, render: (_, c) => t('wallet.credit.' + c.reason) },
                      {
                        title: t('wallet.lineOf'),
                        width: 120,
                        render: (_, c) => <span className="mono t3">…{c.quote_line_id.slice(-6)}</span>,
                      },
                      { title: t('price.amount'), width: 120, align: 'right', render: (_, c) => <Money value={c.amount} credit /> },
                    ]}
                  />
                </>
              )}
              {m.charges.length > 0 && (
                <>
                  <h3>{t('wallet.charges')}</h3>
                  <Table<Schema<'StatementCharge'>>
                    size="small"
                    rowKey="id"
                    dataSource={m.charges}
                    virtual={m.charges.length > 60}
                    pagination={false}
                    scroll={m.charges.length > 60 ? { x: 760, y: 440 } : { x: 700 }}
                    columns={[
                      { title: t('wallet.at'), width: 150, render: (_, c) => <When at={c.at} /> },
                      { title: t('bookings.booking'), render: (_, c) => name(c.booking_id) },
                      { title: t('sheets.minutes'), width: 90, align: 'right', render: (_, c) => c.minutes },
                      { title: t('wallet.pay'), width: 110, align: 'right', render: (_, c) => <Money value={c.pay} /> },
                      { title: t('wallet.commission'), width: 110, align: 'right', render: (_, c) => <Money value={c.commission} /> },
                      { title: t('price.amount'), width: 110, align: 'right', render: (_, c) => <Money value={c.charge} /> },
                    ]}
                  />
                </>
              )}
            </>
          )
        }
      </Loaded>
    </div>
  )
}
