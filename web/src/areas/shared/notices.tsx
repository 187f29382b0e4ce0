import { useInfiniteQuery } from '@tanstack/react-query'
import { Bell } from 'lucide-react'
import { Link } from 'react-router'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Empty, Loaded } from '@/design/feedback'
import { Page } from '@/design/page'
import { When } from '@/design/time'
import type { Me } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { linkOf } from './notice-link'

/** Notices are what happened, the newest first; each leads to the thing that it is about. */
export default function Notices({ me }: { me: Me }) {
  const t = useWords()
  const shell = useWords('shell')
  const language = useLanguage()
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
                <ul className="lines notices">
                  {list.map((n) => {
                    const to = linkOf(n, me.role)
                    return (
                      <li key={n.id}>
                        <i aria-hidden className={n.read_at ? '' : 'unread'} />
                        <span className={n.read_at ? 't2' : 'm'}>
                          {!n.read_at && <span className="hidden">{shell('unread', { count: 1 })} </span>}
                          {to ? (
                            <Link
                              to={to}
                              onClick={() => {
                                if (!n.read_at) opened.mutate(n.id)
                              }}
                            >
                              {n.text}
                            </Link>
                          ) : (
                            n.text
                          )}
                        </span>
                        <span className="sm t3">
                          <When at={n.created_at} />
                        </span>
                      </li>
                    )
                  })}
                </ul>
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
