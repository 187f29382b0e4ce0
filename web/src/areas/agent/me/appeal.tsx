import { Input } from 'antd'
import { useState } from 'react'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { State } from '@/design/state'
import { useWords } from '@/words'

/** AppealState is how an appeal stands; upheld is not said until somebody has decided. */
export function AppealState({ upheld }: { upheld?: boolean | null }) {
  const t = useWords('agent')
  if (upheld === true) return <State tone="ok">{t('appeal.upheld')}</State>
  if (upheld === false)
    return (
      <State tone="open" shape="bar">
        {t('appeal.refused')}
      </State>
    )
  return <State tone="info">{t('appeal.waiting')}</State>
}

/** AppealForm asks why something should not stand; what was typed stays when it is refused. */
export function AppealForm({
  hint,
  busy,
  problem,
  onSend,
}: {
  hint: string
  busy: boolean
  problem: unknown
  onSend: (reason: string) => void
}) {
  const t = useWords('agent')
  const [reason, setReason] = useState('')
  return (
    <details className="mt8">
      <summary className="m clickable">{t('appeal.title')}</summary>
      <form
        className="col g8 mt8"
        onSubmit={(e) => {
          e.preventDefault()
          if (reason.trim()) onSend(reason.trim())
        }}
      >
        <p className="sm t2">{hint}</p>
        <label className="col g4">
          <span className="sm t2">{t('appeal.reason')}</span>
          <Input.TextArea required rows={4} maxLength={2000} value={reason} onChange={(e) => setReason(e.target.value)} />
        </label>
        {problem ? <Failure problem={problem} kept /> : null}
        <Button type="primary" size="large" htmlType="submit" loading={busy} disabled={!reason.trim()}>
          {t('appeal.send')}
        </Button>
      </form>
    </details>
  )
}
