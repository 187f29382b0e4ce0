import { Input, Select } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { tagsQuery } from '@/api/tags'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { usePhone } from '@/design/theme'
import { defaultZone, zoneName } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { Field } from './field'

export const useShops = () =>
  useQuery({ queryKey: ['shops'], queryFn: () => body(api.GET('/api/v1/shops', { params: { query: { limit: 100 } } })) })

/** useTags is the taxonomy by dimension, in the reader's language. */
export function useTags() {
  const zh = useLanguage() === 'zh'
  const { data } = useQuery(tagsQuery)
  return (data?.items ?? []).map((t) => ({ tag: t.tag, dimension: t.dimension, value: t.value, name: zh ? t.zh : t.en }))
}

/** ShopForm opens a shop where it is needed, or changes one: its name, what it sells, where its customers write, and its time zone. */
export function ShopForm({
  shop,
  zoned,
  onDone,
  onCancel,
}: {
  shop?: Schema<'Shop'>
  zoned?: boolean
  onDone: (shop: Schema<'Shop'>) => void
  onCancel?: () => void
}) {
  const t = useWords('merchant')
  const common = useWords()
  const phone = usePhone()
  const tags = useTags()
  const [name, setName] = useState(shop?.name ?? '')
  const [industry, setIndustry] = useState(shop?.industry)
  const [channels, setChannels] = useState<string[]>(shop?.channels ?? ['chat'])
  const [zone, setZone] = useState(shop?.time_zone ?? defaultZone)
  const save = useAct(
    (said: Schema<'ShopRequest'>, header) =>
      shop
        ? body(
            api.PUT('/api/v1/shops/{id}', { params: { path: { id: shop.id }, header: { 'If-Match': `"${shop.version}"` } }, body: said }),
          )
        : body(api.POST('/api/v1/shops', { params: { header }, body: said })),
    [['shops'], ['bookings'], ['booking']],
  )
  const ready = name.trim() !== '' && industry && channels.length > 0
  const changed =
    !shop || name.trim() !== shop.name || industry !== shop.industry || channels.join() !== shop.channels.join() || zone !== shop.time_zone
  const of = (dimension: string) => tags.filter((x) => x.dimension === dimension).map((x) => ({ value: x.value, label: x.name }))
  return (
    <form
      className="col g12 shopform"
      onSubmit={(e) => {
        e.preventDefault()
        // Not by mutate's own onSuccess: the first shop's form may be gone by the time the list has it.
        if (ready && changed)
          void save.mutateAsync({ name: name.trim(), industry, channels, time_zone: zone }).then(onDone, () => undefined)
      }}
    >
      <div className="row wrap g12 start">
        <Field label={t('shop.name')} error={save.error?.at('/name')} width={phone ? '100%' : 220}>
          <Input value={name} maxLength={80} placeholder={t('shop.nameHint')} onChange={(e) => setName(e.target.value)} />
        </Field>
        <Field label={t('shop.industry')} error={save.error?.at('/industry')} width={phone ? '100%' : 160}>
          <Select
            aria-label={t('shop.industry')}
            value={industry}
            onChange={setIndustry}
            options={of('industry')}
            placeholder={t('shop.choose')}
          />
        </Field>
        <Field label={t('shop.channels')} error={save.error?.at('/channels')} width={phone ? '100%' : 220}>
          <Select aria-label={t('shop.channels')} mode="multiple" value={channels} onChange={setChannels} options={of('channel')} />
        </Field>
        {(zoned || shop) && <Zone value={zone} fixed={shop?.zone_fixed} error={save.error?.at('/time_zone')} onChange={setZone} />}
      </div>
      {save.error && save.error.fields.length === 0 && <Failure problem={save.error} kept />}
      <div className={shop ? 'row g8 reversed' : 'row g8'}>
        <Button type={onCancel && !shop ? 'default' : 'primary'} htmlType="submit" disabled={!ready || !changed} loading={save.isPending}>
          {t(shop ? 'shop.save' : 'shop.make')}
        </Button>
        {onCancel && (
          <Button type={shop ? 'default' : 'text'} onClick={onCancel}>
            {common('cancel')}
          </Button>
        )}
        {!ready && <span className="sm t3">{t('shop.makeHint')}</span>}
      </div>
    </form>
  )
}

/** Zone is where the shop's days begin; what is booked is dated in it, so that it stays from the first booking on. */
function Zone({ value, fixed, error, onChange }: { value: string; fixed?: boolean; error?: string; onChange: (zone: string) => void }) {
  const t = useWords('merchant')
  const language = useLanguage()
  const label = (zone: string) => `${zone} · ${zoneName(zone, language)}`
  const options = useMemo(
    () =>
      [...new Set([defaultZone, value, ...Intl.supportedValuesOf('timeZone')])].map((zone) => ({
        value: zone,
        label: `${zone} · ${zoneName(zone, language)}`,
      })),
    [value, language],
  )
  return (
    <Field label={t('shop.zone')} error={error} width={usePhone() ? '100%' : 280}>
      {fixed ? (
        <span>{label(value)}</span>
      ) : (
        <Select
          aria-label={t('shop.zone')}
          showSearch={{ optionFilterProp: 'label' }}
          value={value}
          onChange={onChange}
          options={options}
        />
      )}
      <span className="sm t3">{t(fixed ? 'shop.zoneFixed' : 'shop.zoneHint')}</span>
    </Field>
  )
}
