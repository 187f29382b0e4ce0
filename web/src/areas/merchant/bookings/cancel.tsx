import { InputNumber, Radio } from 'antd'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Failure } from '@/design/feedback'
import { useWords } from '@/words'
import type { Shift } from './shifts'

/** Cancel says what giving seats up means before it happens, and its button names the price. */
export function Cancel({
  booking: b,
  shifts,
  chosen,
  onClose,
}: {
  booking: Schema<'Booking'>
  shifts: Shift[]
  chosen: string[]
  onClose: (done: boolean) => void
}) {
  const t = useWords('merchant')
  const some = shifts.filter((s) => chosen.length === 0 || chosen.includes(s.id))
  const most = Math.max(1, ...some.map((s) => s.seats))
  const [all, setAll] = useState(true)
  const [each, setEach] = useState(1)
  const act = useAct(
    (r: Schema<'CancellationRequest'>, header) =>
      body(api.POST('/api/v1/bookings/{id}/cancellation', { params: { path: { id: b.id }, header }, body: r })),
    [['bookings'], ['wallet'], ['statement'], ['roster'], ['gaps']],
  )
  const seats = some.reduce((n, s) => n + (all ? s.seats : Math.min(each, s.seats)), 0)
  const empty = some.reduce((n, s) => n + Math.min(all ? s.seats : each, s.open), 0)
  if (act.data) {
    return (
      <Dialog
        open
        title={t('cancel.done')}
        onCancel={() => onClose(true)}
        footer={
          <Button type="primary" onClick={() => onClose(true)}>
            {t('cancel.ok')}
          </Button>
        }
      >
        <p>{t('cancel.was', { count: act.data.seats, agents: act.data.withdrawn })}</p>
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      title={t('cancel.title')}
      onCancel={() => onClose(false)}
      footer={
        <div className="row wrap g8 to-end">
          <Button onClick={() => onClose(false)}>{t('cancel.keep')}</Button>
          <Button
            danger
            loading={act.isPending}
            onClick={() => act.mutate({ shift_ids: some.map((s) => s.id), seats: all ? undefined : each })}
          >
            {t('cancel.button', { count: seats })}
          </Button>
        </div>
      }
    >
      <div className="col g12">
        <p className="t2">
          {chosen.length === 0 ? t('cancel.allShifts', { count: some.length }) : t('cancel.someShifts', { count: some.length })}
        </p>
        <Radio.Group value={all} onChange={(e) => setAll(e.target.value as boolean)} className="col g8 start">
          <Radio value={true}>{t('cancel.whole')}</Radio>
          <Radio value={false}>
            <span className="row g8">
              {t('cancel.each')}
              <InputNumber
                size="small"
                aria-label={t('cancel.each')}
                min={1}
                max={most}
                value={each}
                onFocus={() => setAll(false)}
                onChange={(n) => n && setEach(n)}
                className="digits"
              />
              {t('track.seats', { count: each })}
            </span>
          </Radio>
        </Radio.Group>
        <ul className="col g4 soft sm">
          <li>{t('cancel.money')}</li>
          <li>{empty >= seats ? t('cancel.nobody') : t('cancel.people', { count: seats - empty })}</li>
          <li>{t('cancel.started')}</li>
        </ul>
        {act.error && <Failure problem={act.error} kept />}
      </div>
    </Dialog>
  )
}
