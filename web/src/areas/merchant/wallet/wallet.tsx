import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { DatePicker, InputNumber, Segmented } from 'antd'
import dayjs from 'dayjs'
import { ReceiptText } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { Page, Section } from '@/design/page'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { localDate, When } from '@/design/time'
import { usePhone } from '@/design/theme'
import type { Me } from '@/session/session'
import { useWords } from '@/words'
import { useBookings } from '../bookings/queries'
import { Field } from '../new-booking/field'

type View = 'entries' | 'topUps' | 'statement'

/** Wallet is what the merchant's money is doing, each entry of it, and the account of a month. */
export default function Wallet({ me }: { me: Me }) {
  const t = useWords('merchant')
  const [view, setView] = useState<View>('entries')
  const wallet = useQuery({ queryKey: ['wallet'], queryFn: () => body(api.GET('/api/v1/wallet')), refetchInterval: 30_000 })
  const pays = me.role === 'owner' || me.role === 'finance'
  return (
    <Page title={t('nav.wallet')}>
      <section className="sec ruled">
        <Loaded query={wallet} skeleton={<Skeleton lines={[20, 32]} />}>
          {(w) => (
            <dl className="parts">
              {(['available', 'escrow', 'disputed'] as const).map((k) => (
                <div key={k}>
                  <dt className="t2">{t('wallet.' + k)}</dt>
                  <dd>
                    <Money value={w[k]} size={k === 'available' ? 32 : 24} />
                  </dd>
                  <dd className="sm t3">{t('wallet.note.' + k)}</dd>
                </div>
              ))}
              {w.owed.amount > 0 && (
                <div>
                  <dt className="t2">
                    <State plain tone="late">
                      {t('wallet.owed')}
                    </State>
                  </dt>
                  <dd>
                    <Money value={w.owed} size={24} />
                  </dd>
                  <dd className="sm t3">{t('wallet.note.owed')}</dd>
                </div>
              )}
            </dl>
          )}
        </Loaded>
      </section>
      <div className="split">
        <div className="col">
          <section className="sec col g12" style={{ flex: 1 }}>
            <div>
              <Segmented<View>
                value={view}
                onChange={setView}
                options={(['entries', 'topUps', 'statement'] as const).map((v) => ({ value: v, label: t('wallet.view.' + v) }))}
              />
            </div>
            {view === 'entries' ? <Entries /> : view === 'topUps' ? <TopUps /> : <Statement />}
          </section>
        </div>
        <aside>
          <Section title={t('wallet.topUp')}>{pays ? <TopUpForm /> : <p className="sm t2">{t('price.askFinance')}</p>}</Section>
        </aside>
      </div>
    </Page>
  )
}

const usual = [1000, 5000, 20_000]

function TopUpForm() {
  const t = useWords('merchant')
  const [yuan, setYuan] = useState<number | null>(5000)
  const act = useAct(
    (amount: number, header) =>
      body(api.POST('/api/v1/wallet/top-ups', { params: { header }, body: { amount: { amount, currency: 'CNY' } } })),
    [['wallet']],
  )
  const amount = { amount: Math.round((yuan ?? 0) * 100), currency: 'CNY' }
  return (
    <div className="col g12">
      <div className="row wrap g8">
        {usual.map((y) => (
          <Button key={y} size="small" onClick={() => setYuan(y)}>
            ¥{y.toLocaleString('en-US')}
          </Button>
        ))}
      </div>
      <Field label={t('wallet.howMuch')} error={act.error?.at('/amount') ?? act.error?.at('/amount/amount')}>
        <InputNumber prefix="¥" min={0.01} max={100_000_000} precision={2} value={yuan} onChange={setYuan} style={{ width: '100%' }} />
      </Field>
      <Button type="primary" block disabled={amount.amount <= 0} loading={act.isPending} onClick={() => act.mutate(amount.amount)}>
        {t('wallet.topUpBy')} <Money value={amount} />
      </Button>
      <div aria-live="polite">
        {act.data && <State tone={act.data.state === 'settled' ? 'ok' : 'info'}>{t('wallet.was.' + act.data.state)}</State>}
      </div>
      {act.error && act.error.fields.length === 0 && <Failure problem={act.error} kept />}
      <p className="sm t3">{t('wallet.topUpHint')}</p>
    </div>
  )
}

function useTitles() {
  const confirmed = useBookings('confirmed'),
    finished = useBookings('finished'),
    cancelled = useBookings('cancelled')
  return useMemo(
    () => new Map([...(confirmed.items ?? []), ...(finished.items ?? []), ...(cancelled.items ?? [])].map((b) => [b.id, b.title])),
    [confirmed.items, finished.items, cancelled.items],
  )
}

function Entries() {
  const t = useWords('merchant')
  const phone = usePhone()
  const titles = useTitles()
  const query = useInfiniteQuery({
    queryKey: ['wallet', 'entries'],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/wallet/entries', { params: { query: { limit: 200, cursor: pageParam || undefined } } })),
    getNextPageParam: (last) => last.next_cursor,
  })
  const rows = query.data?.pages.flatMap((p) => p.items)
  if (!rows) return query.error ? <Failure problem={query.error} onRetry={() => void query.refetch()} /> : <Skeleton />
  if (rows.length === 0) return <Empty icon={ReceiptText} title={t('wallet.none')} hint={t('wallet.noneHint')} />
  return (
    <>
      <Table<Schema<'WalletEntry'>>
        size="small"
        rowKey="id"
        showHeader={!phone}
        dataSource={rows}
        pagination={false}
        virtual={rows.length > 60}
        scroll={rows.length > 60 ? { x: phone ? 300 : 720, y: 560 } : { x: phone ? 260 : 640 }}
        columns={
          phone
            ? [
                {
                  title: t('wallet.what'),
                  render: (_, e) => (
                    <div className="col g4">
                      <span className="row between g8">
                        <span className="m">{t('wallet.kind.' + e.kind)}</span>
                        <Money value={e.amount} credit={e.amount.amount > 0} />
                      </span>
                      {e.booking_id && (
                        <Link className="trunc" to={'/merchant/bookings/' + e.booking_id}>
                          {titles.get(e.booking_id) ?? '…' + e.booking_id.slice(-6)}
                        </Link>
                      )}
                      <span className="sm t3">
                        <When at={e.at} />
                        {e.corrects && ' · ' + t('wallet.corrects', { id: e.corrects.slice(-6) })}
                      </span>
                    </div>
                  ),
                },
              ]
            : [
                { title: t('wallet.at'), width: 150, render: (_, e) => <When at={e.at} /> },
                {
                  title: t('wallet.what'),
                  width: 160,
                  render: (_, e) => (
                    <span>
                      {t('wallet.kind.' + e.kind)}
                      {e.corrects && <span className="sm t3 line">{t('wallet.corrects', { id: e.corrects.slice(-6) })}</span>}
                    </span>
                  ),
                },
                {
                  title: t('bookings.booking'),
                  render: (_, e) =>
                    e.booking_id ? (
                      <Link to={'/merchant/bookings/' + e.booking_id}>{titles.get(e.booking_id) ?? '…' + e.booking_id.slice(-6)}</Link>
                    ) : (
                      ''
                    ),
                },
                {
                  title: t('price.amount'),
                  width: 130,
                  align: 'right',
                  render: (_, e) => <Money value={e.amount} credit={e.amount.amount > 0} />,
                },
              ]
        }
      />
      {query.hasNextPage && (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('bookings.more')}
        </Button>
      )}
    </>
  )
}

function TopUps() {
  const t = useWords('merchant')
  const query = useQuery({
    queryKey: ['wallet', 'top-ups'],
    queryFn: async () => (await body(api.GET('/api/v1/wallet/top-ups', { params: { query: { limit: 200 } } }))).items,
  })
  return (
    <Loaded query={query}>
      {(rows) =>
        rows.length === 0 ? (
          <Empty icon={ReceiptText} title={t('wallet.noTopUps')} hint={t('wallet.noneHint')} />
        ) : (
          <Table<Schema<'TopUp'>>
            size="small"
            rowKey="id"
            dataSource={rows}
            pagination={rows.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
            columns={[
              { title: t('wallet.at'), width: 150, render: (_, e) => <When at={e.created_at} /> },
              {
                title: t('bookings.state'),
                render: (_, e) =>
                  e.state === 'settled' ? (
                    <State plain tone="ok">
                      {t('wallet.was.settled')}
                    </State>
                  ) : (
                    <State plain tone="info">
                      {t('wallet.was.pending')}
                    </State>
                  ),
              },
              { title: t('price.amount'), width: 130, align: 'right', render: (_, e) => <Money value={e.amount} /> },
            ]}
          />
        )
      }
    </Loaded>
  )
}

function Statement() {
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
              <dl className="col g8" style={{ maxWidth: 420 }}>
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
                <div className="row between base" style={{ borderTop: '1px solid var(--text)', paddingTop: 8 }}>
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
                <ul>
                  {m.bills.map((b, i) => (
                    <li
                      key={b.quote_id}
                      className="col g4"
                      style={{ padding: '10px 0', borderTop: i > 0 ? '1px solid var(--line)' : undefined }}
                    >
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
