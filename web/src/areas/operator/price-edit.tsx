import { useQuery } from '@tanstack/react-query'
import { App, DatePicker, Form, InputNumber, Select, TimePicker } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { tagsQuery } from '@/api/tags'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Failure } from '@/design/feedback'
import { Money } from '@/design/money'
import { Section } from '@/design/page'
import { useTagNames } from '@/design/skill-tag'
import { Table } from '@/design/table'
import { Span, When } from '@/design/time'
import { useWords } from '@/words'

type Book = Schema<'PriceBookVersion'>
type Prices = Schema<'PutPriceBookBody'>
type Case = Schema<'PricedCase'>

interface Edited {
  base: number
  commission: number
  weekend: number
  holiday: number
  night: number
  hours: [Dayjs, Dayjs]
  priority: number
  holidays: string[]
  leads: { under: number; times: number }[]
  tags: { tag: string; level: number; adds: number }[]
  from?: Dayjs
}

const shown = (b: Book): Edited => ({
  base: b.base_per_hour / 100,
  commission: b.commission / 100,
  weekend: b.weekend / 10_000,
  holiday: b.holiday / 10_000,
  night: b.night.multiplier / 10_000,
  priority: b.priority_per_hour / 100,
  hours: [dayjs(`2000-01-01T${b.night.from}`), dayjs(`2000-01-01T${b.night.to}`)],
  holidays: b.holidays,
  leads: b.lead_times.map((l) => ({ under: l.under_hours, times: l.multiplier / 10_000 })),
  tags: b.tags.map((x) => ({ tag: x.tag, level: x.level, adds: x.per_hour / 100 })),
})

const said = (v: Edited): Prices => ({
  currency: 'CNY',
  base_per_hour: Math.round(v.base * 100),
  commission: Math.round(v.commission * 100),
  weekend: Math.round(v.weekend * 10_000),
  holiday: Math.round(v.holiday * 10_000),
  priority_per_hour: Math.round(v.priority * 100),
  night: { from: v.hours[0].format('HH:mm'), to: v.hours[1].format('HH:mm'), multiplier: Math.round(v.night * 10_000) },
  holidays: [...v.holidays].sort(),
  lead_times: (v.leads ?? []).map((l) => ({ under_hours: l.under, multiplier: Math.round(l.times * 10_000) })),
  tags: (v.tags ?? []).map((x) => ({ tag: x.tag, level: x.level, per_hour: Math.round(x.adds * 100) })),
  effective_at: v.from?.toISOString(),
})

/** Edit writes the next version in two steps: what changes is seen, by the evaluator that quotes, before it is published. */
export function Edit({ book, newest, onDone }: { book: Book; newest: number; onDone: () => void }) {
  const t = useWords('operator')
  const common = useWords()
  const name = useTagNames()
  const { message } = App.useApp()
  const [form] = Form.useForm<Edited>()
  const [proposed, propose] = useState<Prices>()
  const tags = useQuery(tagsQuery)
  const preview = useAct((p: Prices) => body(api.POST('/api/v1/price-book/preview', { body: p })))
  const publish = useAct(
    (p: Prices, headers) => body(api.PUT('/api/v1/price-book', { body: p, params: { header: { ...headers, 'If-Match': `"${newest}"` } } })),
    [['price-book']],
  )
  const needed = { required: true, message: t('prices.needed') }
  const number = (
    field: 'base' | 'commission' | 'weekend' | 'holiday' | 'night' | 'priority',
    label: string,
    o: { prefix?: string; suffix?: string; step: number; min: number; max: number },
  ) => (
    <Form.Item name={field} label={label} rules={[needed]}>
      <InputNumber {...o} precision={2} className="whole" />
    </Form.Item>
  )
  const dimensions = [...new Set(tags.data?.items.map((x) => x.dimension))]
  const choices = [
    ...(tags.data?.items.map((x) => ({ value: x.tag, label: `${name(x.tag)} ${x.tag}` })) ?? []),
    ...dimensions.map((d) => ({ value: d + '/*', label: t('prices.anyOf', { dimension: t('taxonomy.dimension.' + d) }) })),
  ]
  return (
    <Section note={t('prices.editNote')}>
      <Form<Edited>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={shown(book)}
        onFinish={(v) => {
          const p = said(v)
          preview.mutate(p, { onSuccess: () => propose(p) })
        }}
        className="pricedit"
      >
        <div className="fieldgrid">
          {number('base', t('prices.base'), { prefix: '¥', step: 1, min: 1, max: 10_000 })}
          {number('commission', t('prices.commission'), { suffix: '%', step: 0.5, min: 0, max: 100 })}
          {number('priority', t('prices.priority'), { prefix: '¥', step: 1, min: 0, max: 10_000 })}
          <Form.Item name="hours" label={t('prices.nightHours')} rules={[needed]}>
            <TimePicker.RangePicker format="HH:mm" minuteStep={30} order={false} allowClear={false} className="whole" />
          </Form.Item>
          {number('night', t('prices.nightTimes'), { prefix: '×', step: 0.05, min: 1, max: 10 })}
          {number('weekend', t('prices.weekend'), { prefix: '×', step: 0.05, min: 1, max: 10 })}
          {number('holiday', t('prices.holiday'), { prefix: '×', step: 0.05, min: 1, max: 10 })}
        </div>
        <Form.Item
          name="holidays"
          label={t('prices.holidays')}
          extra={t('prices.holidaysHint')}
          rules={[
            {
              validator: (_, v: string[]) =>
                v.every((d) => dayjs(d, 'YYYY-MM-DD', true).isValid() || /^\d{4}-\d{2}-\d{2}$/.test(d))
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('prices.holidaysHint'))),
            },
          ]}
        >
          <Select mode="tags" tokenSeparators={[' ', ',', '，']} open={false} suffixIcon={null} />
        </Form.Item>
        <Rows name="leads" label={t('prices.leads')} adds={t('prices.addLead')} fresh={{ under: 24, times: 1.1 }}>
          {(at, n) => (
            <>
              <Form.Item name={[at, 'under']} rules={[needed]} noStyle>
                <InputNumber
                  aria-label={t('prices.leadUnder', { n })}
                  min={1}
                  max={8760}
                  precision={0}
                  suffix={t('prices.hoursBefore')}
                  className="w160"
                />
              </Form.Item>
              <Form.Item name={[at, 'times']} rules={[needed]} noStyle>
                <InputNumber
                  aria-label={t('prices.leadTimes', { n })}
                  min={1}
                  max={10}
                  step={0.05}
                  precision={2}
                  prefix="×"
                  className="w120"
                />
              </Form.Item>
            </>
          )}
        </Rows>
        <Rows name="tags" label={t('prices.tags')} adds={t('prices.addTag')} fresh={{ level: 1, adds: 1 }}>
          {(at, n) => (
            <>
              <Form.Item name={[at, 'tag']} rules={[needed]} noStyle>
                <Select
                  aria-label={t('prices.tagN', { n })}
                  showSearch={{ optionFilterProp: 'label' }}
                  options={choices}
                  className="w240"
                />
              </Form.Item>
              <Form.Item name={[at, 'level']} noStyle>
                <Select
                  aria-label={t('prices.levelN', { n })}
                  options={[1, 2, 3, 4, 5].map((level) => ({ value: level, label: common('level', { level }) }))}
                  className="w120"
                />
              </Form.Item>
              <Form.Item name={[at, 'adds']} rules={[needed]} noStyle>
                <InputNumber aria-label={t('prices.addsN', { n })} min={0} max={10_000} precision={2} prefix="¥" className="w120" />
              </Form.Item>
            </>
          )}
        </Rows>
        <Form.Item name="from" label={t('prices.effective')} extra={t('prices.effectiveHint')}>
          <DatePicker
            showTime={{ format: 'HH:mm' }}
            format="YYYY-MM-DD HH:mm"
            placeholder={t('prices.atOnce')}
            disabledDate={(d) => d.isBefore(dayjs(), 'day')}
          />
        </Form.Item>
        {preview.error && <Failure problem={preview.error} kept />}
        <div className="row g8">
          <Button type="primary" htmlType="submit" loading={preview.isPending}>
            {t('prices.see')}
          </Button>
          <Button onClick={onDone}>{common('cancel')}</Button>
        </div>
      </Form>
      {proposed && (
        <Dialog
          open
          width={760}
          title={t('prices.changes', { version: newest + 1 })}
          onCancel={() => {
            publish.reset()
            propose(undefined)
          }}
          okText={t('prices.publish', { version: newest + 1 })}
          cancelText={common('cancel')}
          confirmLoading={publish.isPending}
          onOk={() =>
            publish.mutate(proposed, {
              onSuccess: () => {
                void message.success(t('prices.published'))
                onDone()
              },
            })
          }
        >
          <p className="t2 mb12">
            {proposed.effective_at ? (
              <>
                {t('prices.from')} <When at={proposed.effective_at} showZone />
              </>
            ) : (
              t('prices.atOnce')
            )}{' '}
            · {t('prices.editNote')}
          </p>
          <Changes cases={preview.data?.items ?? []} />
          {publish.error && <Failure problem={publish.error} kept />}
        </Dialog>
      )}
    </Section>
  )
}

/** Rows are the steps or skills of a price book: each a line with a way to take it out, and under them a way to add one. */
function Rows({
  name,
  label,
  adds,
  fresh,
  children,
}: {
  name: 'leads' | 'tags'
  label: string
  adds: string
  fresh: object
  children: (at: number, n: number) => React.ReactNode
}) {
  const t = useWords('operator')
  return (
    <fieldset className="plainset">
      <legend className="m p0 mb8">{label}</legend>
      <Form.List name={name}>
        {(rows, { add, remove }) => (
          <div className="col g8">
            {rows.map((row, i) => (
              <div key={row.key} className="row wrap g8">
                {children(row.name, i + 1)}
                <Button
                  type="text"
                  aria-label={t('prices.drop', { n: i + 1 })}
                  icon={<X size={14} aria-hidden />}
                  onClick={() => remove(row.name)}
                />
              </div>
            ))}
            <div>
              <Button size="small" icon={<Plus size={14} aria-hidden />} onClick={() => add(fresh)}>
                {adds}
              </Button>
            </div>
          </div>
        )}
      </Form.List>
    </fieldset>
  )
}

function Changes({ cases }: { cases: Case[] }) {
  const t = useWords('operator')
  const change = (now: number, then: number) =>
    now === then ? (
      <span className="t3">{t('prices.same')}</span>
    ) : (
      <span className="num">
        {then > now ? '+' : '−'}
        {((Math.abs(then - now) / Math.max(now, 1)) * 100).toFixed(1)}%
      </span>
    )
  return (
    <Table<Case>
      aria-label={t('prices.usual')}
      rowKey="kind"
      size="small"
      pagination={false}
      dataSource={cases}
      scroll={{ x: 640 }}
      columns={[
        {
          title: t('prices.usual'),
          render: (_, c) => (
            <>
              <span className="m">{t('prices.case.' + c.kind)}</span>
              <span className="sm t3 line">
                <Span from={c.starts_at} to={c.ends_at} showZone={false} />
              </span>
            </>
          ),
        },
        {
          title: t('prices.agentGets'),
          align: 'right',
          render: (_, c) => (
            <span className="nowrap">
              <Money value={c.pay_now} /> →{' '}
              <span className="b">
                <Money value={c.pay_then} />
              </span>
            </span>
          ),
        },
        { title: '', width: 80, align: 'right', render: (_, c) => change(c.pay_now.amount, c.pay_then.amount) },
        {
          title: t('prices.merchantPays'),
          align: 'right',
          render: (_, c) => (
            <span className="nowrap">
              <Money value={c.charge_now} /> →{' '}
              <span className="b">
                <Money value={c.charge_then} />
              </span>
            </span>
          ),
        },
        { title: '', width: 80, align: 'right', render: (_, c) => change(c.charge_now.amount, c.charge_then.amount) },
      ]}
    />
  )
}
