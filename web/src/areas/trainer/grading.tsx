import { App, Form, Input, InputNumber, Modal, Radio, Segmented } from 'antd'
import { Flag, PenLine } from 'lucide-react'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useWords } from '@/words'

type Task = Schema<'GradingTask'>
type ExamFlag = Schema<'ExamFlag'>
type View = 'tasks' | 'flags'

/** The grading queue: answers to mark on their rubrics, and what looks odd in an exam and a person should judge. */
export default function Grading() {
  const t = useWords('trainer')
  const [view, setView] = useState<View>('tasks')
  return (
    <Page title={t('grading.title')} actions={<Segmented<View> value={view} onChange={setView} options={[{ value: 'tasks', label: t('grading.tasks') }, { value: 'flags', label: t('grading.flags') }]} />}>
      <div className="sec">{view === 'tasks' ? <Tasks /> : <Flags />}</div>
    </Page>
  )
}

function Tasks() {
  const t = useWords('trainer')
  const query = usePages<Task>(['grading'], (cursor) => body(api.GET('/api/v1/grading-tasks', { params: { query: { limit: 20, cursor } } })))
  return (
    <>
      <Loaded query={query} skeleton={<Skeleton lines={[160, 160]} />}>
        {(list) => list.length === 0 ? <Empty icon={PenLine} title={t('grading.none')} hint={t('grading.noneHint')} /> : <ul>{list.map((task) => <li key={task.id} style={{ padding: '20px 0', borderTop: '1px solid var(--line)' }}><TaskForm task={task} /></li>)}</ul>}
      </Loaded>
      <More query={query} />
    </>
  )
}

function TaskForm({ task }: { task: Task }) {
  const t = useWords('trainer')
  const { message } = App.useApp()
  const mark = useAct((m: Schema<'GraderMark'>, headers) => body(api.POST('/api/v1/grading-tasks/{id}/mark', { params: { path: { id: task.id }, header: headers }, body: m })), [['grading']])
  const replies = task.answer?.replies ?? []
  return (
    <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(320px, 1fr))', gap: 24 }}>
      <div className="col g8">
        <div className="row wrap g8"><State tone={task.round > 1 ? 'late' : 'info'}>{t('grading.round', { round: task.round })}</State><span className="t3">{task.topic}</span><span className="sm t3"><When at={task.opened_at} /></span></div>
        <p className="m pre">{task.question.text.body}</p>
        {task.question.turns?.map((turn, i) => <p key={i}><span className="t3">{t('speaker.' + turn.speaker)}</span> {turn.text}</p>)}
        <blockquote className="soft pre" style={{ margin: 0 }}>{task.answer?.text || replies.map((r, i) => <span key={i} style={{ display: 'block' }}>{r}</span>)}</blockquote>
        {task.guide?.body && <p className="sm t2 pre"><span className="m">{t('grading.guide')}</span> {task.guide.body}</p>}
        {task.reason && <p className="sm late pre">{task.reason}</p>}
      </div>
      <Form layout="vertical" requiredMark={false} onFinish={(v: { points: Record<string, number>; comment?: string }) => mark.mutate({ points: task.rubric.map((_, i) => v.points[i] ?? 0), comment: v.comment ?? '' }, { onSuccess: () => void message.success(t('grading.marked')) })}>
        {task.rubric.map((c, i) => <Form.Item key={c.name} name={['points', i]} label={<span><span className="m">{c.name}</span> <span className="t3">0–{c.points}</span></span>} extra={c.guide?.body} rules={[{ required: true, message: t('grading.give', { points: c.points }) }]}><InputNumber min={0} max={c.points} precision={0} /></Form.Item>)}
        <Form.Item name="comment" label={t('grading.comment')}><Input.TextArea rows={2} maxLength={2000} /></Form.Item>
        {mark.error && <Failure problem={mark.error} kept />}
        <Button type="primary" htmlType="submit" loading={mark.isPending}>{t('grading.mark')}</Button>
      </Form>
    </div>
  )
}

function Flags() {
  const t = useWords('trainer')
  const [chosen, choose] = useState<ExamFlag>()
  const query = usePages<ExamFlag>(['flags'], (cursor) => body(api.GET('/api/v1/exam-flags', { params: { query: { limit: 50, cursor } } })))
  return (
    <>
      <Loaded query={query} skeleton={<Skeleton lines={[72, 72]} />}>
        {(list) => list.length === 0 ? <Empty icon={Flag} title={t('grading.noFlags')} hint={t('grading.noFlagsHint')} /> : (
          <ul>{list.map((f) => (
            <li key={f.id} className="row wrap start g16" style={{ padding: '16px 0', borderTop: '1px solid var(--line)' }}>
              <div className="grow col g4" style={{ minWidth: 280 }}>
                <div className="row wrap g8"><State tone="late">{t('grading.kind.' + f.kind)}</State><span className="sm t3"><When at={f.raised_at} /></span></div>
                {f.evidence.likeness && <p>{t('grading.likeness', { same: f.evidence.likeness.same_wrong, wrong: f.evidence.likeness.both_wrong, expected: f.evidence.likeness.expected.toFixed(1) })} <span className="t3">p = {f.evidence.likeness.chance.toExponential(1)}</span></p>}
                {f.evidence.haste && <p>{t('grading.haste', { own: f.evidence.haste.seconds_per_answer.toFixed(1), median: f.evidence.haste.median_seconds_per_answer.toFixed(1) })}</p>}
                <p className="sm t3">{f.evidence.method}</p>
              </div>
              <Button onClick={() => choose(f)}>{t('grading.judge')}</Button>
            </li>
          ))}</ul>
        )}
      </Loaded>
      <More query={query} />
      {chosen && <Judge flag={chosen} onClose={() => choose(undefined)} />}
    </>
  )
}

function Judge({ flag, onClose }: { flag: ExamFlag; onClose: () => void }) {
  const t = useWords('trainer')
  const common = useWords()
  const [form] = Form.useForm<{ founded: boolean; reason: string }>()
  const judge = useAct((v: { founded: boolean; reason: string }, headers) => body(api.POST('/api/v1/exam-flags/{id}/decision', { params: { path: { id: flag.id }, header: headers }, body: v })), [['flags']])
  return (
    <Modal open title={t('grading.judge')} onCancel={onClose} onOk={() => form.submit()} okText={common('save')} cancelText={common('cancel')} confirmLoading={judge.isPending}>
      <p className="t2" style={{ marginBottom: 12 }}>{t('grading.judgeHint')}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => judge.mutate(v, { onSuccess: onClose })}>
        <Form.Item name="founded" label={t('grading.verdict')} rules={[{ required: true, message: t('grading.verdict') }]}><Radio.Group options={[{ value: true, label: t('grading.founded') }, { value: false, label: t('grading.unfounded') }]} /></Form.Item>
        <Form.Item name="reason" label={t('reason')} rules={[{ required: true, whitespace: true, message: t('reasonNeeded') }]}><Input.TextArea rows={3} maxLength={2000} /></Form.Item>
      </Form>
      {judge.error && <Failure problem={judge.error} kept />}
    </Modal>
  )
}
