import { useQueries, useQuery } from '@tanstack/react-query'
import { App, AutoComplete, Form, Input, InputNumber, Select } from 'antd'
import { Dices, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import type { Problem } from '@/api/problem'
import { Button } from '@/design/button'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page, Section } from '@/design/page'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { QuestionBody } from './question'

type Version = Schema<'PaperVersion'>
type Terms = Schema<'PaperTerms'>

/** A paper: its versions, the blueprint of one, what the banks lack for it, and the form that a seed stands for. Published versions never change. */
export default function Paper() {
  const t = useWords('trainer')
  const zh = useLanguage() === 'zh'
  const { id = '' } = useParams()
  const fresh = id === 'new'
  const [chosen, choose] = useState<number>()
  const [editing, edit] = useState(false)
  const versions = useQuery({
    queryKey: ['papers', id],
    enabled: !fresh,
    queryFn: () => body(api.GET('/api/v1/papers/{id}/versions', { params: { path: { id } } })),
  })
  const trail = <Link to="/trainer/papers">{t('papers.title')}</Link>
  if (fresh)
    return (
      <Page title={t('papers.add')} trail={trail}>
        <Section>
          <Edit onDone={() => undefined} />
        </Section>
      </Page>
    )
  return (
    <Loaded
      query={versions}
      skeleton={
        <div className="sec">
          <Skeleton lines={[28, 20, 200]} />
        </div>
      }
    >
      {({ items }) => {
        const version = items.find((v) => v.version === chosen) ?? items[0]
        if (!version) return null
        const draft = version.state === 'draft'
        return (
          <Page
            title={zh ? version.name_zh : version.name_en}
            trail={trail}
            note={
              <State tone={draft ? 'open' : 'ok'} shape={draft ? 'bar' : undefined}>
                {t('papers.is.' + version.state)}
              </State>
            }
            actions={
              <>
                <Select<number>
                  aria-label={t('papers.version')}
                  value={version.version}
                  onChange={(v) => {
                    choose(v)
                    edit(false)
                  }}
                  options={items.map((v) => ({ value: v.version, label: `v${v.version}` }))}
                />
                {draft ? (
                  !editing && <Button onClick={() => edit(true)}>{t('papers.edit')}</Button>
                ) : (
                  <NextVersion
                    version={version}
                    onMade={(v) => {
                      choose(v)
                      edit(true)
                    }}
                  />
                )}
                {draft && !editing && <Publish version={version} />}
              </>
            }
          >
            {editing && draft ? (
              <Section>
                <Edit key={version.id} version={version} onDone={() => edit(false)} />
              </Section>
            ) : (
              <Show version={version} />
            )}
          </Page>
        )
      }}
    </Loaded>
  )
}

function Show({ version: v }: { version: Version }) {
  const t = useWords('trainer')
  const common = useWords()
  const fact = (label: string, value: React.ReactNode) => (
    <div>
      <dt className="t3 sm">{label}</dt>
      <dd className="m">{value}</dd>
    </div>
  )
  return (
    <>
      <Section>
        <dl className="row wrap g32">
          {fact(t('papers.minutes'), t('papers.nMinutes', { count: v.minutes }))}
          {fact(t('papers.pass'), `${v.pass_score / 100}%`)}
          {fact(t('papers.attempts'), v.max_attempts || t('papers.unlimited'))}
          {fact(
            t('papers.coolDown'),
            v.cool_down_minutes > 0 && v.cool_down_minutes % 1440 === 0
              ? common('days', { count: v.cool_down_minutes / 1440 })
              : t('papers.nMinutes', { count: v.cool_down_minutes }),
          )}
          {fact(t('papers.overlap'), `${v.max_overlap}%`)}
          {v.published_at && fact(t('papers.publishedAt'), <When at={v.published_at} />)}
        </dl>
      </Section>
      <Section title={t('papers.blueprint')} note={t('papers.blueprintNote')}>
        <Check version={v} />
      </Section>
      <Section title={t('papers.preview')} note={t('papers.previewNote')}>
        <Preview version={v} />
      </Section>
    </>
  )
}

function Check({ version: v }: { version: Version }) {
  const t = useWords('trainer')
  const query = useQuery({
    queryKey: ['papers', v.paper_id, 'check', v.version, v.revision],
    queryFn: () =>
      body(api.GET('/api/v1/papers/{id}/versions/{version}/check', { params: { path: { id: v.paper_id, version: v.version } } })),
  })
  return (
    <Loaded query={query}>
      {(c) => (
        <>
          <Table<Schema<'CellCheck'>>
            aria-label={t('papers.blueprint')}
            rowKey={(r) => r.topic + r.difficulty}
            size="small"
            pagination={false}
            dataSource={c.cells}
            style={{ maxWidth: 760 }}
            scroll={{ x: 520 }}
            columns={[
              { title: t('bank.topic'), dataIndex: 'topic', render: (topic: string) => topic || t('papers.anyTopic') },
              { title: t('bank.difficulty'), dataIndex: 'difficulty', align: 'right', render: (d: number) => d || t('papers.any') },
              { title: t('papers.count'), dataIndex: 'count', align: 'right' },
              { title: t('papers.points'), dataIndex: 'points', align: 'right' },
              { title: t('papers.available'), dataIndex: 'available', align: 'right' },
              {
                title: '',
                width: 140,
                render: (_, r) =>
                  r.lacking > 0 ? (
                    <State plain tone="miss">
                      {t('papers.lacks', { count: r.lacking })}
                    </State>
                  ) : (
                    <State plain tone="ok">
                      {t('papers.enough')}
                    </State>
                  ),
              },
            ]}
          />
          <p className="t2 mt8">{t('papers.sum', { items: c.items, points: c.points })}</p>
          {c.repeated > c.repeatable && (
            <p className="mt4">
              <State plain tone="miss">
                {t('papers.repeats', { repeated: c.repeated, repeatable: c.repeatable })}
              </State>
            </p>
          )}
        </>
      )}
    </Loaded>
  )
}

function Preview({ version: v }: { version: Version }) {
  const t = useWords('trainer')
  const [seed, setSeed] = useState(1)
  const [open, setOpen] = useState(false)
  const query = useQuery({
    queryKey: ['papers', v.paper_id, 'preview', v.version, v.revision, seed],
    enabled: open,
    queryFn: () =>
      body(
        api.GET('/api/v1/papers/{id}/versions/{version}/preview', {
          params: { path: { id: v.paper_id, version: v.version }, query: { seed } },
        }),
      ),
  })
  return (
    <>
      <div className="row wrap g8">
        <label className="row g8">
          {t('papers.seed')}
          <InputNumber min={0} precision={0} value={seed} onChange={(s) => setSeed(s ?? 0)} style={{ width: 140 }} />
        </label>
        <Button
          icon={<Dices size={14} aria-hidden />}
          onClick={() => {
            if (open) setSeed(seed + 1)
            setOpen(true)
          }}
        >
          {open ? t('papers.another') : t('papers.draw')}
        </Button>
      </div>
      {open && (
        <Loaded query={query}>
          {({ items }) => (
            <ol>
              {items.map((i, n) => (
                <li
                  key={i.question_version_id}
                  className="row start g16"
                  style={{ padding: '16px 0', borderTop: n ? '1px solid var(--line)' : 0 }}
                >
                  <span className="t3 num" style={{ width: 24 }}>
                    {n + 1}
                  </span>
                  <div className="grow">
                    <QuestionBody question={i.question} keys />
                  </div>
                  <span className="sm t3">{t('papers.nPoints', { count: i.points })}</span>
                </li>
              ))}
            </ol>
          )}
        </Loaded>
      )}
    </>
  )
}

function NextVersion({ version: v, onMade }: { version: Version; onMade: (version: number) => void }) {
  const t = useWords('trainer')
  const { message } = App.useApp()
  const make = useAct(
    (terms: Terms, headers) =>
      body(api.POST('/api/v1/papers/{id}/versions', { params: { path: { id: v.paper_id }, header: headers }, body: terms })),
    [['papers']],
  )
  return (
    <Button
      loading={make.isPending}
      onClick={() => make.mutate(termsOf(v), { onSuccess: (made) => onMade(made.version), onError: (p) => void message.error(p.message) })}
    >
      {t('papers.next')}
    </Button>
  )
}

function Publish({ version: v }: { version: Version }) {
  const t = useWords('trainer')
  const { message, modal } = App.useApp()
  const refused = (p: Problem) =>
    void modal.error({
      title: p.message,
      content: (
        <ul>
          {p.fields.map((f) => (
            <li key={f.message}>{f.message}</li>
          ))}
        </ul>
      ),
    })
  const publish = useAct(
    (_: null, headers) =>
      body(
        api.POST('/api/v1/papers/{id}/versions/{version}/publication', {
          params: { path: { id: v.paper_id, version: v.version }, header: headers },
        }),
      ),
    [['papers']],
  )
  const ask = () =>
    void modal.confirm({
      title: t('papers.publishSure', { version: v.version }),
      content: t('papers.publishHint'),
      okText: t('papers.publish'),
      onOk: () => publish.mutateAsync(null).then(() => void message.success(t('papers.is.published')), refused),
    })
  return (
    <Button type="primary" onClick={ask} loading={publish.isPending}>
      {t('papers.publish')}
    </Button>
  )
}

const termsOf = (v: Version): Terms => ({
  bank_ids: v.bank_ids,
  blueprint: v.blueprint,
  cool_down_minutes: v.cool_down_minutes,
  grace_seconds: v.grace_seconds,
  max_attempts: v.max_attempts,
  max_overlap: v.max_overlap,
  minutes: v.minutes,
  name_en: v.name_en,
  name_zh: v.name_zh,
  pass_score: v.pass_score,
})

function Edit({ version, onDone }: { version?: Version; onDone: () => void }) {
  const t = useWords('trainer')
  const common = useWords()
  const go = useNavigate()
  const [form] = Form.useForm<Terms & { code?: string }>()
  const banks = useQuery({
    queryKey: ['banks', 'all'],
    queryFn: () => body(api.GET('/api/v1/question-banks', { params: { query: { limit: 200 } } })),
  })
  const chosen = Form.useWatch('bank_ids', form) ?? version?.bank_ids ?? []
  const topics = useQueries({
    queries: chosen.map((id) => ({
      queryKey: ['banks', id, 'topics'],
      queryFn: () => body(api.GET('/api/v1/question-banks/{id}/topics', { params: { path: { id } } })),
    })),
    combine: (all) => [...new Set(all.flatMap((q) => q.data?.items.map((x) => x.topic) ?? []))].sort(),
  })
  const save = useAct(
    async ({ code, ...v }: Terms & { code?: string }, headers) => {
      const terms = { ...v, pass_score: v.pass_score * 100 }
      return version
        ? body(
            api.PUT('/api/v1/papers/{id}/versions/{version}', {
              params: { path: { id: version.paper_id, version: version.version }, header: { 'If-Match': `"${version.revision}"` } },
              body: terms,
            }),
          )
        : body(api.POST('/api/v1/papers', { params: { header: headers }, body: { ...terms, code: code ?? '' } }))
    },
    [['papers']],
  )
  const initial = version
    ? { ...termsOf(version), pass_score: version.pass_score / 100 }
    : {
        bank_ids: [],
        blueprint: [{ topic: '', difficulty: 1, count: 5, points: 1 }],
        cool_down_minutes: 1440,
        grace_seconds: 30,
        max_attempts: 3,
        max_overlap: 30,
        minutes: 30,
        pass_score: 80,
        name_zh: '',
        name_en: '',
      }
  const at = (name: keyof Terms) => ({
    help: save.error?.at('/' + name),
    validateStatus: save.error?.at('/' + name) ? ('error' as const) : undefined,
  })
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={initial}
      style={{ maxWidth: 860 }}
      onFinish={(v) =>
        save.mutate(v, {
          onSuccess: (saved) => {
            onDone()
            if (!version) void go('/trainer/papers/' + saved.paper_id, { replace: true })
          },
        })
      }
    >
      <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(240px, 1fr))', columnGap: 16 }}>
        <Form.Item name="name_zh" label={t('papers.nameZh')} rules={[{ required: true }]} {...at('name_zh')}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="name_en" label={t('papers.nameEn')} rules={[{ required: true }]} {...at('name_en')}>
          <Input maxLength={100} />
        </Form.Item>
        {!version && (
          <Form.Item
            name="code"
            label={t('banks.code')}
            extra={t('codeHint')}
            rules={[{ required: true, pattern: /^[a-z0-9_]{1,40}$/, message: t('codeHint') }]}
          >
            <Input />
          </Form.Item>
        )}
        <Form.Item name="bank_ids" label={t('papers.banks')} rules={[{ required: true }]} {...at('bank_ids')}>
          <Select mode="multiple" options={banks.data?.items.map((b) => ({ value: b.id, label: `${b.name} (${b.questions})` }))} />
        </Form.Item>
        <Form.Item name="minutes" label={t('papers.minutes')} {...at('minutes')}>
          <InputNumber min={1} max={600} precision={0} />
        </Form.Item>
        <Form.Item name="grace_seconds" label={t('papers.grace')} {...at('grace_seconds')}>
          <InputNumber min={0} max={600} precision={0} />
        </Form.Item>
        <Form.Item name="pass_score" label={t('papers.pass') + ' %'} {...at('pass_score')}>
          <InputNumber min={0} max={100} precision={2} />
        </Form.Item>
        <Form.Item name="max_attempts" label={t('papers.attempts')} {...at('max_attempts')}>
          <InputNumber min={0} max={100} precision={0} />
        </Form.Item>
        <Form.Item name="cool_down_minutes" label={t('papers.coolDown')} {...at('cool_down_minutes')}>
          <InputNumber min={0} precision={0} />
        </Form.Item>
        <Form.Item name="max_overlap" label={t('papers.overlap') + ' %'} {...at('max_overlap')}>
          <InputNumber min={0} max={100} precision={0} />
        </Form.Item>
      </div>
      <h3 className="mb8">{t('papers.blueprint')}</h3>
      <Form.List name="blueprint">
        {(rows, { add, remove }) => (
          <div className="col g8 mb16">
            {rows.map((row) => (
              <div key={row.key} className="row wrap g8">
                <Form.Item name={[row.name, 'topic']} noStyle>
                  <AutoComplete
                    aria-label={t('bank.topic')}
                    placeholder={t('papers.anyTopic')}
                    style={{ width: 260, maxWidth: '100%' }}
                    options={topics.map((value) => ({ value }))}
                    showSearch={{ filterOption: (typed, option) => String(option?.value ?? '').includes(typed) }}
                  />
                </Form.Item>
                <Form.Item name={[row.name, 'difficulty']} noStyle>
                  <Select
                    aria-label={t('bank.difficulty')}
                    style={{ width: 110 }}
                    options={[1, 2, 3, 4, 5].map((d) => ({ value: d, label: t('bank.level', { level: d }) }))}
                  />
                </Form.Item>
                <Form.Item name={[row.name, 'count']} noStyle>
                  <InputNumber
                    aria-label={t('papers.count')}
                    suffix={t('papers.count')}
                    min={1}
                    max={200}
                    precision={0}
                    style={{ width: 110 }}
                  />
                </Form.Item>
                <Form.Item name={[row.name, 'points']} noStyle>
                  <InputNumber
                    aria-label={t('papers.points')}
                    suffix={t('papers.points')}
                    min={1}
                    max={100}
                    precision={0}
                    style={{ width: 110 }}
                  />
                </Form.Item>
                <Button type="text" aria-label={common('remove')} icon={<X size={14} aria-hidden />} onClick={() => remove(row.name)} />
              </div>
            ))}
            <div>
              <Button icon={<Plus size={14} aria-hidden />} onClick={() => add({ topic: '', difficulty: 1, count: 5, points: 1 })}>
                {t('papers.addRow')}
              </Button>
            </div>
          </div>
        )}
      </Form.List>
      {save.error && <Failure problem={save.error} kept />}
      <div className="row g8">
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {common('save')}
        </Button>
        {version && <Button onClick={onDone}>{common('cancel')}</Button>}
      </div>
    </Form>
  )
}
