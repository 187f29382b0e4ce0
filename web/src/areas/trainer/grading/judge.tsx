import { Form, Input, Radio } from 'antd'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Dialog } from '@/design/dialog'
import { Failure } from '@/design/feedback'
import { useWords } from '@/words'
import { Evidence } from './evidence'

/** Judge asks what a person makes of a flag, and why. */
export function Judge({ flag, onClose }: { flag: Schema<'ExamFlag'>; onClose: () => void }) {
  const t = useWords('trainer')
  const common = useWords()
  const [form] = Form.useForm<{ founded: boolean; reason: string }>()
  const judge = useAct(
    (v: { founded: boolean; reason: string }, headers) =>
      body(api.POST('/api/v1/exam-flags/{id}/decision', { params: { path: { id: flag.id }, header: headers }, body: v })),
    [['flags']],
  )
  return (
    <Dialog
      open
      title={t('grading.judge')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={common('save')}
      cancelText={common('cancel')}
      confirmLoading={judge.isPending}
    >
      <div className="mb12">
        <Evidence flag={flag} />
      </div>
      <p className="t2 mb12">{t('grading.judgeHint')}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => judge.mutate(v, { onSuccess: onClose })}>
        <Form.Item name="founded" label={t('grading.verdict')} rules={[{ required: true, message: t('grading.verdict') }]}>
          <Radio.Group
            options={[
              { value: true, label: t('grading.founded') },
              { value: false, label: t('grading.unfounded') },
            ]}
          />
        </Form.Item>
        <Form.Item name="reason" label={t('reason')} rules={[{ required: true, whitespace: true, message: t('reasonNeeded') }]}>
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
      </Form>
      {judge.error && <Failure problem={judge.error} kept />}
    </Dialog>
  )
}
