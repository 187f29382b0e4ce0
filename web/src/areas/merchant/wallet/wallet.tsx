import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useState } from 'react'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Loaded, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { Page, Section } from '@/design/page'
import { Sheet } from '@/design/sheet'
import { State } from '@/design/state'
import { usePhone } from '@/design/theme'
import type { Me } from '@/session/session'
import { useWords } from '@/words'
import { Entries } from './entries'
import { Statement } from './statement'
import { TopUpForm, TopUps } from './top-up'

type View = 'entries' | 'topUps' | 'statement'

/** Wallet is what the merchant's money is doing, each entry of it, and the account of a month. */
export default function Wallet({ me }: { me: Me }) {
  const t = useWords('merchant')
  const phone = usePhone()
  const [view, setView] = useState<View>('entries')
  const [topping, top] = useState(false)
  const wallet = useQuery({ queryKey: ['wallet'], queryFn: () => body(api.GET('/api/v1/wallet')), refetchInterval: 30_000 })
  const pays = me.role === 'owner' || me.role === 'finance'
  return (
    <Page
      title={t('nav.wallet')}
      actions={
        phone &&
        pays && (
          <Button type="primary" onClick={() => top(true)}>
            {t('wallet.topUp')}
          </Button>
        )
      }
    >
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
          <section className="sec col g12 grow">
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
        {!phone && (
          <aside>
            <Section title={t('wallet.topUp')}>{pays ? <TopUpForm /> : <p className="sm t2">{t('price.askFinance')}</p>}</Section>
          </aside>
        )}
      </div>
      {phone && (
        <Sheet open={topping} title={t('wallet.topUp')} onClose={() => top(false)}>
          <TopUpForm />
        </Sheet>
      )}
    </Page>
  )
}
