import { Form, Input, Modal } from 'antd'
import { Failure } from '@/design/feedback'
import { useWords } from '@/words'

/** Reason asks why before an act that is recorded; what was typed stays when the act is refused. */
export function Reason({ title, hint, danger, busy, problem, onClose, onGiven, max = 500 }: {
  title: string; hint?: string; danger?: boolean; busy: boolean; problem: unknown; onClose: () => void; onGiven: (reason: string) => void; max?: number
}) {
  const common = useWords()
  const t = useWords('operator')
  const [form] = Form.useForm<{ reason: string }>()
  return (
    <Modal open title={title} onCancel={onClose} onOk={() => form.submit()} okText={title} okButtonProps={{ danger, loading: busy }} cancelText={common('cancel')}>
      {hint && <p className="t2" style={{ marginBottom: 12 }}>{hint}</p>}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => onGiven(v.reason)}>
        <Form.Item name="reason" label={t('reason.label')} extra={t('reason.kept')} rules={[{ required: true, whitespace: true, message: t('reason.needed') }]}><Input.TextArea rows={3} maxLength={max} autoFocus /></Form.Item>
      </Form>
      {problem ? <Failure problem={problem} kept /> : null}
    </Modal>
  )
}
