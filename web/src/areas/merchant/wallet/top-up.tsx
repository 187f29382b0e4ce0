import { useQuery } from '@tanstack/react-query'
import { InputNumber } from 'antd'
import { ReceiptText } from 'lucide-react'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Empty, Failure, Loaded } from '@/design/feedback'
import { Money } from '@/design/money'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useWords } from '@/words'
import { Field } from '../new-booking/field'

// In yuan: what is asked for most.
const usual = [1000, 5000, 20_000]

/** TopUpForm adds to the wallet. */
export function TopUpForm() {
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
        <InputNumber prefix="¥" min={0.01} max={100_000_000} precision={2} value={yuan} onChange={setYuan} className="whole" />
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

/** TopUps are all that was added, and whether it has arrived. */
export function TopUps() {
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
