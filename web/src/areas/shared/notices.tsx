import { useInfiniteQuery } from '@tanstack/react-query'
import { Bell, ChevronRight } from 'lucide-react'
import { Link } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Empty, Loaded } from '@/design/feedback'
import { Page } from '@/design/page'
import { clockTime, dateName, dayName, localDate, useClock } from '@/design/time'
import type { Me } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { linkOf } from './notice-link'

/** Notices are what happened, the newest first; each leads to the thing that it is about. */
export default function Notices({ me }: { me: Me }) {
  const t = useWords()
  const shell = useWords('shell')
  const language = useLanguage()
  const today = localDate(useClock())
  const query = useInfiniteQuery({
    queryKey: ['notices', 'all', language],
    initialPageParam: '',
    queryFn: ({ pageParam }) => body(api.GET('/api/v1/notices', { params: { query: { limit: 50, cursor: pageParam || undefined } } })),
    getNextPageParam: (last) => last.next_cursor,
  })
  const newest = query.data?.pages[0]?.items[0]
  const read = useAct((through: string) => body(api.POST('/api/v1/notices/read', { body: { through } })), [['notices']])
  const opened = useAct((id: string) => body(api.POST('/api/v1/notices/{id}/read', { params: { path: { id } } })), [['notices']])
  return (
    <Page
      title={t('notices')}
      actions={
        newest &&
        (query.data?.pages[0]?.unread ?? 0) > 0 && (
          <Button onClick={() => read.mutate(newest.id)} loading={read.isPending}>
            {shell('allRead')}
          </Button>
        )
      }
    >
      <section className="sec">
        <Loaded query={query}>
          {({ pages }) => {
            const list = pages.flatMap((p) => p.items)
            if (list.length === 0) return <Empty icon={Bell} title={shell('noNotices')} hint={shell('noticesHint')} />
            return (
              <>
                {byDay(list).map(([day, those]) => (
                  <section key={day} className="noticeday">
                    <h2 className="sm t3 m">
                      {day === today
                        ? t('today')
                        : day.slice(0, 4) === today.slice(0, 4)
                          ? dayName(day, language)
                          : dateName(day, language)}
                    </h2>
                    <ul className="notices">
                      {those.map((n) => (
                        <One key={n.id} notice={n} to={linkOf(n, me.role)} onOpen={() => n.read_at || opened.mutate(n.id)} />
                      ))}
                    </ul>
                  </section>
                ))}
                {query.hasNextPage && (
                  <Button onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
                    {t('loadMore')}
                  </Button>
                )}
              </>
            )
          }}
        </Loaded>
      </section>
    </Page>
  )
}

/** byDay puts what happened under its day; the newest first, as it comes. */
function byDay(list: Schema<'Notice'>[]) {
  const days = new Map<string, Schema<'Notice'>[]>()
  for (const n of list) {
    const day = localDate(n.created_at)
    days.set(day, [...(days.get(day) ?? []), n])
  }
  return [...days]
}

function One({ notice: n, to, onOpen }: { notice: Schema<'Notice'>; to?: string; onOpen: () => void }) {
  const shell = useWords('shell')
  const said = (
    <>
      <i aria-hidden className={n.read_at ? '' : 'unread'} />
      <span className={n.read_at ? 't2' : 'm'}>
        {!n.read_at && <span className="hidden">{shell('unread', { count: 1 })} </span>}
        {n.text}
      </span>
      <time className="sm t3" dateTime={n.created_at}>
        {clockTime(n.created_at)}
      </time>
    </>
  )
  return (
    <li>
      {to ? (
        <Link to={to} onClick={onOpen}>
          {said}
          <ChevronRight size={16} aria-hidden />
        </Link>
      ) : (
        <div>{said}</div>
      )}
    </li>
  )
}
