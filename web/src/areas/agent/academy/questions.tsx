import { useQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { useDeferredValue, useRef, useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Failure } from '@/design/feedback'
import { Page } from '@/design/page'
import { useWords } from '@/words'
import { MarkdownField } from '../../learning/parts'
import { QuestionRow, Questions } from '../../learning/questions'
import { Thread } from '../../learning/thread'
import { usePlay } from './play'
import { ToAcademy } from './parts'

const back = '/agent/academy/questions'

export default function List() {
  const t = useWords('learning')
  const go = useNavigate()
  return (
    <Page
      title={t('question.title')}
      trail={<ToAcademy />}
      actions={
        <Button type="primary" onClick={() => void go('new')}>
          {t('question.ask')}
        </Button>
      }
    >
      <div className="column">
        <Questions asks />
      </div>
    </Page>
  )
}

export const One = () => <Thread back={back} />

/** Ask is a new question; those that sound alike are shown while its title is typed. ?title= and ?about= fill it in. */
export function Ask() {
  const t = useWords('learning')
  const go = useNavigate()
  const [search] = useSearchParams()
  const [title, setTitle] = useState(search.get('title') ?? '')
  const [text, setText] = useState(search.get('about') ? t('question.about', { lesson: search.get('about') }) + '\n\n' : '')
  const [needed, setNeeded] = useState<'title' | 'text'>()
  const box = useRef<HTMLFormElement>(null)
  const play = usePlay()
  const looked = useDeferredValue(title.trim())
  const alike = useQuery({
    queryKey: ['peer-questions', 'alike', looked],
    enabled: looked.length >= 2,
    queryFn: () => body(api.GET('/api/v1/peer-questions', { params: { query: { q: looked.slice(0, 200), limit: 3 } } })),
    select: (l) => l.items,
    placeholderData: (old) => old,
  })
  const ask = useAct(
    (v: { title: string; body: string }, header) => body(api.POST('/api/v1/peer-questions', { params: { header }, body: v })),
    [['peer-questions']],
  )
  const send = () => {
    const missing = !title.trim() ? 'title' : !text.trim() ? 'text' : undefined
    setNeeded(missing)
    if (missing) {
      box.current?.querySelector<HTMLElement>(missing === 'title' ? '#headline' : '#about')?.focus()
      return
    }
    ask.mutate({ title: title.trim(), body: text.trim() }, { onSuccess: (q) => void go(back + '/' + q.id, { replace: true }) })
  }
  return (
    <Page title={t('question.new')} trail={<Link to={back}>{t('question.title')}</Link>}>
      <form
        ref={box}
        className="column"
        onSubmit={(e) => {
          e.preventDefault()
          send()
        }}
      >
        <Card lead label={t('question.new')}>
          <div className="col g16">
            <div className="col g8">
              <label htmlFor="headline" className="m">
                {t('question.headline')}
              </label>
              <Input
                id="headline"
                size="large"
                maxLength={200}
                value={title}
                status={needed === 'title' ? 'error' : undefined}
                aria-describedby="headline-hint"
                onChange={(e) => {
                  setTitle(e.target.value)
                  setNeeded(undefined)
                }}
              />
              <span id="headline-hint" className={needed === 'title' ? 'sm miss' : 'sm t3'}>
                {needed === 'title' ? t('question.needed') : t('question.headlineHint')}
              </span>
            </div>
            <div className="col g8">
              <label htmlFor="about" className="m">
                {t('question.body')}
              </label>
              <MarkdownField
                id="about"
                value={text}
                onChange={(v) => {
                  setText(v)
                  setNeeded(undefined)
                }}
                hint={t('question.bodyHint')}
              />
              {needed === 'text' && (
                <span role="alert" className="sm miss">
                  {t('question.needed')}
                </span>
              )}
            </div>
            {ask.error && <Failure problem={ask.error} kept />}
            <Button type="primary" htmlType="submit" block className="act" loading={ask.isPending}>
              {t('question.post')}
            </Button>
            {play.data && <p className="sm t3">{t('question.handle', { handle: play.data.handle })}</p>}
          </div>
        </Card>
        {looked.length >= 2 && (alike.data?.length ?? 0) > 0 && (
          <Card rows title={t('question.alike')}>
            <ul className="rows">
              {alike.data!.map((q) => (
                <QuestionRow key={q.id} question={q} to={back + '/' + q.id} />
              ))}
            </ul>
          </Card>
        )}
      </form>
    </Page>
  )
}
