import { DatePicker, Input, Select } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import type { Schema } from '@/api/client'
import type { Problem } from '@/api/problem'
import { usePhone } from '@/design/theme'
import { dayRange, localDate, useClock } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { Field } from './field'
import type { Form } from './form'
import { ShopForm } from './shop-field'
import { ofCampaign } from './start'

/** What is for whom and when: the shop, which can be opened here, the campaign, the dates and the booking's name. */
export function What({
  form,
  change,
  shops,
  campaigns,
  zone,
  title,
  problem,
}: {
  form: Form
  change: (part: Partial<Form>) => void
  shops: Schema<'Shop'>[]
  campaigns: Schema<'Campaign'>[]
  zone: string
  title: string
  problem?: Problem
}) {
  const t = useWords('merchant')
  const language = useLanguage()
  const phone = usePhone()
  const [addingShop, setAddingShop] = useState(false)
  const campaign = campaigns.find((c) => c.id === form.campaign)
  const today = localDate(useClock(), zone)
  return (
    <section className="sec col g12" aria-label={t('new.what')}>
      {shops.length === 0 || addingShop ? (
        <>
          <h2>{t(shops.length === 0 ? 'shop.first' : 'shop.another')}</h2>
          <ShopForm
            onDone={(s) => {
              change({ shop: s.id })
              setAddingShop(false)
            }}
            onCancel={shops.length > 0 ? () => setAddingShop(false) : undefined}
          />
        </>
      ) : (
        <div className="row wrap g12 start">
          <Field label={t('new.shop')} width={phone ? '100%' : 190}>
            <Select
              aria-label={t('new.shop')}
              value={form.shop || undefined}
              onChange={(id) => (id === '+' ? setAddingShop(true) : change({ shop: id }))}
              options={[...shops.map((s) => ({ value: s.id, label: s.name })), { value: '+', label: t('shop.add') }]}
              placeholder={t('shop.choose')}
            />
          </Field>
          <Field label={t('new.campaign')} width={phone ? '100%' : 150}>
            <Select
              aria-label={t('new.campaign')}
              allowClear
              value={form.campaign || undefined}
              placeholder={t('new.noCampaign')}
              onChange={(id?: string) =>
                change(
                  ofCampaign(
                    campaigns.find((c) => c.id === id),
                    zone,
                  ),
                )
              }
              options={campaigns
                .filter((c) => c.id === form.campaign || c.ends_on >= today)
                .map((c) => ({ value: c.id, label: c.name, title: c.name, c }))}
              popupMatchSelectWidth={false}
              optionRender={({ data: { c } }) => (
                <span className="col">
                  <span>{c.name}</span>
                  <span className="sm t3 num">
                    {dayRange(c.starts_on, c.ends_on, language)} · {t('new.payTimes', { times: c.multiplier / 10_000 })}
                  </span>
                </span>
              )}
            />
            {campaign && campaign.multiplier !== 10_000 && (
              <span className="sm t3 num">{t('new.payTimes', { times: campaign.multiplier / 10_000 })}</span>
            )}
          </Field>
          <Field label={t('new.dates')} width={phone ? '100%' : 236} error={problem?.at('/starts_on') ?? problem?.at('/ends_on')}>
            <DatePicker.RangePicker
              allowClear={false}
              aria-label={t('new.dates')}
              value={form.starts_on ? [dayjs(form.starts_on), dayjs(form.ends_on)] : null}
              minDate={dayjs(today)}
              onChange={(d) => d?.[0] && d[1] && change({ starts_on: d[0].format('YYYY-MM-DD'), ends_on: d[1].format('YYYY-MM-DD') })}
            />
          </Field>
          <Field label={t('new.name')} width={phone ? '100%' : 210} error={problem?.at('/title')}>
            <Input value={form.title} placeholder={title} maxLength={120} onChange={(e) => change({ title: e.target.value })} />
          </Field>
        </div>
      )}
    </section>
  )
}
