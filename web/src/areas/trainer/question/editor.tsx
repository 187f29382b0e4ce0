import { App, Input, Select } from 'antd'
import { useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { Section } from '@/design/page'
import { When } from '@/design/time'
import { useWords } from '@/words'
import { useUnsaved } from '../unsaved'
import { QuestionBody } from './body'
import { Guide, Rubric, Turns } from './by-hand'
import { Choices, Truth } from './choices'
import { blank, kinds, lacks, tidy, type Asked, type Change, type Kind, type Question } from './draft'
import { Order, Pairs } from './order'
import { Labelled } from './parts'
import { Numbers, Words } from './typed'

type BankQuestion = Schema<'BankQuestion'>

/** Editor writes a question, or the next version of one, beside what graders and examinees will see of it. */
export function Editor({ bank, was, versions }: { bank: string; was?: BankQuestion; versions?: BankQuestion[] }) {
  const t = useWords('trainer')
  const common = useWords()
  const go = useNavigate()
  const { message } = App.useApp()
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
  const pass = useUnsaved(touched)
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
        } else {
          pass()
          void go('/trainer/banks/' + bank)
        }
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
            <div className="fields mb16">
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

function Parts({ q, change }: Asked) {
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
