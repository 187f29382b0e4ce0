import { useQuery } from '@tanstack/react-query'
import { App, Form, InputNumber } from 'antd'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Failure, Loaded } from '@/design/feedback'
import { Money } from '@/design/money'
import { Page, Section } from '@/design/page'
import { SkillTag } from '@/design/skill-tag'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useWords } from '@/words'

type Book = Schema<'PriceBook'>

const yuan = (fen: number) => ({ amount: fen, currency: 'CNY' as const })
const times = (perTenThousand: number) => '×' + (perTenThousand / 10_000).toFixed(2)

/** The price book in force; a new version leaves bookings that were quoted under an older one as they are. */
export default function Prices() {
  const t = useWords('operator')
  const common = useWords()
  const [editing, setEditing] = useState(false)
  const query = useQuery({ queryKey: ['price-book'], queryFn: () => body(api.GET('/api/v1/price-book')) })
  return (
    <Page title={t('prices.title')} note={query.data && <span className="t3">{t('prices.version', { version: query.data.version })} · {t('prices.since')} <When at={query.data.effective_at} /></span>} actions={!editing && <Button onClick={() => setEditing(true)}>{t('prices.edit')}</Button>}>
      <Loaded query={query}>{(book) => editing ? <Edit book={book} onDone={() => setEditing(false)} cancel={common('cancel')} /> : <Show book={book} />}</Loaded>
    </Page>
  )
}

function Show({ book }: { book: Book }) {
  const t = useWords('operator')
  const line = (label: string, value: React.ReactNode, note?: string) => <div className="row between g16" style={{ padding: '10px 0', borderTop: '1px solid var(--line)' }}><span>{label}{note && <span className="sm t3" style={{ display: 'block' }}>{note}</span>}</span><span className="m num">{value}</span></div>
  return (
    <>
      <Section title={t('prices.pay')}>
        <div style={{ maxWidth: 560 }}>
          {line(t('prices.base'), <><Money value={yuan(book.base_per_hour)} /> {t('prices.perHour')}</>)}
          {line(t('prices.night', { from: book.night.from, to: book.night.to }), times(book.night.multiplier))}
          {line(t('prices.weekend'), times(book.weekend))}
          {line(t('prices.holiday'), times(book.holiday), book.holidays.join(' · '))}
        </div>
      </Section>
      <Section title={t('prices.charge')}>
        <div style={{ maxWidth: 560 }}>
          {line(t('prices.commission'), (book.commission / 100).toFixed(2) + '%')}
          {line(t('prices.priority'), <><Money value={yuan(book.priority_per_hour)} /> {t('prices.perHour')}</>)}
          {book.lead_times.map((l) => <div key={l.under_hours}>{line(t('prices.lead', { hours: l.under_hours }), times(l.multiplier))}</div>)}
        </div>
      </Section>
      <Section title={t('prices.tags')} note={t('prices.tagsNote')}>
        <Table size="small" rowKey={(r) => r.tag + r.level} dataSource={book.tags} pagination={{ pageSize: 20, hideOnSinglePage: true, size: 'small' }} style={{ maxWidth: 560 }} columns={[
          { title: t('prices.tag'), render: (_, r) => <SkillTag tag={r.tag} level={r.level} atLeast /> },
          { title: t('prices.adds'), align: 'right', render: (_, r) => <><Money value={yuan(r.per_hour)} /> {t('prices.perHour')}</> },
        ]} />
      </Section>
    </>
  )
}

interface Edited { base: number; commission: number; weekend: number; holiday: number; night: number; priority: number }

function Edit({ book, onDone, cancel }: { book: Book; onDone: () => void; cancel: string }) {
  const t = useWords('operator')
  const { message } = App.useApp()
  const publish = useAct((b: Schema<'PutPriceBookBody'>, headers) => body(api.PUT('/api/v1/price-book', { body: b, params: { header: headers } })), [['price-book']])
  const save = (v: Edited) => {
    const { version: _v, effective_at: _e, ...rest } = book
    publish.mutate(
      { ...rest, base_per_hour: Math.round(v.base * 100), commission: Math.round(v.commission * 100), weekend: Math.round(v.weekend * 10_000), holiday: Math.round(v.holiday * 10_000), night: { ...book.night, multiplier: Math.round(v.night * 10_000) }, priority_per_hour: Math.round(v.priority * 100) },
      { onSuccess: () => { void message.success(t('prices.published')); onDone() } },
    )
  }
  const number = (name: keyof Edited, label: string, o: { prefix?: string; suffix?: string; step: number; min: number; max: number }) => <Form.Item name={name} label={label} rules={[{ required: true }]}><InputNumber {...o} style={{ width: 200 }} /></Form.Item>
  return (
    <Section note={t('prices.editNote')}>
      <Form<Edited> layout="vertical" requiredMark={false} onFinish={save} initialValues={{ base: book.base_per_hour / 100, commission: book.commission / 100, weekend: book.weekend / 10_000, holiday: book.holiday / 10_000, night: book.night.multiplier / 10_000, priority: book.priority_per_hour / 100 }}>
        <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(220px, 1fr))', maxWidth: 760 }}>
          {number('base', t('prices.base'), { prefix: '¥', step: 1, min: 1, max: 10_000 })}
          {number('commission', t('prices.commission'), { suffix: '%', step: 0.5, min: 0, max: 100 })}
          {number('night', t('prices.night', { from: book.night.from, to: book.night.to }), { prefix: '×', step: 0.05, min: 1, max: 10 })}
          {number('weekend', t('prices.weekend'), { prefix: '×', step: 0.05, min: 1, max: 10 })}
          {number('holiday', t('prices.holiday'), { prefix: '×', step: 0.05, min: 1, max: 10 })}
          {number('priority', t('prices.priority'), { prefix: '¥', step: 1, min: 0, max: 10_000 })}
        </div>
        {publish.error && <Failure problem={publish.error} kept />}
        <div className="row g8"><Button type="primary" htmlType="submit" loading={publish.isPending}>{t('prices.publish', { version: book.version + 1 })}</Button><Button onClick={onDone}>{cancel}</Button></div>
      </Form>
    </Section>
  )
}
