import { App, Form, Input, Radio } from 'antd'
import { useEffect, useRef } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { State } from '@/design/state'
import { usePhone } from '@/design/theme'
import { When } from '@/design/time'
import { useWords } from '@/words'

type Task = Schema<'GradingTask'>

/** TaskForm is one answer and the rubric to mark it on. focus begins reading at it, where another was marked or chosen before. */
export function TaskForm({ task, focus, onMarked }: { task: Task; focus: boolean; onMarked: () => void }) {
  const t = useWords('trainer')
  const { message } = App.useApp()
  const isPhone = usePhone()
  const top = useRef<HTMLHeadingElement>(null)
  const [form] = Form.useForm<{ points: number[]; comment?: string }>()
  const given = (Form.useWatch('points', form) ?? []).reduce((n, p) => n + (p ?? 0), 0)
  const mark = useAct(
    (m: Schema<'GraderMark'>, headers) =>
      body(api.POST('/api/v1/grading-tasks/{id}/mark', { params: { path: { id: task.id }, header: headers }, body: m })),
    [['grading']],
  )
  useEffect(() => {
    if (focus) top.current?.focus()
  }, [focus])
  const replies = task.answer?.replies ?? []
  const customers = task.question.turns?.filter((x) => x.speaker === 'customer') ?? []
  return (
    <div className="col g16 read">
      <div className="row wrap g8">
        {task.round > 1 && <State tone="late">{t('grading.round', { round: task.round })}</State>}
        <span className="t3">{task.topic}</span>
        <span className="sm t3">
          <When at={task.opened_at} />
        </span>
        {task.round > 1 && <span className="sm t2">{t('grading.second')}</span>}
      </div>
      <h2 className="lg pre" tabIndex={-1} ref={top}>
        {task.question.text.body}
      </h2>
      {task.reason && <p className="soft late pre">{task.reason}</p>}
      {customers.length > 0 ? (
        <ol className="col g12">
          {customers.map((turn, i) => (
            <li key={i} className="col g4">
              <p>
                <span className="t3">{t('speaker.customer')}</span> {turn.text}
              </p>
              <blockquote className="soft pre m0">{replies[i] || <span className="t3">{t('grading.saidNothing')}</span>}</blockquote>
              {task.lines?.[i] && (
                <p className="row wrap g8 sm">
                  {task.lines[i].required?.map((w) => (
                    <State key={w} plain tone={(replies[i] ?? '').includes(w) ? 'ok' : 'miss'}>
                      {t('grading.must')} {w}
                    </State>
                  ))}
                  {task.lines[i].forbidden?.map((w) => (
                    <State key={w} plain tone={(replies[i] ?? '').includes(w) ? 'miss' : 'ok'}>
                      {t('grading.mustNot')} {w}
                    </State>
                  ))}
                </p>
              )}
            </li>
          ))}
        </ol>
      ) : (
        <div>
          <div className="sm t3 mb4">{t('grading.answer')}</div>
          <blockquote className="soft pre md m0">{task.answer?.text || <span className="t3">{t('grading.saidNothing')}</span>}</blockquote>
        </div>
      )}
      {task.guide?.body && (
        <p className="t2 pre">
          <span className="m">{t('grading.guide')}</span> {task.guide.body}
        </p>
      )}
      <Form
        className="rubric"
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(v) =>
          mark.mutate(
            { points: task.rubric.map((_, i) => v.points[i] ?? 0), comment: v.comment ?? '' },
            {
              onSuccess: () => {
                void message.success(t('grading.marked'))
                onMarked()
              },
            },
          )
        }
      >
        {task.rubric.map((c, i) => (
          <Form.Item
            key={c.name + i}
            name={['points', i]}
            label={
              <span>
                <span className="m">{c.name}</span> <span className="t3">0–{c.points}</span>
              </span>
            }
            extra={c.guide?.body}
            rules={[{ required: true, message: t('grading.give', { points: c.points }) }]}
          >
            {c.points <= (isPhone ? 7 : 10) ? (
              <Radio.Group optionType="button" options={Array.from({ length: c.points + 1 }, (_, n) => ({ value: n, label: String(n) }))} />
            ) : (
              <PointsInput most={c.points} />
            )}
          </Form.Item>
        ))}
        <Form.Item name="comment" label={t('grading.comment')}>
          <Input.TextArea rows={2} maxLength={2000} />
        </Form.Item>
        {mark.error && <Failure problem={mark.error} kept />}
        <div className="row wrap g12">
          <Button type="primary" htmlType="submit" loading={mark.isPending}>
            {t('grading.mark')}
          </Button>
          <span className="t2 num" role="status">
            {t('grading.sum', { given, points: task.rubric.reduce((n, c) => n + c.points, 0) })}
          </span>
        </div>
      </Form>
    </div>
  )
}

/** PointsInput is for criteria of more points than fit in a row of buttons. */
function PointsInput({
  most,
  value,
  onChange,
  id,
}: {
  most: number
  value?: number
  onChange?: (v: number | undefined) => void
  id?: string
}) {
  return (
    <Input
      id={id}
      type="number"
      min={0}
      max={most}
      step={1}
      className="w116"
      value={value ?? ''}
      onChange={(e) => onChange?.(e.target.value === '' ? undefined : Math.min(most, Math.max(0, Math.round(Number(e.target.value)))))}
    />
  )
}
