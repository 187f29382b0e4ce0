import { Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { Button } from '@/design/button'
import { Sheet } from '@/design/sheet'
import { useTagNames } from '@/design/skill-tag'
import { useWords } from '@/words'
import { useMyTags } from './queries'

/** The filters of the hall; they live in the address. */
export default function HallFilters({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords('agent')
  return (
    <Sheet open={open} title={t('hall.filter')} onClose={onClose}>
      <Form onClose={onClose} />
    </Sheet>
  )
}

function Form({ onClose }: { onClose: () => void }) {
  const t = useWords('agent')
  const name = useTagNames()
  const tags = useMyTags()
  const [search, setSearch] = useSearchParams()
  const [said, setSaid] = useState(() => Object.fromEntries(['from', 'to', 'tag', 'pay'].map((k) => [k, search.get(k) ?? ''])))
  const say = (key: string) => (value: string) => setSaid((s) => ({ ...s, [key]: value }))
  const apply = (values: Record<string, string>) => {
    setSearch(
      (s) => {
        for (const [key, value] of Object.entries(values)) {
          if (value) s.set(key, value)
          else s.delete(key)
        }
        return s
      },
      { replace: true },
    )
    onClose()
  }
  return (
    <form
      className="col g16"
      onSubmit={(e) => {
        e.preventDefault()
        apply(said)
      }}
    >
      <div className="row g12">
        <label className="col g4 grow">
          <span className="sm t2">{t('hall.from')}</span>
          <Input type="date" value={said.from} onChange={(e) => say('from')(e.target.value)} />
        </label>
        <label className="col g4 grow">
          <span className="sm t2">{t('hall.to')}</span>
          <Input type="date" min={said.from} value={said.to} onChange={(e) => say('to')(e.target.value)} />
        </label>
      </div>
      <label className="col g4">
        <span className="sm t2">{t('hall.leastPay')}</span>
        <InputNumber
          controls={false}
          style={{ width: '100%' }}
          min={0}
          max={9999}
          prefix="¥"
          suffix={t('hall.perHour')}
          value={said.pay ? Number(said.pay) : null}
          onChange={(v) => say('pay')(v ? String(v) : '')}
        />
      </label>
      <label className="col g4">
        <span className="sm t2">{t('hall.tag')}</span>
        <Select
          allowClear
          value={said.tag || undefined}
          onChange={(v?: string) => say('tag')(v ?? '')}
          placeholder={t('hall.anyTag')}
          getPopupContainer={(node: HTMLElement) => node.parentElement!}
          options={tags.data?.map((g) => ({ value: g.tag, label: name(g.tag) }))}
        />
      </label>
      <div className="row g8">
        <Button size="large" className="grow" onClick={() => apply({ from: '', to: '', tag: '', pay: '' })}>
          {t('hall.clear')}
        </Button>
        <Button size="large" type="primary" htmlType="submit" className="grow">
          {t('hall.apply')}
        </Button>
      </div>
    </form>
  )
}
