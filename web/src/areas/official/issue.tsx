import { App, Form, Input } from 'antd'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Dialog } from '@/design/dialog'
import { Failure } from '@/design/feedback'
import { useWords } from '@/words'
import { Who } from './who'

/** Issue gives somebody a credential by hand: what shows that it is earned is kept. */
export function Issue({
  candidate: c,
  template,
  onClose,
}: {
  candidate: Schema<'Candidate'>
  template: Schema<'Template'>
  onClose: () => void
}) {
  const t = useWords('official')
  const common = useWords()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ evidence: string }>()
  const issue = useAct(
    (v: { evidence: string }, headers) =>
      body(
        api.POST('/api/v1/credentials', {
          params: { header: headers },
          body: {
            agent_id: c.agent_id,
            template_id: template.id,
            evidence: v.evidence,
            renews: c.state === 'renewable' ? c.credential_id : undefined,
          },
        }),
      ),
    [['candidates'], ['credentials'], ['progress']],
  )
  return (
    <Dialog
      open
      title={t('board.issue')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('board.issue')}
      cancelText={common('cancel')}
      confirmLoading={issue.isPending}
    >
      <p className="mb8">
        <Who id={c.agent_id} plain /> · {t('board.missing', { count: c.missing })}
      </p>
      <p className="t2 mb12">{t('board.issueHint')}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(v) =>
          issue.mutate(v, {
            onSuccess: () => {
              void message.success(t('board.issuedNow'))
              onClose()
            },
          })
        }
      >
        <Form.Item
          name="evidence"
          label={t('credential.evidence')}
          rules={[{ required: true, whitespace: true, message: t('board.evidenceNeeded') }]}
        >
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
      </Form>
      {issue.error && <Failure problem={issue.error} kept />}
    </Dialog>
  )
}
