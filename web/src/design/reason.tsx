import { Form, Input } from 'antd'
import { useWords } from '@/words'
import { Dialog } from './dialog'
import { Failure } from './feedback'

/** Reason asks why before an act that is recorded; what was typed stays when the act is refused. */
export function Reason({
  title,
  hint,
  danger,
  busy,
  problem,
  onClose,
  onGiven,
}: {
  title: string
  hint?: string
  danger?: boolean
  busy: boolean
  problem: unknown
  onClose: () => void
  onGiven: (reason: string) => void
}) {
  const t = useWords()
  const [form] = Form.useForm<{ reason: string }>()
  return (
    <Dialog
      open
      title={title}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={title}
      okButtonProps={{ danger, loading: busy }}
      cancelText={t('cancel')}
    >
      {hint && <p className="t2 mb12">{hint}</p>}
      <Form form={form} name="why" layout="vertical" requiredMark={false} onFinish={(v) => onGiven(v.reason)}>
        <Form.Item
          name="reason"
          label={t('reason.label')}
          extra={t('reason.kept')}
          rules={[{ required: true, whitespace: true, message: t('reason.needed') }]}
        >
          <Input.TextArea rows={3} maxLength={500} autoFocus />
        </Form.Item>
      </Form>
      {problem ? <Failure problem={problem} kept /> : null}
    </Dialog>
  )
}
