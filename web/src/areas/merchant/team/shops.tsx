import { Plus, Store } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import type { Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Loaded } from '@/design/feedback'
import { Page } from '@/design/page'
import { Table } from '@/design/table'
import { When, zoneName } from '@/design/time'
import { usePhone } from '@/design/theme'
import type { Me } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { People } from './people'
import { ShopForm, useShops, useTags } from '../new-booking/shop-field'

/** Shops are the merchant's storefronts. */
export default function Shops({ me }: { me: Me }) {
  const t = useWords('merchant')
  const language = useLanguage()
  const phone = usePhone()
  const tags = useTags()
  const shops = useShops()
  const [adding, setAdding] = useState(false)
  const [editing, setEditing] = useState<Schema<'Shop'>>()
  const books = me.role === 'owner' || me.role === 'booker'
  const name = (dimension: string, value: string) => tags.find((x) => x.dimension === dimension && x.value === value)?.name ?? value
  const edit = (s: Schema<'Shop'>) =>
    books && (
      <Button size="small" type="text" aria-label={t('shop.editTitle', { name: s.name })} onClick={() => setEditing(s)}>
        {t('shop.edit')}
      </Button>
    )
  const none = shops.data?.items.length === 0
  return (
    <Page
      title={t('nav.shops')}
      actions={
        books &&
        !none &&
        !adding && (
          <Button type="primary" icon={<Plus size={15} aria-hidden />} onClick={() => setAdding(true)}>
            {t('shop.another')}
          </Button>
        )
      }
    >
      {books && (adding || none) && (
        <section className="sec col g12">
          <h2>{t(none ? 'shop.first' : 'shop.another')}</h2>
          <ShopForm zoned onDone={() => setAdding(false)} onCancel={none ? undefined : () => setAdding(false)} />
        </section>
      )}
      <section className="sec" hidden={books && none}>
        <Loaded query={shops}>
          {({ items }) =>
            phone && items.length > 0 ? (
              <ul className="rows">
                {items.map((s) => (
                  <li key={s.id} className="stack">
                    <span className="row between g8">
                      <span className="m">{s.name}</span>
                      <span className="row g8">
                        {edit(s)}
                        <Link to={'/merchant/shops/' + s.id + '/pack'}>{t('shop.pack')}</Link>
                      </span>
                    </span>
                    <span className="sm t2">
                      {name('industry', s.industry)} · {s.channels.map((c) => name('channel', c)).join(t('list'))} ·{' '}
                      {zoneName(s.time_zone, language)}
                    </span>
                  </li>
                ))}
              </ul>
            ) : items.length === 0 ? (
              !books && <Empty icon={Store} title={t('shop.none')} hint={t('shop.noneHint')} />
            ) : (
              <Table<Schema<'Shop'>>
                size="small"
                rowKey="id"
                dataSource={items}
                pagination={false}
                scroll={{ x: 600 }}
                columns={[
                  { title: t('shop.name'), render: (_, s) => <span className="m">{s.name}</span> },
                  { title: t('shop.industry'), render: (_, s) => name('industry', s.industry) },
                  { title: t('shop.channels'), render: (_, s) => s.channels.map((c) => name('channel', c)).join(t('list')) },
                  { title: t('shop.zone'), render: (_, s) => zoneName(s.time_zone, language) },
                  {
                    title: t('shop.pack'),
                    width: 110,
                    render: (_, s) => <Link to={'/merchant/shops/' + s.id + '/pack'}>{t('shop.pack')}</Link>,
                  },
                  {
                    title: t('shop.since'),
                    width: 160,
                    render: (_, s) => (
                      <span className="t2">
                        <When at={s.created_at} />
                      </span>
                    ),
                  },
                  { title: <span className="hidden">{t('shop.edit')}</span>, width: 80, align: 'right', render: (_, s) => edit(s) },
                ]}
              />
            )
          }
        </Loaded>
      </section>
      {!none && <People books={books} />}
      {editing && (
        <Dialog open title={t('shop.editTitle', { name: editing.name })} onCancel={() => setEditing(undefined)} footer={null} width={680}>
          <ShopForm key={editing.id} shop={editing} onDone={() => setEditing(undefined)} onCancel={() => setEditing(undefined)} />
        </Dialog>
      )}
    </Page>
  )
}
