import { useQuery } from '@tanstack/react-query'
import { Input, InputNumber } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { Page } from '@/design/page'
import { Glyph, State } from '@/design/state'
import { Countdown, dayName, Span, useNow, When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { useHours, useMoment } from '../parts'
import { useDisputes } from '../queries'
import { minutesOf, payFor } from '../work'
import { SheetState } from './timesheets'

const stale = [['timesheets'], ['timesheet'], ['disputes'], ['earnings']]

export default function Timesheet() {
  const t = useWords('agent')
  const language = useLanguage()
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['timesheet', id],
    queryFn: () => body(api.GET('/api/v1/timesheets/{id}', { params: { path: { id } } })),
  })
  const disputes = useDisputes()
  const own = disputes.data?.filter((d) => d.timesheet_id === id) ?? []
  return (
    <Page
      title={query.data ? `${t('sheet.title')} ${dayName(query.data.starts_at, language)}` : t('sheet.title')}
      trail={<Link to="/agent/me/timesheets">{t('sheet.list')}</Link>}
    >
      <div className="column">
        <Loaded
          framed
          query={query}
          skeleton={
            <Card>
              <Skeleton lines={[28, 20, 20, 20]} />
            </Card>
          }
        >
          {(s) => (
            <>
              <Facts sheet={s} />
              {own.map((d) => (
                <Dispute key={d.id} dispute={d} />
              ))}
              {disputes.data && !own.some((d) => d.kind === 'objection') && <Object sheet={s} />}
            </>
          )}
        </Loaded>
      </div>
    </Page>
  )
}

function Facts({ sheet: s }: { sheet: Schema<'Timesheet'> }) {
  const t = useWords('agent')
  const hours = useHours()
  return (
    <>
      <Card lead label={t('sheet.title')}>
        <div className="row between g8">
          <span className="t2">
            <Span from={s.starts_at} to={s.ends_at} />
          </span>
          <SheetState sheet={s} />
        </div>
        <div className="row between base mt8">
          <span className="b" style={{ fontSize: 24, lineHeight: '32px' }}>
            {hours(s.minutes)}
          </span>
          <Money value={s.pay} size={24} />
        </div>
        <div className="row between sm t3">
          <span>{t('sheet.exact', { minutes: s.minutes, of: minutesOf(s.starts_at, s.ends_at) })}</span>
          <span>
            <Money value={s.pay_per_hour} /> {t('hall.perHour')}
          </span>
        </div>
        {s.swept && (
          <p className="row start g8 late mt12">
            <span style={{ paddingTop: 5 }}>
              <Glyph tone="late" />
            </span>
            {t('sheet.swept')}
          </p>
        )}
        {s.disputed_minutes > 0 && <p className="sm late mt8">{t('sheet.disputedMinutes', { count: s.disputed_minutes })}</p>}
        <p className="sm t3 mt12">
          {s.approved_at ? (
            <>
              {t('sheet.by.' + (s.approved_by ?? 'approval'))} <When at={s.approved_at} showZone />
            </>
          ) : (
            <>
              {t('sheet.approveBy')} <When at={s.approve_by} showZone />
            </>
          )}
        </p>
      </Card>
      <Card rows title={t('sheet.events')}>
        <ol className="rows">
          {s.events.map((e) => (
            <li key={e.kind + e.at}>
              <span className="grow">{t('sheet.event.' + e.kind)}</span>
              <When at={e.at} seconds />
            </li>
          ))}
        </ol>
      </Card>
    </>
  )
}

/** Object says that minutes are missing: once, and while the merchant may still answer. */
function Object({ sheet: s }: { sheet: Schema<'Timesheet'> }) {
  const t = useWords('agent')
  const moment = useMoment()
  const now = useNow()
  const most = minutesOf(s.starts_at, s.ends_at)
  const [minutes, setMinutes] = useState<number | null>(Math.max(most - s.minutes, 1))
  const [reason, setReason] = useState('')
  const object = useAct(
    (said: { minutes: number; reason: string }, header) =>
      body(api.POST('/api/v1/timesheets/{id}/objection', { params: { path: { id: s.id }, header }, body: said })),
    stale,
  )
  if (Date.parse(s.approve_by) <= now)
    return (
      <Card>
        <p className="t2">{t('sheet.objectClosed', { at: moment(s.approve_by) })}</p>
      </Card>
    )
  return (
    <Card
      title={t('sheet.object')}
      aside={
        <>
          {t('sheet.left')} <Countdown until={s.approve_by} />
        </>
      }
    >
      <form
        className="col g12"
        onSubmit={(e) => {
          e.preventDefault()
          if (minutes && reason.trim()) object.mutate({ minutes, reason: reason.trim() })
        }}
      >
        <p className="sm t2">{t('sheet.objectHint')}</p>
        <label className="col g4">
          <span className="sm t2">{t('sheet.minutes')}</span>
          <InputNumber
            controls={false}
            min={1}
            max={most}
            precision={0}
            value={minutes}
            onChange={setMinutes}
            suffix={t('sheet.minute')}
            style={{ width: 180 }}
          />
          {minutes ? (
            <span className="sm t3">
              {t('sheet.worth')} <Money value={payFor(s.pay_per_hour, minutes)} />
            </span>
          ) : null}
        </label>
        <label className="col g4">
          <span className="sm t2">{t('sheet.reason')}</span>
          <Input.TextArea
            required
            rows={3}
            maxLength={2000}
            value={reason}
            onChange={(e) => setReason(e.target.value)}
            placeholder={t('sheet.reasonHint')}
          />
        </label>
        {object.error && <Failure problem={object.error} kept />}
        <Button type="primary" size="large" htmlType="submit" loading={object.isPending} disabled={!minutes || !reason.trim()}>
          {t('sheet.objectDo', { count: minutes ?? 0 })}
        </Button>
      </form>
    </Card>
  )
}

function Dispute({ dispute: d }: { dispute: Schema<'Dispute'> }) {
  const t = useWords('agent')
  const [answer, setAnswer] = useState('')
  const reply = useAct(
    (said: string, header) =>
      body(api.POST('/api/v1/disputes/{id}/answer', { params: { path: { id: d.id }, header }, body: { answer: said } })),
    stale,
  )
  return (
    <Card
      title={t('dispute.' + d.kind, { count: d.minutes })}
      aside={d.state === 'ruled' ? <State tone="ok">{t('dispute.ruled')}</State> : <State tone="info">{t('dispute.open')}</State>}
    >
      <dl className="col g12">
        <div>
          <dt className="sm t3">
            {t('dispute.reason.' + d.kind)} · <When at={d.opened_at} />
          </dt>
          <dd className="pre">{d.reason}</dd>
        </div>
        {d.answered_at && (
          <div>
            <dt className="sm t3">
              {t('dispute.answer.' + d.kind)} · <When at={d.answered_at} />
            </dt>
            <dd className="pre">{d.answer}</dd>
          </div>
        )}
        {d.ruled_at && (
          <div>
            <dt className="sm t3">
              {t(d.by_deadline ? 'dispute.byDeadline' : 'dispute.ruling')} · <When at={d.ruled_at} />
            </dt>
            <dd>
              <span className="b">{t('dispute.toAgent', { count: d.minutes_to_agent ?? 0 })}</span>
              {d.ruling && <span className="pre line">{d.ruling}</span>}
            </dd>
          </div>
        )}
        {!d.ruled_at && (
          <div className="sm t3">
            {t('dispute.ruleBy')} <When at={d.rule_by} showZone />
          </div>
        )}
      </dl>
      {d.kind === 'dispute' && d.state === 'open' && !d.answered_at && (
        <form
          className="col g8 mt12"
          onSubmit={(e) => {
            e.preventDefault()
            if (answer.trim()) reply.mutate(answer.trim())
          }}
        >
          <label className="col g4">
            <span className="sm t2">{t('dispute.yours')}</span>
            <Input.TextArea required rows={3} maxLength={2000} value={answer} onChange={(e) => setAnswer(e.target.value)} />
          </label>
          {reply.error && <Failure problem={reply.error} kept />}
          <Button type="primary" size="large" htmlType="submit" loading={reply.isPending} disabled={!answer.trim()}>
            {t('dispute.send')}
          </Button>
        </form>
      )}
    </Card>
  )
}
