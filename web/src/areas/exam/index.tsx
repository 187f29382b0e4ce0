import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Link, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { useWords } from '@/words'
import { device } from './device'
import { Elsewhere } from './standing'
import { forgetAttempt } from './queue'
import { Result } from './result'
import { Room } from './room'
import { useOneTab } from './one-tab'
import './exam.css'

type Attempt = Schema<'Attempt'>

/** The exam room: nothing but the exam. The server's clock counts, and every answer is kept here until the server has it. */
export default function Exam() {
  const t = useWords('exam')
  const { id = '' } = useParams()
  const queries = useQueryClient()
  const params = { path: { id }, header: { 'Exam-Device': device() } }
  const query = useQuery({
    queryKey: ['attempt', id],
    queryFn: () => body(api.GET('/api/v1/attempts/{id}', { params })),
    staleTime: Infinity,
    refetchOnWindowFocus: 'always',
  })
  const put = (a: Attempt) => queries.setQueryData(['attempt', id], a)
  const takeOver = useAct((_: 'here') => body(api.POST('/api/v1/attempts/{id}/takeover', { params })))
  const tab = useOneTab(id)
  useEffect(() => {
    document.title = `${t('title')} · PeakSeat`
  }, [t])
  if (query.error && !query.data)
    return (
      <main className="exam exambody">
        <h1>{t('title')}</h1>
        <Failure problem={query.error} onRetry={() => void query.refetch()} />
        <Link className="hit" to="/agent/academy">
          {t('toAcademy')}
        </Link>
      </main>
    )
  return (
    <div className="exam">
      <Loaded
        query={query}
        skeleton={
          <div className="p20">
            <Skeleton lines={[56, 28, 56, 56, 56, 56]} />
          </div>
        }
      >
        {(a) =>
          a.state !== 'open' ? (
            <Closed attempt={a} />
          ) : !tab.here ? (
            <Elsewhere attempt={a} where="tab" onHere={() => void query.refetch().then(tab.take)} />
          ) : !a.this_device ? (
            <Elsewhere
              attempt={a}
              where="device"
              error={takeOver.error}
              pending={takeOver.isPending}
              onHere={() => takeOver.mutate('here', { onSuccess: put })}
            />
          ) : (
            <Room key={a.id} attempt={a} onAttempt={put} />
          )
        }
      </Loaded>
    </div>
  )
}

function Closed({ attempt }: { attempt: Attempt }) {
  useEffect(() => forgetAttempt(localStorage, attempt.id), [attempt.id])
  return <Result attempt={attempt} />
}
