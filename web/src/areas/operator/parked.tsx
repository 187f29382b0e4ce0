import { App } from 'antd'
import { CircleCheck } from 'lucide-react'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Loaded } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useWords } from '@/words'

type Parked = Schema<'Parked'>

/** Parked facts: what a consumer could not handle five times. Sending one again is safe: who has handled it does nothing. */
export default function ParkedFacts() {
  const t = useWords('operator')
  const common = useWords()
  const { message } = App.useApp()
  const [chosen, choose] = useState<Parked>()
  const query = usePages<Parked>(['parked'], (cursor) =>
    body(api.GET('/api/v1/facts/parked', { params: { query: { limit: 50, cursor } } })),
  )
  const retry = useAct((id: string) => body(api.POST('/api/v1/facts/parked/{id}/retry', { params: { path: { id } } })), [['parked']])
  const context = (consumer: string) => t('parked.hears.' + consumer.split('-')[0], { defaultValue: t('parked.hears.other') })
  const close = () => {
    retry.reset()
    choose(undefined)
  }
  return (
    <Page title={t('parked.title')} note={<span className="sm t3">{t('parked.note')}</span>}>
      <div className="sec">
        <Loaded query={query}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon={CircleCheck} title={t('parked.none')} hint={t('parked.noneHint')} />
            ) : (
              <ul className="lines">
                {list.map((p) => (
                  <li key={p.id} className="row wrap start g16">
                    <div className="grow col g8 atleast">
                      <div className="row wrap g8">
                        {p.retried_at ? (
                          <State tone="info" shape="clock">
                            {t('parked.waits')}
                          </State>
                        ) : (
                          <State tone="miss">{t('parked.stuck')}</State>
                        )}
                        <span className="mono m break">{p.type}</span>
                        <span className="t2">
                          → <span className="mono">{p.consumer}</span>
                        </span>
                      </div>
                      <p className="t2">
                        {t('parked.since')} <When at={p.parked_at} /> · {t('parked.tries', { count: p.tries })} · {context(p.consumer)}
                      </p>
                      <pre className="soft mono pre m0 errortext" tabIndex={0}>
                        {p.error}
                      </pre>
                    </div>
                    {!p.retried_at && <Button onClick={() => choose(p)}>{t('parked.retry')}</Button>}
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
        <More query={query} />
      </div>
      {chosen && (
        <Dialog
          open
          title={t('parked.retry')}
          onCancel={close}
          okText={t('parked.retry')}
          cancelText={common('cancel')}
          confirmLoading={retry.isPending}
          onOk={() =>
            retry.mutate(chosen.id, {
              onSuccess: () => {
                void message.success(t('parked.sent'))
                close()
              },
            })
          }
        >
          <p className="mb8">
            <span className="mono">{chosen.type}</span> → <span className="mono">{chosen.consumer}</span>
          </p>
          <ul className="col g8 t2">
            <li>{context(chosen.consumer)}</li>
            <li>{t('parked.once')}</li>
            <li>{t('parked.again')}</li>
          </ul>
          {retry.error && <Failure problem={retry.error} />}
        </Dialog>
      )}
    </Page>
  )
}
