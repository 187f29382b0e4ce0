import { App, Form, Input, Radio, Segmented } from 'antd'
import { Flag, PenLine } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useWords } from '@/words'
import { Who } from '../official/who'

type Task = Schema<'GradingTask'>
type ExamFlag = Schema<'ExamFlag'>
type View = 'tasks' | 'flags'

/** The grading queue: answers to mark on their rubrics, and what looks odd in an exam and a person should judge. */
export default function Grading() {
  const t = useWords('trainer')
  const [view, setView] = useState<View>('tasks')
  return (
    <Page
      title={t('grading.title')}
      actions={
        <Segmented<View>
          value={view}
          onChange={setView}
          options={[
            { value: 'tasks', label: t('grading.tasks') },
            { value: 'flags', label: t('grading.flags') },
          ]}
        />
      }
    >
      {view === 'tasks' ? (
        <Tasks />
      ) : (
        <div className="sec">
          <Flags />
        </div>
      )}
    </Page>
  )
}

/** Tasks is the queue beside one answer: marking it brings up the next, so that two hundred are two hundred times the same few keys. */
function Tasks() {
  const t = useWords('trainer')
  const [chosen, choose] = useState<string>()
  const query = usePages<Task>(['grading'], (cursor) =>
    body(api.GET('/api/v1/grading-tasks', { params: { query: { limit: 50, cursor } } })),
  )
  return (
    <Loaded
      query={query}
      skeleton={
        <div className="sec">
          <Skeleton lines={[160, 160]} />
        </div>
      }
    >
      {(list) => {
        const task = list.find((x) => x.id === chosen) ?? list[0]
        const next = (id: string) => {
          const i = list.findIndex((x) => x.id === id)
          choose((list[i + 1] ?? list[i - 1])?.id)
        }
        return !task ? (
          <div className="sec">
            <Empty icon={PenLine} title={t('grading.none')} hint={t('grading.noneHint')} />
          </div>
        ) : (
          <div className="split queue">
            <div className="sec">
              <TaskForm key={task.id} task={task} onMarked={() => next(task.id)} />
            </div>
            <aside>
              <section className="sec" aria-label={t('grading.list')}>
                <p className="m mb8" role="status">
                  {query.hasNextPage ? t('grading.leftMore', { count: list.length }) : t('grading.left', { count: list.length })}
                </p>
                <ol className="tall">
                  {list.map((x) => (
                    <li key={x.id}>
                      <button type="button" className="rowbtn" aria-current={x.id === task.id || undefined} onClick={() => choose(x.id)}>
                        <span className="trunc line">{x.question.text.body}</span>
                        <span className="row wrap g8 sm t3">
                          <span className="trunc">{x.topic}</span>
                          <When at={x.opened_at} />
                          {x.round > 1 && <span className="late">{t('grading.round', { round: x.round })}</span>}
                        </span>
                      </button>
                    </li>
                  ))}
                </ol>
                <More query={query} />
              </section>
            </aside>
          </div>
        )
      }}
    </Loaded>
  )
}

function TaskForm({ task, onMarked }: { task: Task; onMarked: () => void }) {
  const t = useWords('trainer')
  const { message } = App.useApp()
  const top = useRef<HTMLHeadingElement>(null)
  const [form] = Form.useForm<{ points: number[]; comment?: string }>()
  const given = (Form.useWatch('points', form) ?? []).reduce((n, p) => n + (p ?? 0), 0)
  const mark = useAct(
    (m: Schema<'GraderMark'>, headers) =>
      body(api.POST('/api/v1/grading-tasks/{id}/mark', { params: { path: { id: task.id }, header: headers }, body: m })),
    [['grading']],
  )
  const first = useRef(true)
  useEffect(() => {
    if (!first.current) top.current?.focus()
    first.current = false
  }, [task.id])
  const replies = task.answer?.replies ?? []
  const customers = task.question.turns?.filter((x) => x.speaker === 'customer') ?? []
  return (
    <div className="col g16" style={{ maxWidth: 760 }}>
      <div className="row wrap g8">
        <State tone={task.round > 1 ? 'late' : 'info'}>{t('grading.round', { round: task.round })}</State>
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
            {c.points <= 10 ? (
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
      style={{ width: 100 }}
      value={value ?? ''}
      onChange={(e) => onChange?.(e.target.value === '' ? undefined : Math.min(most, Math.max(0, Math.round(Number(e.target.value)))))}
    />
  )
}

function Flags() {
  const t = useWords('trainer')
  const [chosen, choose] = useState<ExamFlag>()
  const query = usePages<ExamFlag>(['flags'], (cursor) => body(api.GET('/api/v1/exam-flags', { params: { query: { limit: 50, cursor } } })))
  return (
    <>
      <Loaded query={query} skeleton={<Skeleton lines={[72, 72]} />}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon={Flag} title={t('grading.noFlags')} hint={t('grading.noFlagsHint')} />
          ) : (
            <ul className="lines">
              {list.map((f) => (
                <li key={f.id} className="row wrap start g16">
                  <div className="grow col g8" style={{ minWidth: 260 }}>
                    <div className="row wrap g8">
                      {f.decision ? (
                        <State tone={f.decision.founded ? 'miss' : 'ok'}>
                          {t(f.decision.founded ? 'grading.founded' : 'grading.unfounded')}
                        </State>
                      ) : (
                        <State tone="late">{t('grading.kind.' + f.kind)}</State>
                      )}
                      {f.involved.map((id) => (
                        <Who key={id} id={id} />
                      ))}
                      <span className="sm t3">
                        <When at={f.raised_at} />
                      </span>
                    </div>
                    <Evidence flag={f} />
                    {f.decision && (
                      <p className="t2 pre">
                        {f.decision.reason}{' '}
                        <span className="sm t3">
                          <When at={f.decision.decided_at} /> <Who id={f.decision.decided_by} plain />
                        </span>
                      </p>
                    )}
                    <details>
                      <summary className="sm t3 clickable">{t('grading.method')}</summary>
                      <p className="sm t3">{f.evidence.method}</p>
                    </details>
                  </div>
                  {!f.decision && <Button onClick={() => choose(f)}>{t('grading.judge')}</Button>}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More query={query} />
      {chosen && <Judge flag={chosen} onClose={() => choose(undefined)} />}
    </>
  )
}

/** Evidence is what was seen, in words and as two bars that a person can compare. */
function Evidence({ flag: f }: { flag: ExamFlag }) {
  const t = useWords('trainer')
  const l = f.evidence.likeness,
    h = f.evidence.haste
  const bar = (label: string, value: number, most: number, tone: string, unit: string) => (
    <div style={{ display: 'grid', gridTemplateColumns: '96px minmax(0, 240px) auto', gap: 8, alignItems: 'center' }}>
      <span className="sm t2">{label}</span>
      <span className="bar-line" aria-hidden>
        <i style={{ width: `${Math.min(100, (100 * value) / Math.max(most, 0.1))}%`, background: tone }} />
      </span>
      <span className="sm num">{unit}</span>
    </div>
  )
  return (
    <div className="col g4">
      {l && (
        <>
          <p>{t('grading.likeness', { same: l.same_wrong, wrong: l.both_wrong, expected: l.expected.toFixed(1) })}</p>
          <p className="sm t2">
            {t('grading.chance')}{' '}
            {l.chance < 1e-6 ? t('grading.chanceTiny') : t('grading.chanceOf', { n: Math.round(1 / l.chance).toLocaleString('en') })}
            {f.evidence.seconds_together ? ' · ' + t('grading.together', { minutes: Math.round(f.evidence.seconds_together / 60) }) : null}
          </p>
        </>
      )}
      {h && (
        <>
          <p>{t('grading.haste', { own: h.seconds_per_answer.toFixed(1), median: h.median_seconds_per_answer.toFixed(1) })}</p>
          {h.median_seconds_per_answer > 0 ? (
            <>
              {bar(
                t('grading.own'),
                h.seconds_per_answer,
                h.median_seconds_per_answer,
                'var(--late)',
                `${h.seconds_per_answer.toFixed(1)} s`,
              )}
              {bar(
                t('grading.others'),
                h.median_seconds_per_answer,
                h.median_seconds_per_answer,
                'var(--chart-muted)',
                `${h.median_seconds_per_answer.toFixed(1)} s`,
              )}
            </>
          ) : (
            <p className="sm t3">{t('grading.fewOthers')}</p>
          )}
        </>
      )}
    </div>
  )
}

function Judge({ flag, onClose }: { flag: ExamFlag; onClose: () => void }) {
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
