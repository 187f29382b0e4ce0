import { useInfiniteQuery } from '@tanstack/react-query'
import { ReceiptText } from 'lucide-react'
import { Link } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Empty, Failure, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { usePhone } from '@/design/theme'
import { useWords } from '@/words'
import { useTitles } from './titles'

/** Entries are the wallet's account, the newest first: what each moved, and for which booking. */
export function Entries() {
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
