import { useQuery } from '@tanstack/react-query'
import { App, Checkbox, Input, InputNumber, Radio, Select } from 'antd'
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import { useEffect, useId, useState, type ReactNode } from 'react'
import { Link, useBlocker, useNavigate, useParams, useSearchParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page, Section } from '@/design/page'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useWords } from '@/words'
import { kinds } from './bank'
import { blank, full, lacks, moved, rightly, spread, tidy, type Kind, type Question } from './question-draft'
import { QuestionBody } from './question'

type BankQuestion = Schema<'BankQuestion'>
type Change = (more: Partial<Question>) => void

/** One question of a bank: what it asks, what is right, and its versions. A change is the next version; papers published before keep what they have. */
export default function QuestionPage() {
  const t = useWords('trainer')
  const { id: bank = '', question = '' } = useParams()
  const fresh = question === 'new'
  const banked = useQuery({
    queryKey: ['banks', bank],
    queryFn: () => body(api.GET('/api/v1/question-banks/{id}', { params: { path: { id: bank } } })),
  })
  const versions = useQuery({
    queryKey: ['question', question],
    enabled: !fresh,
    queryFn: async () => (await body(api.GET('/api/v1/questions/{id}/versions', { params: { path: { id: question } } }))).items,
  })
  const newest = versions.data?.[0]
  return (
    <Page
      title={t(fresh ? 'question.new' : 'question.edit')}
      trail={
        <>
          <Link to="/trainer/banks">{t('banks.title')}</Link>{' '}
          <span className="t3" aria-hidden>
            /
          </span>{' '}
          <Link to={'/trainer/banks/' + bank}>{banked.data?.name ?? t('bank.one')}</Link>
        </>
      }
      note={
        newest && (
          <span className="row wrap g8">
            <span className="t3">{t('question.version', { version: newest.version })}</span>
            {newest.retired_at && (
              <State tone="open" shape="bar">
                {t('bank.retired')}
              </State>
            )}
          </span>
        )
      }
    >
      {fresh ? (
        <Editor bank={bank} />
      ) : (
        <Loaded
          query={versions}
          skeleton={
            <div className="sec">
              <Skeleton lines={[80, 34, 34, 34]} />
            </div>
          }
        >
          {(list) => (list[0] ? <Editor key={list[0].version_id} bank={bank} was={list[0]} versions={list} /> : null)}
        </Loaded>
      )}
    </Page>
  )
}

function Editor({ bank, was, versions }: { bank: string; was?: BankQuestion; versions?: BankQuestion[] }) {
  const t = useWords('trainer')
  const common = useWords()
  const go = useNavigate()
  const { message, modal } = App.useApp()
  const [params] = useSearchParams()
  const asked = kinds.find((k) => k === params.get('kind')) ?? 'single_choice'
  const [q, setQ] = useState<Question>(() =>
    was
      ? { ...was.question, category: was.question.category ?? was.topic, difficulty: was.question.difficulty ?? was.difficulty }
      : { ...blank(asked), category: params.get('topic') ?? '' },
  )
  const [touched, touch] = useState(false)
  const [tried, setTried] = useState(false)
  const change: Change = (more) => {
    touch(true)
    setQ((old) => ({ ...old, ...more }))
  }
  const save = useAct(
    ({ again: _, ...sent }: Question & { again?: boolean }, headers) =>
      was
        ? body(
            api.POST('/api/v1/questions/{id}/versions', {
              params: { path: { id: was.id }, header: headers },
              body: { version: was.version, question: sent },
            }),
          )
        : body(api.POST('/api/v1/question-banks/{id}/questions', { params: { path: { id: bank }, header: headers }, body: sent })),
    [['banks'], ['question']],
  )
  const missing = lacks(q)
  const retired = Boolean(was?.retired_at)
  const blocker = useBlocker(touched && !save.isSuccess)
  useEffect(() => {
    if (blocker.state === 'blocked')
      void modal.confirm({
        title: t('question.leave'),
        content: t('question.leaveHint'),
        okText: t('question.leaveYes'),
        cancelText: t('question.stay'),
        onOk: () => blocker.proceed(),
        onCancel: () => blocker.reset(),
      })
  }, [blocker, modal, t])
  const send = (again: boolean) => {
    setTried(true)
    if (missing.length > 0) return
    save.mutate(tidy(q), {
      onSuccess: (made) => {
        touch(false)
        void message.success(t(was ? 'question.savedVersion' : 'question.saved', { version: made.version }))
        if (again) {
          setQ({ ...blank(q.kind), category: q.category, difficulty: q.difficulty })
          setTried(false)
          save.reset()
        } else setTimeout(() => void go('/trainer/banks/' + bank))
      },
    })
  }
  return (
    <div className="split">
      <form
        className="col"
        onSubmit={(e) => {
          e.preventDefault()
          send(false)
        }}
      >
        <fieldset disabled={retired} className="borderless p0 m0 min0">
          <Section>
            <div
              style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(min(200px, 100%), 1fr))', gap: 16, marginBottom: 16 }}
            >
              <Labelled label={t('bank.kind')}>
                {(id) => (
                  <Select<Kind>
                    id={id}
                    disabled={Boolean(was)}
                    value={q.kind}
                    onChange={(kind) => {
                      touch(true)
                      setQ({ ...blank(kind), text: q.text, category: q.category, difficulty: q.difficulty, feedback: q.feedback })
                    }}
                    options={kinds.map((k) => ({ value: k, label: t('kind.' + k) }))}
                  />
                )}
              </Labelled>
              <Labelled label={t('bank.topic')} error={tried && missing.includes('topic') && t('question.lacks.topic')}>
                {(id) => (
                  <Input
                    id={id}
                    value={q.category}
                    maxLength={200}
                    placeholder={t('question.topicHint')}
                    onChange={(e) => change({ category: e.target.value })}
                  />
                )}
              </Labelled>
              <Labelled label={t('bank.difficulty')}>
                {(id) => (
                  <Select<number>
                    id={id}
                    value={q.difficulty}
                    onChange={(difficulty) => change({ difficulty })}
                    options={[1, 2, 3, 4, 5].map((d) => ({ value: d, label: t('question.difficulty.' + d) }))}
                  />
                )}
              </Labelled>
            </div>
            <Labelled label={t('question.stem')} error={tried && missing.includes('stem') && t('question.lacks.stem')}>
              {(id) => (
                <Input.TextArea
                  id={id}
                  autoSize={{ minRows: 3, maxRows: 12 }}
                  value={q.text.body}
                  onChange={(e) => change({ text: { ...q.text, body: e.target.value } })}
                />
              )}
            </Labelled>
          </Section>
          <Section title={t('question.part.' + q.kind)} note={t('question.hint.' + q.kind)}>
            <Parts q={q} change={change} />
            {tried &&
              missing
                .filter((m) => m !== 'stem' && m !== 'topic')
                .map((m) => (
                  <p key={m} className="miss mt8" role="alert">
                    {t('question.lacks.' + m)}
                  </p>
                ))}
          </Section>
          {(q.kind === 'open' || q.kind === 'dialogue') && <Rubric q={q} change={change} />}
          <Section>
            <Labelled label={t('question.feedback')} hint={t('question.feedbackHint')}>
              {(id) => (
                <Input.TextArea
                  id={id}
                  autoSize={{ minRows: 2, maxRows: 8 }}
                  value={q.feedback?.body ?? ''}
                  onChange={(e) => change({ feedback: { format: q.feedback?.format ?? 'plain', body: e.target.value } })}
                />
              )}
            </Labelled>
          </Section>
        </fieldset>
        <div className="sec">
          {save.error && <Failure problem={save.error} kept />}
          {retired ? (
            <p className="t2">{t('question.isRetired')}</p>
          ) : (
            <div className="row wrap g8">
              <Button type="primary" htmlType="submit" loading={save.isPending}>
                {was ? t('question.saveVersion', { version: was.version + 1 }) : t('question.save')}
              </Button>
              {!was && (
                <Button onClick={() => send(true)} loading={save.isPending}>
                  {t('question.another')}
                </Button>
              )}
              <Button type="text" onClick={() => void go('/trainer/banks/' + bank)}>
                {common('cancel')}
              </Button>
              <span className="sm t3">{was ? t('question.past') : null}</span>
            </div>
          )}
        </div>
      </form>
      <aside>
        <Section title={t('question.preview')} note={t('question.previewNote')}>
          <QuestionBody question={q} keys />
        </Section>
        {versions && versions.length > 0 && (
          <Section title={t('question.versions')}>
            <ol>
              {versions.map((v) => (
                <li key={v.version_id} className="row between g8 py8 topline">
                  <span className="m">{t('question.version', { version: v.version })}</span>
                  <span className="sm t3">
                    <When at={v.created_at} />
                  </span>
                </li>
              ))}
            </ol>
          </Section>
        )}
      </aside>
    </div>
  )
}

/** Labelled is a control with its label above and what is wrong beneath. */
function Labelled({
  label,
  hint,
  error,
  children,
}: {
  label: string
  hint?: string
  error?: string | false
  children: (id: string) => ReactNode
}) {
  const id = useId()
  return (
    <div className="col g4">
      <label htmlFor={id} className="m">
        {label}
      </label>
      {children(id)}
      {hint && <span className="sm t3">{hint}</span>}
      {error && (
        <span className="sm miss" role="alert">
          {error}
        </span>
      )}
    </div>
  )
}

function Parts({ q, change }: { q: Question; change: Change }) {
  switch (q.kind) {
    case 'single_choice':
    case 'multiple_choice':
      return <Choices q={q} change={change} />
    case 'true_false':
      return <Truth q={q} change={change} />
    case 'numeric':
      return <Numbers q={q} change={change} />
    case 'short_text':
      return <Words q={q} change={change} />
    case 'matching':
      return <Pairs q={q} change={change} />
    case 'ordering':
      return <Order q={q} change={change} />
    case 'dialogue':
      return <Turns q={q} change={change} />
    case 'open':
      return <Guide q={q} change={change} />
  }
}

const put = <T,>(list: T[], at: number, item: T) => list.map((x, i) => (i === at ? item : x))
const out = <T,>(list: T[], at: number) => list.filter((_, i) => i !== at)
const share = (weight: number) => `${(weight / (full / 100)).toFixed(weight % (full / 100) === 0 ? 0 : 1)}%`

function Row({
  children,
  onDrop,
  n,
  dropped,
  wide,
}: {
  children: ReactNode
  onDrop: () => void
  n: number
  dropped: boolean
  wide?: boolean
}) {
  const t = useWords('trainer')
  return (
    <li className={wide ? 'row start wrap g8 partrow' : 'row start g8'}>
      {children}
      <Button type="text" aria-label={t('question.drop', { n })} disabled={!dropped} icon={<X size={14} aria-hidden />} onClick={onDrop} />
    </li>
  )
}

/** Moves puts one of a list before or behind its neighbour. */
function Moves<T>({ list, at, onMove }: { list: T[]; at: number; onMove: (list: T[]) => void }) {
  const t = useWords('trainer')
  return (
    <>
      <Button
        type="text"
        aria-label={t('question.up', { n: at + 1 })}
        disabled={at === 0}
        icon={<ArrowUp size={14} aria-hidden />}
        onClick={() => onMove(moved(list, at, -1))}
      />
      <Button
        type="text"
        aria-label={t('question.down', { n: at + 1 })}
        disabled={at === list.length - 1}
        icon={<ArrowDown size={14} aria-hidden />}
        onClick={() => onMove(moved(list, at, 1))}
      />
    </>
  )
}

function Add({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <div className="mt8">
      <Button icon={<Plus size={14} aria-hidden />} onClick={onClick}>
        {label}
      </Button>
    </div>
  )
}

function Choices({ q, change }: { q: Question; change: Change }) {
  const t = useWords('trainer')
  const answers = q.answers ?? []
  const many = q.kind === 'multiple_choice'
  return (
    <>
      <ul className="col g8">
        {answers.map((a, i) => (
          <Row key={i} n={i + 1} dropped={answers.length > 2} onDrop={() => change({ answers: spread(q, out(answers, i)) })}>
            <span className="nowrap" style={{ width: many ? 76 : 28, paddingTop: 6 }}>
              {many ? (
                <Checkbox
                  checked={a.weight > 0}
                  aria-label={t('question.right', { n: i + 1 })}
                  onChange={(e) => change({ answers: rightly(q, i, e.target.checked) })}
                >
                  {a.weight === 0 ? '' : share(a.weight)}
                </Checkbox>
              ) : (
                <Radio
                  checked={a.weight === full}
                  aria-label={t('question.right', { n: i + 1 })}
                  onChange={() => change({ answers: rightly(q, i, true) })}
                >
                  {a.weight > 0 && a.weight < full ? share(a.weight) : ''}
                </Radio>
              )}
            </span>
            <div className="grow col g4">
              <Input.TextArea
                autoSize={{ minRows: 1, maxRows: 6 }}
                aria-label={t('question.choice', { n: i + 1 })}
                placeholder={t('question.choice', { n: i + 1 })}
                value={a.text?.body ?? ''}
                onChange={(e) =>
                  change({ answers: put(answers, i, { ...a, text: { format: a.text?.format ?? 'plain', body: e.target.value } }) })
                }
              />
              {(a.feedback || a.text?.body) && (
                <Input
                  size="small"
                  variant="filled"
                  aria-label={t('question.why', { n: i + 1 })}
                  placeholder={t('question.whyHint')}
                  value={a.feedback?.body ?? ''}
                  onChange={(e) =>
                    change({
                      answers: put(answers, i, { ...a, feedback: { format: a.feedback?.format ?? 'plain', body: e.target.value } }),
                    })
                  }
                />
              )}
            </div>
          </Row>
        ))}
      </ul>
      <Add
        label={t('question.addChoice')}
        onClick={() => change({ answers: [...answers, { text: { format: 'plain', body: '' }, weight: 0 }] })}
      />
    </>
  )
}

function Truth({ q, change }: { q: Question; change: Change }) {
  const t = useWords('trainer')
  const answers = q.answers ?? []
  return (
    <Radio.Group
      aria-label={t('question.part.true_false')}
      value={(answers[0]?.weight ?? 0) === full}
      onChange={(e) => change({ answers: answers.map((a, i) => ({ ...a, weight: (i === 0) === e.target.value ? full : 0 })) })}
      options={[
        { value: true, label: t('question.true') },
        { value: false, label: t('question.false') },
      ]}
    />
  )
}

function Numbers({ q, change }: { q: Question; change: Change }) {
  const t = useWords('trainer')
  const answers = q.answers ?? []
  return (
    <>
      <ul className="col g8">
        {answers.map((a, i) => {
          const n = a.number ?? {}
          const way = n.any ? 'any' : n.low !== undefined || n.high !== undefined ? 'range' : 'value'
          const set = (number: Schema<'Number'>) => change({ answers: put(answers, i, { ...a, number }) })
          return (
            <Row key={i} n={i + 1} dropped={answers.length > 1} onDrop={() => change({ answers: out(answers, i) })}>
              <div className="row wrap g8 grow">
                <Select
                  aria-label={t('question.numberWay', { n: i + 1 })}
                  value={way}
                  style={{ width: 120 }}
                  onChange={(w) =>
                    set(
                      w === 'any'
                        ? { any: true }
                        : w === 'range'
                          ? { low: n.value ?? '', high: n.value ?? '' }
                          : { value: n.low ?? '', tolerance: '' },
                    )
                  }
                  options={(['value', 'range', 'any'] as const).map((w) => ({ value: w, label: t('question.number.' + w) }))}
                />
                {way === 'value' && (
                  <>
                    <Input
                      aria-label={t('question.value', { n: i + 1 })}
                      placeholder={t('question.number.value')}
                      inputMode="decimal"
                      style={{ width: 120 }}
                      value={n.value}
                      onChange={(e) => set({ ...n, value: e.target.value })}
                    />
                    <Input
                      aria-label={t('question.tolerance', { n: i + 1 })}
                      prefix="±"
                      placeholder="0"
                      inputMode="decimal"
                      style={{ width: 110 }}
                      value={n.tolerance}
                      onChange={(e) => set({ ...n, tolerance: e.target.value })}
                    />
                  </>
                )}
                {way === 'range' && (
                  <>
                    <Input
                      aria-label={t('question.low', { n: i + 1 })}
                      inputMode="decimal"
                      style={{ width: 110 }}
                      value={n.low}
                      onChange={(e) => set({ ...n, low: e.target.value })}
                    />
                    <span className="t3">–</span>
                    <Input
                      aria-label={t('question.high', { n: i + 1 })}
                      inputMode="decimal"
                      style={{ width: 110 }}
                      value={n.high}
                      onChange={(e) => set({ ...n, high: e.target.value })}
                    />
                  </>
                )}
                <Earns weight={a.weight} n={i + 1} onChange={(weight) => change({ answers: put(answers, i, { ...a, weight }) })} />
              </div>
            </Row>
          )
        })}
      </ul>
      <Add
        label={t('question.addNumber')}
        onClick={() => change({ answers: [...answers, { weight: full, number: { value: '', tolerance: '' } }] })}
      />
    </>
  )
}

/** Earns is the part of the mark that an answer is worth. */
function Earns({ weight, n, onChange }: { weight: number; n: number; onChange: (weight: number) => void }) {
  const t = useWords('trainer')
  return (
    <InputNumber
      aria-label={t('question.earns', { n })}
      suffix="%"
      min={0}
      max={100}
      precision={2}
      style={{ width: 100 }}
      value={weight / (full / 100)}
      onChange={(v) => onChange(Math.round((v ?? 0) * (full / 100)))}
    />
  )
}

function Words({ q, change }: { q: Question; change: Change }) {
  const t = useWords('trainer')
  const answers = q.answers ?? []
  return (
    <>
      <ul className="col g8">
        {answers.map((a, i) => (
          <Row key={i} n={i + 1} dropped={answers.length > 1} onDrop={() => change({ answers: out(answers, i) })}>
            <div className="grow">
              <Input
                aria-label={t('question.accepted', { n: i + 1 })}
                placeholder={t('question.acceptedHint')}
                value={a.text?.body ?? ''}
                onChange={(e) => change({ answers: put(answers, i, { ...a, text: { format: 'plain', body: e.target.value } }) })}
              />
            </div>
            <Earns weight={a.weight} n={i + 1} onChange={(weight) => change({ answers: put(answers, i, { ...a, weight }) })} />
          </Row>
        ))}
      </ul>
      <div className="row wrap g16 mt8">
        <Button
          icon={<Plus size={14} aria-hidden />}
          onClick={() => change({ answers: [...answers, { text: { format: 'plain', body: '' }, weight: full }] })}
        >
          {t('question.addAccepted')}
        </Button>
        <Checkbox checked={q.case_made ?? false} onChange={(e) => change({ case_made: e.target.checked })}>
          {t('question.case')}
        </Checkbox>
      </div>
    </>
  )
}

function Pairs({ q, change }: { q: Question; change: Change }) {
  const t = useWords('trainer')
  const pairs = q.pairs ?? []
  return (
    <>
      <ul className="col g8">
        {pairs.map((p, i) => (
          <Row key={i} n={i + 1} dropped={pairs.length > 2} onDrop={() => change({ pairs: out(pairs, i) })}>
            <div
              className="grow"
              style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(min(180px, 100%), 1fr))', gap: 8 }}
            >
              <Input
                aria-label={t('question.left', { n: i + 1 })}
                placeholder={t('question.leftHint')}
                value={p.left?.body ?? ''}
                onChange={(e) =>
                  change({ pairs: put(pairs, i, { ...p, left: { format: p.left?.format ?? 'plain', body: e.target.value } }) })
                }
              />
              <Input
                aria-label={t('question.match', { n: i + 1 })}
                placeholder={t('question.matchHint')}
                value={p.right}
                onChange={(e) => change({ pairs: put(pairs, i, { ...p, right: e.target.value }) })}
              />
            </div>
          </Row>
        ))}
      </ul>
      <Add
        label={t('question.addPair')}
        onClick={() => change({ pairs: [...pairs, { left: { format: 'plain', body: '' }, right: '' }] })}
      />
    </>
  )
}

function Order({ q, change }: { q: Question; change: Change }) {
  const t = useWords('trainer')
  const items = q.items ?? []
  return (
    <>
      <ol className="col g8">
        {items.map((item, i) => (
          <Row key={i} n={i + 1} dropped={items.length > 2} onDrop={() => change({ items: out(items, i) })}>
            <span className="t3 num" style={{ width: 20, paddingTop: 6 }}>
              {i + 1}
            </span>
            <div className="grow">
              <Input
                aria-label={t('question.item', { n: i + 1 })}
                value={item.body}
                onChange={(e) => change({ items: put(items, i, { ...item, body: e.target.value }) })}
              />
            </div>
            <Moves list={items} at={i} onMove={(items) => change({ items })} />
          </Row>
        ))}
      </ol>
      <Add label={t('question.addItem')} onClick={() => change({ items: [...items, { format: 'plain', body: '' }] })} />
    </>
  )
}

function Turns({ q, change }: { q: Question; change: Change }) {
  const t = useWords('trainer')
  const turns = q.turns ?? []
  return (
    <>
      <ol className="col g12">
        {turns.map((turn, i) => (
          <Row wide key={i} n={i + 1} dropped={turns.length > 1} onDrop={() => change({ turns: out(turns, i) })}>
            <Select
              aria-label={t('question.speaker', { n: i + 1 })}
              value={turn.speaker}
              style={{ width: 112 }}
              onChange={(speaker) => change({ turns: put(turns, i, { ...turn, speaker }) })}
              options={(['customer', 'agent'] as const).map((s) => ({ value: s, label: t('speaker.' + s) }))}
            />
            <div className="grow col g4">
              <Input.TextArea
                autoSize={{ minRows: 1, maxRows: 6 }}
                aria-label={t('question.line', { n: i + 1 })}
                placeholder={t('question.lineHint.' + turn.speaker)}
                value={turn.text}
                onChange={(e) => change({ turns: put(turns, i, { ...turn, text: e.target.value }) })}
              />
              {turn.speaker === 'customer' && (
                <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(min(180px, 100%), 1fr))', gap: 8 }}>
                  <Select
                    mode="tags"
                    open={false}
                    suffixIcon={null}
                    tokenSeparators={[',', '，', '、']}
                    aria-label={t('question.required', { n: i + 1 })}
                    placeholder={t('question.requiredHint')}
                    value={turn.required ?? []}
                    onChange={(required) => change({ turns: put(turns, i, { ...turn, required }) })}
                  />
                  <Select
                    mode="tags"
                    open={false}
                    suffixIcon={null}
                    tokenSeparators={[',', '，', '、']}
                    aria-label={t('question.forbidden', { n: i + 1 })}
                    placeholder={t('question.forbiddenHint')}
                    value={turn.forbidden ?? []}
                    onChange={(forbidden) => change({ turns: put(turns, i, { ...turn, forbidden }) })}
                  />
                </div>
              )}
            </div>
            <Moves list={turns} at={i} onMove={(turns) => change({ turns })} />
          </Row>
        ))}
      </ol>
      <Add
        label={t('question.addTurn')}
        onClick={() =>
          change({
            turns: [
              ...turns,
              { speaker: turns.at(-1)?.speaker === 'customer' ? 'agent' : 'customer', text: '', required: [], forbidden: [] },
            ],
          })
        }
      />
      <div className="mt16">
        <Guide q={q} change={change} />
      </div>
    </>
  )
}

function Guide({ q, change }: { q: Question; change: Change }) {
  const t = useWords('trainer')
  return (
    <Labelled label={t('question.guide')} hint={t('question.guideHint')}>
      {(id) => (
        <Input.TextArea
          id={id}
          autoSize={{ minRows: 2, maxRows: 8 }}
          value={q.guide?.body ?? ''}
          onChange={(e) => change({ guide: { format: q.guide?.format ?? 'plain', body: e.target.value } })}
        />
      )}
    </Labelled>
  )
}

function Rubric({ q, change }: { q: Question; change: Change }) {
  const t = useWords('trainer')
  const rubric = q.rubric ?? []
  return (
    <Section title={t('question.rubric')} note={t('question.rubricNote', { count: rubric.reduce((n, c) => n + c.points, 0) })}>
      <ul className="col g12">
        {rubric.map((c, i) => (
          <Row
            wide
            key={i}
            n={i + 1}
            dropped={q.kind === 'dialogue' || rubric.length > 1}
            onDrop={() => change({ rubric: out(rubric, i) })}
          >
            <div
              className="grow"
              style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(min(180px, 100%), 1fr))', gap: 8 }}
            >
              <Input
                aria-label={t('question.criterion', { n: i + 1 })}
                placeholder={t('question.criterionHint')}
                value={c.name}
                onChange={(e) => change({ rubric: put(rubric, i, { ...c, name: e.target.value }) })}
              />
              <Input
                aria-label={t('question.earnsWhat', { n: i + 1 })}
                placeholder={t('question.earnsWhatHint')}
                value={c.guide?.body ?? ''}
                onChange={(e) =>
                  change({ rubric: put(rubric, i, { ...c, guide: { format: c.guide?.format ?? 'plain', body: e.target.value } }) })
                }
              />
            </div>
            <InputNumber
              aria-label={t('question.points', { n: i + 1 })}
              suffix={t('question.pointsUnit')}
              min={1}
              max={1000}
              precision={0}
              style={{ width: 90 }}
              value={c.points}
              onChange={(v) => change({ rubric: put(rubric, i, { ...c, points: v ?? 1 }) })}
            />
          </Row>
        ))}
      </ul>
      <Add
        label={t('question.addCriterion')}
        onClick={() => change({ rubric: [...rubric, { name: '', points: 2, guide: { format: 'plain', body: '' } }] })}
      />
    </Section>
  )
}
