import { App } from 'antd'
import { CircleCheck } from 'lucide-react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Empty, Failure, Loaded } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { When } from '@/design/time'
import { useWords } from '@/words'

/** Parked facts: what a consumer could not handle five times. Sending one again is safe: who has handled it does nothing. */
export default function ParkedFacts() {
  const t = useWords('operator')
  const { message } = App.useApp()
  const query = usePages<Schema<'Parked'>>(['parked'], (cursor) => body(api.GET('/api/v1/facts/parked', { params: { query: { limit: 50, cursor } } })))
  const retry = useAct((id: string) => body(api.POST('/api/v1/facts/parked/{id}/retry', { params: { path: { id } } })), [['parked']])
  return (
    <Page title={t('parked.title')}>
      <div className="sec">
        {retry.error && <Failure problem={retry.error} />}
        <Loaded query={query}>
          {(list) => list.length === 0 ? <Empty icon={CircleCheck} title={t('parked.none')} hint={t('parked.noneHint')} /> : (
            <ul>{list.map((p) => (
              <li key={p.id} className="row wrap start g16" style={{ padding: '14px 0', borderTop: '1px solid var(--line)' }}>
                <div className="grow col g4" style={{ minWidth: 260 }}><div className="row wrap g8"><span className="mono m">{p.type}</span><span className="t2">→ {p.consumer}</span><span className="sm t3"><When at={p.parked_at} /></span></div><pre className="soft mono pre" style={{ margin: 0 }}>{p.error}</pre></div>
                <Button disabled={Boolean(p.retried_at)} loading={retry.isPending && retry.variables === p.id} onClick={() => retry.mutate(p.id, { onSuccess: () => void message.success(t('parked.sent')) })}>{p.retried_at ? t('parked.waits') : t('parked.retry')}</Button>
              </li>
            ))}</ul>
          )}
        </Loaded>
        <More query={query} />
      </div>
    </Page>
  )
}
