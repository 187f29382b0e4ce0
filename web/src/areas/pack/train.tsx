import { useQuery } from '@tanstack/react-query'
import { App, Checkbox, Input, Select } from 'antd'
import { Library, Plus, ShoppingBag, X } from 'lucide-react'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page, Section } from '@/design/page'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useWords } from '@/words'
import { Body } from './body'
import { usePackDraft, type PackDraft, type PackQuestion } from './queries'
import { empty, mostQuestions, Question, Shown } from './quiz'

type Pack = Schema<'PackSummary'>
type BankQuestion = Schema<'BankQuestion'>

/** Packs are the brand packs that merchants have begun, for those who train for them. */
export function Packs() {
  const t = useWords('pack')
  const query = usePages<Pack>(['packs', 'all'], (cursor) => body(api.GET('/api/v1/packs', { params: { query: { limit: 50, cursor } } })))
  return (
    <Page title={t('mine.title')} note={<span className="sm t3">{t('train.note')}</span>}>
      <div className="sec">
        <Loaded query={query} skeleton={<Skeleton lines={[34, 34, 34]} />}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon={ShoppingBag} title={t('train.none')} hint={t('train.noneHint')} />
            ) : (
              <Table<Pack>
                aria-label={t('mine.title')}
                rowKey="shop_id"
                size="small"
                dataSource={list}
                pagination={false}
                scroll={{ x: 760 }}
                columns={[
                  {
                    title: t('train.shop'),
                    width: 200,
                    render: (_, p) => (
                      <Link to={p.shop_id} className="m">
                        {p.shop_name}
                      </Link>
                    ),
                  },
                  {
                    title: t('train.newest'),
                    width: 120,
                    render: (_, p) => (p.newest > 0 ? t('version', { n: p.newest }) : <span className="t3">{t('firstNote')}</span>),
                  },
                  { title: t('train.questions'), width: 150, align: 'right', dataIndex: 'questions' },
                  { title: t('train.trainers'), width: 130, align: 'right', dataIndex: 'trainers' },
                  { title: t('train.changed'), width: 170, render: (_, p) => <When at={p.changed_at} /> },
                ]}
              />
            )
          }
        </Loaded>
        <More query={query} />
      </div>
    </Page>
  )
}

/** TrainPack is what trainers ask in a pack's next version, beside the merchant's own questions. */
export default function TrainPack() {
  const t = useWords('pack')
  const { id = '' } = useParams()
  const draft = usePackDraft(id)
  return (
    <Page
      title={draft.data?.shop_name ?? t('mine.title')}
      trail={<Link to="/trainer/packs">{t('mine.title')}</Link>}
      note={draft.data && <span className="sm t3">{draft.data.newest > 0 ? t('version', { n: draft.data.newest }) : t('firstNote')}</span>}
    >
      <Loaded
        query={draft}
        skeleton={
          <div className="sec">
            <Skeleton lines={[28, 20, 240]} />
          </div>
        }
      >
        {(d) =>
          d.revision === 0 ? (
            <div className="sec">
              <Empty icon={ShoppingBag} title={t('train.unwritten')} hint={t('train.unwrittenHint')} />
            </div>
          ) : (
            <div className="split">
              <div className="col min0">
                <Questions key={d.revision} draft={d} reread={() => void draft.refetch()} />
                <Section title={t('train.merchants')} note={t('train.merchantsNote')}>
                  <ol className="col g12">
                    {d.quiz.questions
                      .filter((q) => q.source !== 'trainer')
                      .map((q, i) => (
                        <li key={i} className="panel p12">
                          <p className="sm t3">
                            {t('quiz.kind.' + q.kind)} · {t('quiz.source.' + q.source)}
                          </p>
                          <Shown question={q} />
                        </li>
                      ))}
                  </ol>
                </Section>
              </div>
              <aside>
                <Section title={t('draft')}>
                  <Body pack={d.body} />
                </Section>
              </aside>
            </div>
          )
        }
      </Loaded>
    </Page>
  )
}

function Questions({ draft, reread }: { draft: PackDraft; reread: () => void }) {
  const t = useWords('pack')
  const common = useWords()
  const { message } = App.useApp()
  const before = draft.quiz.questions.filter((q) => q.source === 'trainer')
  const [list, setList] = useState<PackQuestion[]>(before)
  const [taken, setTaken] = useState<BankQuestion[]>([])
  const [choosing, setChoosing] = useState(false)
  const save = useAct(
    (_: 'save') =>
      body(
        api.PUT('/api/v1/shops/{id}/pack/draft/trainer-questions', {
          params: { path: { id: draft.shop_id }, header: { 'If-Match': `"${draft.revision}"` } },
          body: { questions: list, from_bank: taken.map((q) => q.id) },
        }),
      ),
    [['packs']],
  )
  const dirty = taken.length > 0 || JSON.stringify(list) !== JSON.stringify(before)
  const room = mostQuestions - (draft.quiz.questions.length - before.length) - list.length - taken.length
  const removal = (label: string, remove: () => void) => (
    <button type="button" className="iconbtn" aria-label={label} onClick={remove}>
      <X size={16} aria-hidden />
    </button>
  )
  return (
    <Section
      title={t('train.mine')}
      note={t('train.mineNote')}
      aside={
        <span role="status" className="t3">
          {dirty ? t('unsaved') : undefined}
        </span>
      }
    >
      <div className="col g12">
        {list.length + taken.length === 0 && <Empty title={t('train.noneYet')} hint={t('train.noneYetHint')} />}
        <ol className="col g12">
          {list.map((q, i) => (
            <li key={i} className="panel p12">
              <div className="row g8 mb8">
                <span className="m grow">{t('quiz.question', { n: i + 1 })}</span>
                {removal(t('quiz.remove', { n: i + 1 }), () => setList(list.filter((_, k) => k !== i)))}
              </div>
              <Question n={i + 1} question={q} onChange={(more) => setList(list.map((o, k) => (k === i ? { ...o, ...more } : o)))} />
            </li>
          ))}
          {taken.map((q, i) => (
            <li key={q.id} className="panel p12">
              <div className="row g8">
                <span className="m grow">
                  {t('quiz.question', { n: list.length + i + 1 })}{' '}
                  <span className="sm t3">
                    {t('quiz.kind.' + q.question.kind)} · {q.topic}
                  </span>
                </span>
                {removal(t('quiz.remove', { n: list.length + i + 1 }), () => setTaken(taken.filter((o) => o.id !== q.id)))}
              </div>
              <p className="pre">{q.question.text.body}</p>
              {save.error?.at('/from_bank/' + i) && <p className="sm miss">{save.error.at('/from_bank/' + i)}</p>}
            </li>
          ))}
        </ol>
        <div className="row wrap g8">
          <Button
            type="dashed"
            icon={<Plus size={14} aria-hidden />}
            disabled={room <= 0}
            onClick={() => setList([...list, empty('trainer')])}
          >
            {t('train.write')}
          </Button>
          <Button type="dashed" icon={<Library size={14} aria-hidden />} disabled={room <= 0} onClick={() => setChoosing(true)}>
            {t('train.take')}
          </Button>
          <Button
            type="primary"
            className="end"
            disabled={!dirty}
            loading={save.isPending}
            onClick={() => save.mutate('save', { onSuccess: () => void message.success(t('saved')) })}
          >
            {common('save')}
          </Button>
        </div>
        {save.error && (
          <div>
            <Failure problem={save.error} kept />
            {save.error.status === 412 && <Button onClick={reread}>{t('reload')}</Button>}
          </div>
        )}
      </div>
      {choosing && (
        <Take
          room={room}
          known={taken}
          onClose={() => setChoosing(false)}
          onTaken={(more) => {
            setTaken([...taken, ...more])
            setChoosing(false)
          }}
        />
      )}
    </Section>
  )
}

const kinds = ['single_choice', 'true_false', 'matching'] as const
type Kind = (typeof kinds)[number]

/** Take chooses questions of a bank, in the three forms that a pack's quiz has. */
function Take({
  room,
  known,
  onTaken,
  onClose,
}: {
  room: number
  known: BankQuestion[]
  onTaken: (list: BankQuestion[]) => void
  onClose: () => void
}) {
  const t = useWords('pack')
  const common = useWords()
  const [chosen, choose] = useState<string>()
  const [kind, setKind] = useState<Kind>('single_choice')
  const [text, setText] = useState('')
  const [picked, setPicked] = useState<BankQuestion[]>([])
  const banks = useQuery({
    queryKey: ['banks', 'all'],
    queryFn: () => body(api.GET('/api/v1/question-banks', { params: { query: { limit: 200 } } })),
    select: (l) => l.items,
  })
  const bank = chosen ?? banks.data?.[0]?.id ?? ''
  const query = usePages<BankQuestion>(['banks', bank, 'questions', { kind, q: text }], (cursor) =>
    bank === ''
      ? Promise.resolve({ items: [] })
      : body(
          api.GET('/api/v1/question-banks/{id}/questions', {
            params: { path: { id: bank }, query: { limit: 50, cursor, kind, q: text || undefined } },
          }),
        ),
  )
  return (
    <Dialog
      open
      title={t('train.take')}
      width={720}
      onCancel={onClose}
      onOk={() => onTaken(picked)}
      okText={t('train.takeThem', { count: picked.length })}
      okButtonProps={{ disabled: picked.length === 0 }}
      cancelText={common('cancel')}
    >
      <div className="row wrap g8 mb12">
        <Select
          aria-label={t('train.bank')}
          placeholder={t('train.bank')}
          value={bank || undefined}
          onChange={choose}
          style={{ flex: '1 1 180px', minWidth: 0 }}
          options={banks.data?.map((b) => ({ value: b.id, label: `${b.name} (${b.questions})` }))}
        />
        <Select<Kind>
          aria-label={t('quiz.kindOf')}
          value={kind}
          onChange={setKind}
          style={{ width: 130 }}
          options={kinds.map((value) => ({ value, label: t('quiz.kind.' + value) }))}
        />
        <Input.Search
          aria-label={common('search')}
          placeholder={common('search')}
          allowClear
          onSearch={setText}
          style={{ flex: '1 1 180px', minWidth: 0 }}
        />
      </div>
      <div style={{ maxHeight: '50vh', overflowY: 'auto' }}>
        <Loaded query={query} skeleton={<Skeleton lines={[24, 24, 24]} />}>
          {(list) =>
            list.length === 0 ? (
              <Empty title={t('train.noneFound')} />
            ) : (
              <ul className="rows">
                {list.map((q) => {
                  const on = picked.some((p) => p.id === q.id),
                    already = known.some((k) => k.id === q.id)
                  return (
                    <li key={q.id} className="stack">
                      <Checkbox
                        checked={on || already}
                        disabled={already || (!on && picked.length >= room)}
                        onChange={() => setPicked(on ? picked.filter((p) => p.id !== q.id) : [...picked, q])}
                      >
                        <span className="break">{q.question.text.body || q.question.title}</span> <span className="sm t3">{q.topic}</span>
                      </Checkbox>
                    </li>
                  )
                })}
              </ul>
            )
          }
        </Loaded>
        <More query={query} />
      </div>
    </Dialog>
  )
}
