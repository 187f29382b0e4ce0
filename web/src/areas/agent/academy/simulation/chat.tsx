import { Input } from 'antd'
import { Send } from 'lucide-react'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { Glyph } from '@/design/state'
import { useWords } from '@/words'
import { firstReply, quick, type Dialogue, type Run } from './run'

/** Chat is the talk with one customer, and the line to say next. How quick the first reply was is told beside it. */
export function Chat({ run, dialogue: d, onRun }: { run: Run; dialogue: Dialogue; onRun: (r: Run) => void }) {
  const t = useWords('learning')
  const [text, setText] = useState('')
  const log = useRef<HTMLDivElement>(null)
  const reply = useAct((said: string, header) =>
    body(
      api.POST('/api/v1/simulation-runs/{id}/replies', { params: { path: { id: run.id }, header }, body: { dialogue: d.id, text: said } }),
    ),
  )
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight })
  }, [d.messages.length])
  const send = (e?: FormEvent) => {
    e?.preventDefault()
    if (text.trim() && !reply.isPending)
      reply.mutate(text.trim(), {
        onSuccess: (r) => {
          setText('')
          onRun(r)
        },
      })
  }
  const first = firstReply(d)
  return (
    <section className="chat" aria-label={d.customer}>
      <div ref={log} role="log" aria-label={d.customer} tabIndex={0} className="chatlog">
        {d.messages.map((m, i) => (
          <div key={i} className="col g4">
            <p className={m.from === 'agent' ? 'said mine' : 'said'}>
              <span className="hidden">{m.from === 'agent' ? t('sim.you') : d.customer} </span>
              {m.text}
            </p>
            {first?.at === i && (
              <span className={first.seconds <= quick ? 'sm ok row g4 end' : 'sm late row g4 end'}>
                <Glyph tone={first.seconds <= quick ? 'ok' : 'late'} />
                {t('sim.first', { count: first.seconds })}
              </span>
            )}
          </div>
        ))}
      </div>
      {reply.error && <Failure problem={reply.error} kept />}
      {d.state === 'open' ? (
        <form className="composer" onSubmit={send}>
          <Input.TextArea
            autoSize={{ minRows: 1, maxRows: 4 }}
            maxLength={2000}
            aria-label={t('sim.reply', { name: d.customer })}
            placeholder={t('sim.reply', { name: d.customer })}
            value={text}
            onChange={(e) => setText(e.target.value)}
            onKeyDown={(e) => {
              if (e.key === 'Enter' && !e.shiftKey && !e.nativeEvent.isComposing) {
                e.preventDefault()
                send()
              }
            }}
            autoFocus
          />
          <Button
            type="primary"
            htmlType="submit"
            aria-label={t('sim.send')}
            icon={<Send size={18} aria-hidden />}
            loading={reply.isPending}
          />
        </form>
      ) : (
        <p className="composer t2" role="status">
          {t('sim.state.' + d.state)}
        </p>
      )}
    </section>
  )
}
