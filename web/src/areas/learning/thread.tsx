import { useQuery } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { useRef, useState } from 'react'
import { Link, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { useWords } from '@/words'
import { Body, By, MarkdownField } from './parts'

const stale = [['peer-questions'], ['peer-question'], ['play']]

/** Thread is a question with its answers, the accepted first. judges: a trainer, who may accept any. */
export function Thread({ back, judges }: { back: string; judges?: boolean }) {
  const t = useWords('learning')
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['peer-question', id],
    queryFn: () => body(api.GET('/api/v1/peer-questions/{id}', { params: { path: { id } } })),
  })
  const q = query.data
  return (
    <Page title={q?.title ?? t('question.title')} trail={<Link to={back}>{t('question.title')}</Link>}>
      <div className="column">
        <Loaded
          query={query}
          skeleton={
            <Card>
              <Skeleton lines={[20, 20, 20]} />
            </Card>
          }
        >
          {(x) => (
            <>
              <Card lead label={t('question.asked')}>
                <div className="row wrap between g8 mb8">
                  <By handle={x.handle} mine={x.mine} at={x.asked_at} />
                  {x.accepted ? (
                    <State tone="ok">{t('question.accepted')}</State>
                  ) : (
                    <State tone="open" shape="clock">
                      {t('question.noAnswers')}
                    </State>
                  )}
                </div>
                <Body text={x.body} />
              </Card>
              <Answers question={x} mayAccept={x.mine || Boolean(judges)} />
              <AnswerForm id={id} judges={judges} />
            </>
          )}
        </Loaded>
      </div>
    </Page>
  )
}

function Answers({ question: q, mayAccept }: { question: Schema<'PeerQuestion'>; mayAccept: boolean }) {
  const t = useWords('learning')
  const accept = useAct(
    (answer: string | undefined, header) =>
      body(api.PUT('/api/v1/peer-questions/{id}/acceptance', { params: { path: { id: q.id }, header }, body: { answer_id: answer } })),
    stale,
  )
  const list = q.list ?? []
  return (
    <Card
      rows={list.length > 0}
      title={list.length > 0 ? t('question.others', { count: list.length }) : t('question.answered')}
      aside={mayAccept && list.length > 0 && !q.accepted ? t('question.acceptHint') : undefined}
    >
      {list.length === 0 ? (
        <p className="t2">{t('question.nobody')}</p>
      ) : (
        <ul className="rows">
          {list.map((a) => (
            <li key={a.id} className="stack" aria-current={a.accepted || undefined}>
              <div className="row wrap g8 mb8">
                {a.accepted && <State tone="ok">{t('question.best')}</State>}
                {a.official && (
                  <State tone="info" shape="diamond">
                    {t('trainer')}
                  </State>
                )}
                <By handle={a.handle} mine={a.mine} official={a.official} at={a.answered_at} />
              </div>
              <Body text={a.body} />
              {mayAccept && (
                <div className="mt12">
                  <Button
                    icon={a.accepted ? undefined : <Check size={16} aria-hidden />}
                    loading={accept.isPending && accept.variables === (a.accepted ? undefined : a.id)}
                    onClick={() => accept.mutate(a.accepted ? undefined : a.id)}
                  >
                    {t(a.accepted ? 'question.unaccept' : 'question.accept')}
                  </Button>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      {accept.error && <Failure problem={accept.error} />}
    </Card>
  )
}

function AnswerForm({ id, judges }: { id: string; judges?: boolean }) {
  const t = useWords('learning')
  const [text, setText] = useState('')
  const [said, setSaid] = useState<'needed' | 'sent'>()
  const box = useRef<HTMLDivElement>(null)
  const answer = useAct(
    (v: string, header) => body(api.POST('/api/v1/peer-questions/{id}/answers', { params: { path: { id }, header }, body: { body: v } })),
    stale,
  )
  const send = () => {
    if (!text.trim()) {
      setSaid('needed')
      box.current?.querySelector('textarea')?.focus()
      return
    }
    answer.mutate(text.trim(), {
      onSuccess: () => {
        setText('')
        setSaid('sent')
      },
    })
  }
  return (
    <Card title={<label htmlFor="answer">{t('question.answer')}</label>}>
      <div ref={box} className="col g12">
        <MarkdownField
          id="answer"
          value={text}
          onChange={(v) => {
            setText(v)
            setSaid(undefined)
          }}
          hint={t(judges ? 'question.answerHintTrainer' : 'question.answerHint') + ' ' + t('question.bodyHint')}
          rows={4}
        />
        {answer.error && <Failure problem={answer.error} kept />}
        <div role="status" className="sm">
          {said === 'needed' ? (
            <span className="miss">{t('question.needed')}</span>
          ) : said === 'sent' ? (
            <span className="ok">{t('question.sent')}</span>
          ) : null}
        </div>
        <div>
          <Button type="primary" loading={answer.isPending} onClick={send}>
            {t('question.send')}
          </Button>
        </div>
      </div>
    </Card>
  )
}
