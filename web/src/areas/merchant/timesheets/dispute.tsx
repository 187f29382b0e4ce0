import { Input, InputNumber } from 'antd'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Failure } from '@/design/feedback'
import { Money } from '@/design/money'
import { useWords } from '@/words'
import { Field } from '../new-booking/field'
import type { Sheet } from './queries'

/** DisputeForm names minutes of a timesheet that were not worked; only their pay is frozen. */
export function DisputeForm({ sheet, onClose }: { sheet: Sheet; onClose: () => void }) {
  const t = useWords('merchant')
  const [minutes, setMinutes] = useState(1)
  const [reason, setReason] = useState('')
  const act = useAct(
    (b: { minutes: number; reason: string }, header) =>
      body(api.POST('/api/v1/timesheets/{id}/dispute', { params: { path: { id: sheet.id }, header }, body: b })),
    [['timesheets'], ['disputes'], ['wallet']],
  )
  const frozen = { amount: Math.round((sheet.pay_per_hour.amount * minutes) / 60), currency: 'CNY' }
  return (
    <Dialog
      open
      title={t('sheets.disputeTitle')}
      onCancel={onClose}
      footer={
        <div className="row wrap g8 to-end">
          <Button onClick={onClose}>{t('sheets.not')}</Button>
          <Button
            danger
            disabled={reason.trim() === ''}
            loading={act.isPending}
            onClick={() => act.mutate({ minutes, reason: reason.trim() }, { onSuccess: onClose })}
          >
            {t('sheets.disputeButton', { count: minutes })}
          </Button>
        </div>
      }
    >
      <div className="col g12">
        <Field label={t('sheets.howMany', { most: sheet.minutes })} error={act.error?.at('/minutes')}>
          <InputNumber min={1} max={Math.max(1, sheet.minutes)} value={minutes} onChange={(n) => n && setMinutes(n)} />
        </Field>
        <Field label={t('sheets.why')} error={act.error?.at('/reason')}>
          <Input.TextArea
            rows={4}
            maxLength={2000}
            showCount
            value={reason}
            onChange={(e) => setReason(e.target.value)}
            placeholder={t('sheets.whyHint')}
          />
        </Field>
        <ul className="soft col g4 sm">
          <li>
            {t('sheets.means1')} <Money value={frozen} />
          </li>
          <li>{t('sheets.means2')}</li>
          <li>{t('sheets.means3')}</li>
        </ul>
        {act.error && act.error.fields.length === 0 && <Failure problem={act.error} kept />}
      </div>
    </Dialog>
  )
}
