import { useQuery } from '@tanstack/react-query'
import { App, Form, Input, InputNumber, Select } from 'antd'
import { Plus, X } from 'lucide-react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { tagsQuery } from '@/api/tags'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Failure } from '@/design/feedback'
import { useTagNames } from '@/design/skill-tag'
import { useWords } from '@/words'

type Template = Schema<'Template'>
type Terms = Schema<'TemplateTerms'>

const kinds: Schema<'Prerequisite'>['kind'][] = ['course', 'paper', 'simulation', 'trial_shift', 'credential']

/** TemplateEditor writes a template, or the next version of one: the way to a wave of renewals after rules changed. */
export function TemplateEditor({ template, onClose }: { template?: Template; onClose: () => void }) {
  const t = useWords('official')
  const common = useWords()
  const name = useTagNames()
  const { message } = App.useApp()
  const [form] = Form.useForm<Terms & { code?: string }>()
  const tags = useQuery(tagsQuery)
  const save = useAct(
    async ({ code, ...v }: Terms & { code?: string }, headers) => {
      const tidy = (list: Schema<'Prerequisite'>[] | undefined) =>
        (list ?? []).map((r) => ({
          kind: r.kind,
          ref: r.ref.trim(),
          score: r.score || undefined,
          count: r.count && r.count > 1 ? r.count : undefined,
        }))
      const terms = { ...v, requirements: tidy(v.requirements), renewal_requirements: tidy(v.renewal_requirements) }
      return template
        ? body(
            api.POST('/api/v1/credential-templates/{id}/versions', { params: { path: { id: template.id }, header: headers }, body: terms }),
          )
        : body(api.POST('/api/v1/credential-templates', { params: { header: headers }, body: { ...terms, code: code ?? '' } }))
    },
    [['templates'], ['candidates']],
  )
  const required = { required: true, whitespace: true, message: t('template.needed') }
  const initial = template ?? {
    valid_days: 365,
    requirements: [{ kind: 'course', ref: '' }],
    renewal_requirements: [],
    grants: [{ tag: undefined, level: 1 }],
  }
  const list = (field: 'requirements' | 'renewal_requirements') => (
    <fieldset className="borderless p0 m0 mb16">
      <legend className="m p0 mb8">{t(field === 'requirements' ? 'template.takes' : 'template.renewal')}</legend>
      <Form.List name={field}>
        {(rows, { add, remove }) => (
          <div className="col g8">
            {rows.map((row, i) => (
              <div key={row.key} className="row wrap g8">
                <Form.Item name={[row.name, 'kind']} noStyle>
                  <Select
                    aria-label={t('template.kind', { n: i + 1 })}
                    className="w116"
                    options={kinds.map((k) => ({ value: k, label: t('requirement.' + k) }))}
                  />
                </Form.Item>
                <Form.Item name={[row.name, 'ref']} rules={[required]} className="grow m0">
                  <Input aria-label={t('template.ref', { n: i + 1 })} placeholder={t('template.refHint')} maxLength={100} />
                </Form.Item>
                <Form.Item name={[row.name, 'score']} noStyle>
                  <InputNumber
                    aria-label={t('template.score', { n: i + 1 })}
                    placeholder={t('template.scoreHint')}
                    min={0}
                    max={100}
                    suffix="%"
                    className="w116"
                  />
                </Form.Item>
                <Form.Item name={[row.name, 'count']} noStyle>
                  <InputNumber
                    aria-label={t('template.times', { n: i + 1 })}
                    placeholder="1"
                    prefix="×"
                    min={1}
                    max={100}
                    precision={0}
                    className="w116"
                  />
                </Form.Item>
                <Button
                  type="text"
                  aria-label={t('template.drop', { n: i + 1 })}
                  icon={<X size={14} aria-hidden />}
                  onClick={() => remove(row.name)}
                />
              </div>
            ))}
            <div>
              <Button size="small" icon={<Plus size={14} aria-hidden />} onClick={() => add({ kind: 'course', ref: '' })}>
                {t('template.addNeed')}
              </Button>
            </div>
          </div>
        )}
      </Form.List>
    </fieldset>
  )
  return (
    <Dialog
      open
      width={760}
      title={template ? t('template.nextTitle', { version: template.version + 1 }) : t('template.add')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={template ? t('template.publish', { version: template.version + 1 }) : t('template.add')}
      cancelText={common('cancel')}
      confirmLoading={save.isPending}
    >
      <p className="t2 mb16">{t(template ? 'template.nextHint' : 'template.addHint')}</p>
      <Form
        form={form}
        className="writing"
        layout="vertical"
        requiredMark={false}
        initialValues={initial}
        onFinish={(v) =>
          save.mutate(v, {
            onSuccess: () => {
              void message.success(t('template.published'))
              onClose()
            },
          })
        }
      >
        <div className="fields">
          {!template && (
            <Form.Item
              name="code"
              label={t('template.code')}
              extra={t('template.codeHint')}
              rules={[{ required: true, pattern: /^[a-z0-9_]{1,40}$/, message: t('template.codeHint') }]}
            >
              <Input />
            </Form.Item>
          )}
          <Form.Item name="valid_days" label={t('template.valid')} rules={[{ required: true }]}>
            <InputNumber className="w116" suffix={t('template.daysUnit')} min={1} max={3650} precision={0} />
          </Form.Item>
        </div>
        <div className="fields">
          <Form.Item name="name_zh" label={t('template.nameZh')} rules={[required]}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="name_en" label={t('template.nameEn')} rules={[required]}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="about_zh" label={t('template.aboutZh')} rules={[required]}>
            <Input.TextArea rows={2} maxLength={2000} />
          </Form.Item>
          <Form.Item name="about_en" label={t('template.aboutEn')} rules={[required]}>
            <Input.TextArea rows={2} maxLength={2000} />
          </Form.Item>
        </div>
        {list('requirements')}
        {list('renewal_requirements')}
        <fieldset className="borderless p0 m0">
          <legend className="m p0 mb8">{t('credential.grants')}</legend>
          <Form.List name="grants">
            {(rows, { add, remove }) => (
              <div className="col g8">
                {rows.map((row, i) => (
                  <div key={row.key} className="row wrap g8">
                    <Form.Item name={[row.name, 'tag']} rules={[{ required: true, message: t('template.needed') }]} className="grow m0">
                      <Select
                        aria-label={t('template.tag', { n: i + 1 })}
                        showSearch={{ optionFilterProp: 'label' }}
                        placeholder={t('template.tagHint')}
                        options={tags.data?.items.map((x) => ({ value: x.tag, label: `${name(x.tag)} ${x.tag}` }))}
                      />
                    </Form.Item>
                    <Form.Item name={[row.name, 'level']} noStyle>
                      <Select
                        aria-label={t('template.level', { n: i + 1 })}
                        className="w116"
                        options={[1, 2, 3, 4, 5].map((level) => ({ value: level, label: common('level', { level }) }))}
                      />
                    </Form.Item>
                    {rows.length > 1 && (
                      <Button
                        type="text"
                        aria-label={t('template.drop', { n: i + 1 })}
                        icon={<X size={14} aria-hidden />}
                        onClick={() => remove(row.name)}
                      />
                    )}
                  </div>
                ))}
                <div>
                  <Button size="small" icon={<Plus size={14} aria-hidden />} onClick={() => add({ level: 1 })}>
                    {t('template.addGrant')}
                  </Button>
                </div>
              </div>
            )}
          </Form.List>
        </fieldset>
      </Form>
      {save.error && <Failure problem={save.error} kept />}
    </Dialog>
  )
}
