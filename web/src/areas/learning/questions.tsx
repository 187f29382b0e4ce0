import { Input } from 'antd'
import { ChevronRight, MessageCircleQuestion, Search } from 'lucide-react'
import { useEffect, useEffectEvent, useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { State } from '@/design/state'
import { useWords } from '@/words'
import { By } from './parts'

type Show = 'all' | 'open' | 'mine'

/** usePeerQuestions reads questions among agents, the newest first. */
export const usePeerQuestions = (find: { q?: string; open?: boolean; mine?: boolean }, limit = 20) =>
  usePages<Schema<'PeerQuestion'>>(['peer-questions', find, limit], (cursor) =>
    body(api.GET('/api/v1/peer-questions', { params: { query: { ...find, q: find.q || undefined, limit, cursor } } })),
  )

/** Questions is the list with its search; agents also see their own, and ask. */
export function Questions({ asks }: { asks: boolean }) {
  const t = useWords('learning')
  const go = useNavigate()
  const [search, setSearch] = useSearchParams()
  const [typed, setTyped] = useState(search.get('q') ?? '')
  const q = search.get('q') ?? '',
    show = (search.get('show') as Show | null) ?? 'all'
  const set = (name: string, value: string) =>
    setSearch(
      (s) => {
        if (value) s.set(name, value)
        else s.delete(name)
        return s
      },
      { replace: true },
    )
  const look = useEffectEvent(() => typed.trim() !== q && set('q', typed.trim()))
  useEffect(() => {
    const timer = setTimeout(() => look(), 350)
    return () => clearTimeout(timer)
  }, [typed])
  const query = usePeerQuestions({ q, open: show === 'open' || undefined, mine: show === 'mine' || undefined })
  const ask = asks && (
    <Button type="primary" onClick={() => void go('new' + (typed.trim() ? '?title=' + encodeURIComponent(typed.trim()) : ''))}>
      {t('question.ask')}
    </Button>
  )
  return (
    <>
      <Card bare label={t('question.show')}>
        <div className="col g12">
          <Input
            size="large"
            allowClear
            type="search"
            aria-label={t('question.search')}
            placeholder={t('question.search')}
            prefix={<Search size={16} color="var(--text3)" aria-hidden />}
            value={typed}
            maxLength={200}
            onChange={(e) => setTyped(e.target.value)}
          />
          <div className="pills" role="group" aria-label={t('question.show')}>
            {(asks ? (['all', 'open', 'mine'] as const) : (['all', 'open'] as const)).map((s) => (
              <button key={s} type="button" className="pill" aria-pressed={show === s} onClick={() => set('show', s === 'all' ? '' : s)}>
                {t('question.' + s)}
              </button>
            ))}
          </div>
        </div>
      </Card>
      <Card rows label={t('question.title')}>
        <Loaded
          query={query}
          skeleton={
            <div className="py16">
              <Skeleton lines={[44, 44, 44]} />
            </div>
          }
        >
          {(list) =>
            list.length === 0 ? (
              q ? (
                <Empty icon={Search} title={t('question.noneFound')} hint={t('question.noneFoundHint')} action={ask} />
              ) : show === 'all' ? (
                <Empty
                  icon={MessageCircleQuestion}
                  title={t('question.none')}
                  hint={t(asks ? 'question.noneHint' : 'question.noneForTrainer')}
                  action={ask}
                />
              ) : (
                <Empty
                  icon={MessageCircleQuestion}
                  title={t(show === 'open' ? 'question.noneOpen' : 'question.noneMine')}
                  action={show === 'mine' && ask}
                />
              )
            ) : (
              <ul className="rows">
                {list.map((x) => (
                  <QuestionRow key={x.id} question={x} to={x.id} />
                ))}
              </ul>
            )
          }
        </Loaded>
        <More query={query} />
      </Card>
    </>
  )
}

/** QuestionRow is a question in a list; it opens its thread. */
export function QuestionRow({ question: q, to }: { question: Schema<'PeerQuestion'>; to: string }) {
  const t = useWords('learning')
  return (
    <li>
      <Link className="rowlink" to={to}>
        <span className="grow">
          <span className="m line break">{q.title}</span>
          <By handle={q.handle} mine={q.mine} at={q.asked_at} />
          {q.answers > 0 && <span className="sm t3 nowrap"> · {t('question.answers', { count: q.answers })}</span>}
        </span>
        {q.accepted ? (
          <State plain tone="ok">
            {t('question.accepted')}
          </State>
        ) : (
          q.answers === 0 && (
            <State plain tone="open" shape="clock">
              {t('question.noAnswers')}
            </State>
          )
        )}
        <ChevronRight size={18} color="var(--text3)" aria-hidden className="rigid" />
      </Link>
    </li>
  )
}
