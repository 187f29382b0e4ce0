import { useQueries } from '@tanstack/react-query'
import { AutoComplete, Form, Input, InputNumber, Select } from 'antd'
import { Plus, X } from 'lucide-react'
import { useNavigate, useSearchParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { useWords } from '@/words'
import { topicNames, useBanks } from '../topics'
import { CoolDown } from './cool-down'
import { termsOf, type Terms, type Version } from './terms'

type Written = Terms & { code?: string }

const blank = {
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

/** Edit writes a paper, or a draft version of one. */
export function Edit({ version, onDone }: { version?: Version; onDone: () => void }) {
  const t = useWords('trainer')
  const common = useWords()
  const go = useNavigate()
  const [form] = Form.useForm<Written>()
  const banks = useBanks()
  const bank = useSearchParams()[0].get('bank')
  const save = useAct(
    ({ code, ...v }: Written, headers) => {
      const terms = { ...v, pass_score: Math.round(v.pass_score * 100) }
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
  const at = (name: keyof Terms) => {
    const wrong = save.error?.at('/' + name)
    return wrong ? { help: wrong, validateStatus: 'error' as const } : {}
  }
  const needed = [{ required: true, message: t('papers.needed') }]
  const amount = (name: keyof Terms, label: string, unit: string, least: number, most: number, whole = true) => (
    <Form.Item name={name} label={label} rules={needed} {...at(name)}>
      <InputNumber className="w116" suffix={unit} min={least} max={most} precision={whole ? 0 : undefined} />
    </Form.Item>
  )
  return (
    <Form
      form={form}
      className="writing"
      layout="vertical"
      requiredMark={false}
      initialValues={version ? { ...termsOf(version), pass_score: version.pass_score / 100 } : { ...blank, bank_ids: bank ? [bank] : [] }}
      onFinish={(v) =>
        save.mutate(v, {
          onSuccess: (saved) => {
            onDone()
            if (!version) void go('/trainer/papers/' + saved.paper_id, { replace: true })
          },
        })
      }
    >
      <div className="fields wide">
        <Form.Item name="name_zh" label={t('papers.nameZh')} rules={needed} {...at('name_zh')}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="name_en" label={t('papers.nameEn')} rules={needed} {...at('name_en')}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="bank_ids" label={t('papers.banks')} rules={needed} {...at('bank_ids')}>
          <Select mode="multiple" options={banks.data?.items.map((b) => ({ value: b.id, label: `${b.name} (${b.questions})` }))} />
        </Form.Item>
        {!version && (
          <Form.Item
            name="code"
            label={t('banks.code')}
            extra={t('codeHint')}
            rules={[{ required: true, pattern: /^[a-z0-9_]{1,40}$/, message: t('codeNeeded') }]}
          >
            <Input maxLength={40} />
          </Form.Item>
        )}
      </div>
      <div className="fields small">
        {amount('minutes', t('papers.minutes'), t('papers.unit.minutes'), 1, 600)}
        {amount('grace_seconds', t('papers.grace'), t('papers.unit.seconds'), 0, 600)}
        {amount('pass_score', t('papers.pass'), '%', 0, 100, false)}
        {amount('max_attempts', t('papers.attempts'), t('papers.unit.times'), 1, 100)}
        {amount('max_overlap', t('papers.overlap'), '%', 0, 100)}
        <Form.Item name="cool_down_minutes" className="wider" label={t('papers.coolDown')} rules={needed} {...at('cool_down_minutes')}>
          <CoolDown />
        </Form.Item>
      </div>
      <h3>{t('papers.blueprint')}</h3>
      <p className="sm t3 mb8">{t('papers.blueprintNote')}</p>
      <Blueprint />
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

/** Blueprint is how many questions of each topic and difficulty, and what they come to. */
function Blueprint() {
  const t = useWords('trainer')
  const common = useWords()
  const chosen = (Form.useWatch('bank_ids') as string[] | undefined) ?? []
  const cells = (Form.useWatch('blueprint') as Terms['blueprint'] | undefined) ?? []
  const topics = useQueries({
    queries: topicNames(chosen),
    combine: (all) => {
      const counts = new Map<string, number>()
      for (const x of all.flatMap((q) => q.data?.items ?? [])) counts.set(x.topic, (counts.get(x.topic) ?? 0) + x.questions)
      return [...counts].sort(([a], [b]) => a.localeCompare(b))
    },
  })
  return (
    <Form.List name="blueprint">
      {(rows, { add, remove }) => (
        <div className="col g8 mb16">
          {rows.map((row) => (
            <div key={row.key} className="row wrap g8">
              <Form.Item name={[row.name, 'topic']} noStyle>
                <AutoComplete
                  className="topic"
                  aria-label={t('bank.topic')}
                  placeholder={t('papers.anyTopic')}
                  options={topics.map(([value, n]) => ({ value, label: `${value} (${n})` }))}
                  showSearch={{ filterOption: (typed, option) => String(option?.value ?? '').includes(typed) }}
                />
              </Form.Item>
              <Form.Item name={[row.name, 'difficulty']} noStyle>
                <Select
                  className="w140"
                  aria-label={t('bank.difficulty')}
                  options={[
                    { value: 0, label: t('papers.anyDifficulty') },
                    ...[1, 2, 3, 4, 5].map((d) => ({ value: d, label: t('bank.level', { level: d }) })),
                  ]}
                />
              </Form.Item>
              <Form.Item name={[row.name, 'count']} noStyle>
                <InputNumber
                  className="w116"
                  aria-label={t('papers.count')}
                  suffix={t('papers.unit.questions')}
                  min={1}
                  max={200}
                  precision={0}
                />
              </Form.Item>
              <Form.Item name={[row.name, 'points']} noStyle>
                <InputNumber
                  className="w140"
                  aria-label={t('papers.each')}
                  suffix={t('papers.unit.pointsEach')}
                  min={1}
                  max={1000}
                  precision={0}
                />
              </Form.Item>
              {rows.length > 1 && (
                <Button type="text" aria-label={common('remove')} icon={<X size={14} aria-hidden />} onClick={() => remove(row.name)} />
              )}
            </div>
          ))}
          <div className="row wrap g16">
            <Button icon={<Plus size={14} aria-hidden />} onClick={() => add({ topic: '', difficulty: 1, count: 5, points: 1 })}>
              {t('papers.addRow')}
            </Button>
            <span className="t2 num" role="status">
              {t('papers.sum', {
                items: cells.reduce((n, c) => n + (c?.count ?? 0), 0),
                points: cells.reduce((n, c) => n + (c?.count ?? 0) * (c?.points ?? 0), 0),
              })}
            </span>
          </div>
        </div>
      )}
    </Form.List>
  )
}
