import { App, Form, Input, Select } from 'antd'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Dialog } from '@/design/dialog'
import { Failure } from '@/design/feedback'
import { useWords } from '@/words'

export type Doing = 'suspension' | 'revocation' | 'reinstatement'

const grounds: Schema<'Grounds'>['reason_code'][] = ['cheating', 'misconduct', 'evidence_wrong', 'security', 'other']

/** Act suspends, reinstates or asks to revoke: what follows is said before, and why is kept. */
export function Act({ credential, what, onClose }: { credential: Pick<Schema<'Credential'>, 'id'>; what: Doing; onClose: () => void }) {
  const t = useWords('official')
  const common = useWords()
  const { message } = App.useApp()
  const [form] = Form.useForm<Schema<'Grounds'>>()
  const path = { id: credential.id }
  const act = useAct(
    async (v: Schema<'Grounds'>, headers): Promise<unknown> => {
      switch (what) {
        case 'suspension':
          return body(api.POST('/api/v1/credentials/{id}/suspension', { params: { path, header: headers }, body: v }))
        case 'revocation':
          return body(api.POST('/api/v1/credentials/{id}/revocation-requests', { params: { path, header: headers }, body: v }))
        case 'reinstatement':
          return body(api.POST('/api/v1/credentials/{id}/reinstatement', { params: { path, header: headers }, body: { reason: v.reason } }))
      }
    },
    [['credentials'], ['revocations'], ['progress']],
  )
  return (
    <Dialog
      open
      title={t('credential.act.' + what)}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('credential.act.' + what)}
      okButtonProps={{ danger: what !== 'reinstatement', loading: act.isPending }}
      cancelText={common('cancel')}
    >
      <p className="t2 mb12">{t('credential.hint.' + what)}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(v) =>
          act.mutate(v, {
            onSuccess: () => {
              void message.success(t('credential.did.' + what))
              onClose()
            },
          })
        }
      >
        {what !== 'reinstatement' && (
          <Form.Item
            name="reason_code"
            label={t('credential.ground')}
            extra={t('credential.groundNote')}
            rules={[{ required: true, message: t('appeal.choose') }]}
          >
            <Select options={grounds.map((g) => ({ value: g, label: t('credential.grounds.' + g) }))} />
          </Form.Item>
        )}
        <Form.Item
          name="reason"
          label={t('credential.reason')}
          extra={t('credential.reasonNote')}
          rules={[{ required: true, whitespace: true, message: t('credential.reasonNeeded') }]}
        >
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
      </Form>
      {act.error && <Failure problem={act.error} kept />}
    </Dialog>
  )
}
