import { Input, Modal, Radio } from 'antd'
import { Inbox } from 'lucide-react'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useWords } from '@/words'

type Appeal = Schema<'Appeal'>

/** Appeals against what was decided of a credential; whoever decided cannot decide again. */
export default function Appeals() {
  const t = useWords('operator')
  const [chosen, choose] = useState<Appeal>()
  const query = usePages<Appeal>(['appeals'], (cursor) => body(api.GET('/api/v1/appeals', { params: { query: { limit: 50, cursor } } })))
  return (
    <Page title={t('appeals.title')}>
      <div className="sec">
        <Loaded query={query} skeleton={<Skeleton lines={[60, 60, 60]} />}>
          {(list) => list.length === 0 ? <Empty icon={Inbox} title={t('appeals.none')} hint={t('appeals.noneHint')} /> : (
            <ul>{list.map((a) => (
              <li key={a.id} className="row wrap start g16" style={{ padding: '16px 0', borderTop: '1px solid var(--line)' }}>
                <div className="grow col g4" style={{ minWidth: 260 }}>
                  <div className="row wrap g8"><State tone={a.upheld === null ? 'late' : a.upheld ? 'ok' : 'open'} shape={a.upheld === false ? 'bar' : undefined}>{t(a.upheld === null ? 'appeals.waits' : a.upheld ? 'appeals.upheld' : 'appeals.refused')}</State><span className="m">{t('appeals.against.' + a.against)}</span><span className="sm t3"><When at={a.appealed_at} /></span></div>
                  <p className="pre">{a.reason}</p>
                  {a.decision && <p className="t2 pre">{a.decision}</p>}
                </div>
                {a.upheld === null && <Button onClick={() => choose(a)}>{t('appeals.decide')}</Button>}
              </li>
            ))}</ul>
          )}
        </Loaded>
        <More query={query} />
      </div>
      {chosen && <Decide appeal={chosen} onClose={() => choose(undefined)} />}
    </Page>
  )
}

function Decide({ appeal, onClose }: { appeal: Appeal; onClose: () => void }) {
  const t = useWords('operator')
  const common = useWords()
  const [upheld, setUpheld] = useState<boolean>()
  const [reason, setReason] = useState('')
  const decide = useAct((v: Schema<'AppealRuling'>, headers) => body(api.POST('/api/v1/appeals/{id}/decision', { params: { path: { id: appeal.id }, header: headers }, body: v })), [['appeals']])
  return (
    <Modal open title={t('appeals.decide')} onCancel={onClose} okText={t('appeals.decide')} cancelText={common('cancel')} confirmLoading={decide.isPending} okButtonProps={{ disabled: upheld === undefined || reason.trim() === '' }} onOk={() => decide.mutate({ upheld: upheld === true, reason }, { onSuccess: onClose })}>
      <blockquote className="soft pre" style={{ margin: '0 0 12px' }}>{appeal.reason}</blockquote>
      <Radio.Group value={upheld} onChange={(e) => setUpheld(e.target.value as boolean)} options={[{ value: true, label: t('appeals.uphold') }, { value: false, label: t('appeals.refuse') }]} style={{ marginBottom: 12 }} />
      <label className="col g4">{t('reason.label')}<Input.TextArea rows={3} maxLength={2000} value={reason} onChange={(e) => setReason(e.target.value)} /></label>
      {decide.error && <Failure problem={decide.error} kept />}
    </Modal>
  )
}
