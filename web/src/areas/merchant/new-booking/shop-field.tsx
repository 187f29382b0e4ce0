import { Input, Select } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { useLanguage, useWords } from '@/words'
import { Field } from './field'

export const useShops = () => useQuery({ queryKey: ['shops'], queryFn: () => body(api.GET('/api/v1/shops', { params: { query: { limit: 100 } } })) })

/** useTags is the taxonomy by dimension, in the reader's language. */
export function useTags() {
  const zh = useLanguage() === 'zh'
  const { data } = useQuery({ queryKey: ['tags'], queryFn: () => body(api.GET('/api/v1/tags')), staleTime: Infinity })
  return (data?.items ?? []).map((t) => ({ tag: t.tag, dimension: t.dimension, value: t.value, name: zh ? t.zh : t.en }))
}

/** NewShop is a shop made where it is needed: its name, what it sells, where its customers write. */
export function NewShop({ onMade, onCancel }: { onMade: (shop: Schema<'Shop'>) => void; onCancel?: () => void }) {
  const t = useWords('merchant')
  const common = useWords()
  const tags = useTags()
  const [name, setName] = useState('')
  const [industry, setIndustry] = useState<string>()
  const [channels, setChannels] = useState<string[]>(['chat'])
  const make = useAct((shop: Schema<'ShopRequest'>, header) => body(api.POST('/api/v1/shops', { params: { header }, body: shop })), [['shops']])
  const ready = name.trim() !== '' && industry && channels.length > 0
  const of = (dimension: string) => tags.filter((x) => x.dimension === dimension).map((x) => ({ value: x.value, label: x.name }))
  return (
    <div className="col g12" style={{ maxWidth: 640 }}>
      <div className="row wrap g12 start">
        <Field label={t('shop.name')} error={make.error?.at('/name')} width={220}><Input value={name} maxLength={80} placeholder={t('shop.nameHint')} onChange={(e) => setName(e.target.value)} /></Field>
        <Field label={t('shop.industry')} error={make.error?.at('/industry')} width={160}><Select aria-label={t('shop.industry')} value={industry} onChange={setIndustry} options={of('industry')} placeholder={t('shop.choose')} /></Field>
        <Field label={t('shop.channels')} error={make.error?.at('/channels')} width={220}><Select aria-label={t('shop.channels')} mode="multiple" value={channels} onChange={setChannels} options={of('channel')} /></Field>
      </div>
      {make.error && make.error.fields.length === 0 && <Failure problem={make.error} kept />}
      <div className="row g8">
        <Button type={onCancel ? 'default' : 'primary'} disabled={!ready} loading={make.isPending} onClick={() => make.mutate({ name: name.trim(), industry: industry!, channels }, { onSuccess: onMade })}>{t('shop.make')}</Button>
        {onCancel && <Button type="text" onClick={onCancel}>{common('cancel')}</Button>}
        {!ready && <span className="sm t3">{t('shop.makeHint')}</span>}
      </div>
    </div>
  )
}
