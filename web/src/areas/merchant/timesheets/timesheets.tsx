import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Input, InputNumber, Progress, Segmented } from 'antd'
import { ClipboardCheck } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Problem } from '@/api/problem'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Skeleton } from '@/design/feedback'
import { Money, plainMoney } from '@/design/money'
import { Page } from '@/design/page'
import { Person } from '@/design/person'
import { Glyph, State } from '@/design/state'
import { Table } from '@/design/table'
import { useTarget } from '@/design/target'
import { Span, useNow, When } from '@/design/time'
import { usePhone } from '@/design/theme'
import type { Me } from '@/session/session'
import { useWords } from '@/words'
import { useColleagues } from '../new-booking/core-team'
import { Field } from '../new-booking/field'
import { useBookings } from '../bookings/queries'

type Sheet = Schema<'Timesheet'>
type View = 'submitted' | 'approved'

/** Timesheets are attended minutes with the events they are made of: approved one by one or many at once, or some of the minutes disputed. */
export default function Timesheets({ me }: { me: Me }) {
  const t = useWords('merchant')
  const queries = useQueryClient()
  const phone = usePhone()
  const target = useTarget()
  const pays = me.role === 'owner' || me.role === 'finance'
  const [view, setView] = useState<View>('submitted')
  const [chosen, setChosen] = useState<string[]>([])
  const [disputing, setDisputing] = useState<Sheet>()
  const [batch, setBatch] = useState<{ done: number; of: number; failed: { id: string; problem: Problem }[] }>()
  const sheets = useInfiniteQuery({
    queryKey: ['timesheets', view],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      body(api.GET('/api/v1/timesheets', { params: { query: { state: view, limit: 200, cursor: pageParam || undefined } } })),
    getNextPageParam: (last) => last.next_cursor,
  })
  const disputes = useQuery({
    queryKey: ['disputes'],
    queryFn: async () => (await body(api.GET('/api/v1/disputes', { params: { query: { limit: 200 } } }))).items,
  })
  const people = useColleagues()
  const confirmed = useBookings('confirmed'),
    finished = useBookings('finished')
  const titles = useMemo(
    () => new Map([...(confirmed.items ?? []), ...(finished.items ?? [])].map((b) => [b.id, b])),
    [confirmed.items, finished.items],
  )
  const names = useMemo(() => new Map(people.data?.map((a) => [a.agent_id, a.name])), [people.data])
  const rows = sheets.data?.pages.flatMap((p) => p.items)
  const approvable = (s: Sheet) => pays && s.state === 'submitted'
  const picked = rows?.filter((s) => chosen.includes(s.id)) ?? []
  const sum = picked.reduce((n, s) => n + s.pay.amount, 0)

  const approveAll = async (list: Sheet[]) => {
    const failed: { id: string; problem: Problem }[] = []
    setBatch({ done: 0, of: list.length, failed })
    for (const [i, s] of list.entries()) {
      try {
        // The key is the sheet's own: approving it again after a lost answer does nothing twice.
        await body(
          api.POST('/api/v1/timesheets/{id}/approval', {
            params: { path: { id: s.id }, header: { 'Idempotency-Key': 'approve-' + s.id } },
          }),
        )
      } catch (cause) {
        failed.push({ id: s.id, problem: cause instanceof Problem ? cause : Problem.network(cause) })
      }
      setBatch({ done: i + 1, of: list.length, failed: [...failed] })
    }
    setChosen(failed.map((f) => f.id))
    if (failed.length === 0) setBatch(undefined)
    await Promise.all([['timesheets'], ['wallet'], ['statement']].map((queryKey) => queries.invalidateQueries({ queryKey })))
  }

  return (
    <Page
      title={t('nav.timesheets')}
      note={
        <Segmented<View>
          value={view}
          onChange={(v) => {
            setView(v)
            setChosen([])
          }}
          options={[
            { value: 'submitted', label: t('sheets.waiting') },
            { value: 'approved', label: t('sheets.approved') },
          ]}
        />
      }
      actions={
        pays &&
        view === 'submitted' &&
        rows &&
        rows.length > 0 &&
        !(phone && picked.length === 0) && (
          <Button
            type="primary"
            disabled={picked.length === 0}
            loading={batch !== undefined && batch.done < batch.of}
            onClick={() => void approveAll(picked)}
          >
            {picked.length === 0
              ? t('sheets.choose')
              : t('sheets.approve', { count: picked.length, amount: plainMoney({ amount: sum, currency: 'CNY' }) })}
          </Button>
        )
      }
    >
      {batch && (
        <section className="sec col g8" aria-live="polite">
          <Progress
            percent={Math.round((batch.done / batch.of) * 100)}
            size="small"
            status={batch.failed.length > 0 ? 'exception' : 'active'}
          />
          <span className="sm t2">{t('sheets.progress', { done: batch.done, of: batch.of })}</span>
          {batch.failed.slice(0, 3).map((f) => (
            <Failure key={f.id} problem={f.problem} kept />
          ))}
        </section>
      )}
      <section className="sec flush" style={{ flex: 1 }}>
        {sheets.error && !rows ? (
          <Failure problem={sheets.error} onRetry={() => void sheets.refetch()} />
        ) : !rows ? (
          <Skeleton lines={[40, 40, 40, 40]} />
        ) : rows.length === 0 ? (
          <div className="px12">
            <Empty
              icon={ClipboardCheck}
              title={t(view === 'submitted' ? 'sheets.none' : 'sheets.noneApproved')}
              hint={view === 'submitted' ? t('sheets.noneHint') : undefined}
            />
          </div>
        ) : (
          <Table<Sheet>
            size="small"
            rowKey="id"
            onRow={(s) => target(s.id)}
            dataSource={rows}
            pagination={false}
            virtual={rows.length > 60}
            scroll={rows.length > 60 ? { x: phone ? 320 : 1080, y: 620 } : { x: phone ? 260 : 960 }}
            rowSelection={
              pays && view === 'submitted'
                ? {
                    selectedRowKeys: chosen,
                    onChange: (keys) => setChosen(keys as string[]),
                    getCheckboxProps: (s) => ({
                      disabled: !approvable(s),
                      'aria-label': t('sheets.pick', { name: names.get(s.agent_id) ?? '' }),
                    }),
                    columnWidth: phone ? 32 : 40,
                  }
                : undefined
            }
            expandable={{
              columnWidth: phone ? 32 : 40,
              expandedRowRender: (s) => (
                <Events
                  sheet={s}
                  disputes={(disputes.data ?? []).filter((d) => d.timesheet_id === s.id)}
                  zone={titles.get(s.booking_id)?.time_zone}
                />
              ),
            }}
            columns={
              phone
                ? [
                    {
                      title: t('sheets.agent'),
                      render: (_, s) => (
                        <div className="col g4">
                          <span className="row between g8">
                            <Person name={names.get(s.agent_id) ?? t('core.somebody', { id: s.agent_id.slice(-4) })} />
                            <Money value={s.pay} />
                          </span>
                          <span className="sm">
                            <Span from={s.starts_at} to={s.ends_at} zone={titles.get(s.booking_id)?.time_zone} showZone={false} />
                          </span>
                          <span className="sm t3 trunc">{titles.get(s.booking_id)?.title ?? ''}</span>
                          <span className="row wrap g8 sm">
                            <span className="num">
                              {t('sheets.hm', { h: Math.floor(s.minutes / 60), m: String(s.minutes % 60).padStart(2, '0') })}
                            </span>
                            {s.disputed_minutes > 0 && <span className="late">{t('sheets.disputed', { count: s.disputed_minutes })}</span>}
                            {s.state === 'approved' && (
                              <State plain tone="ok">
                                {t('sheets.by.' + (s.approved_by ?? 'approval'))}
                              </State>
                            )}
                          </span>
                          {s.state === 'submitted' && (
                            <span className="sm">
                              <Deadline at={s.approve_by} said={t('sheets.deadline')} />
                            </span>
                          )}
                          {pays && view === 'submitted' && (
                            <span className="row g8 pt4">
                              <Button onClick={() => void approveAll([s])}>{t('sheets.one')}</Button>
                              <Button type="text" disabled={s.disputed_minutes > 0 || s.minutes === 0} onClick={() => setDisputing(s)}>
                                {t('sheets.dispute')}
                              </Button>
                            </span>
                          )}
                        </div>
                      ),
                    },
                  ]
                : [
                    {
                      title: t('sheets.agent'),
                      width: 150,
                      render: (_, s) => <Person name={names.get(s.agent_id) ?? t('core.somebody', { id: s.agent_id.slice(-4) })} />,
                    },
                    {
                      title: t('price.shift'),
                      width: 270,
                      render: (_, s) => (
                        <div>
                          <Span from={s.starts_at} to={s.ends_at} zone={titles.get(s.booking_id)?.time_zone} showZone={false} />
                          <div className="sm t3 trunc" style={{ maxWidth: 250 }}>
                            {titles.get(s.booking_id)?.title ?? ''}
                          </div>
                        </div>
                      ),
                    },
                    {
                      title: t('sheets.minutes'),
                      width: 120,
                      align: 'right',
                      render: (_, s) => (
                        <div className="num">
                          <span>{t('sheets.hm', { h: Math.floor(s.minutes / 60), m: String(s.minutes % 60).padStart(2, '0') })}</span>
                          {s.disputed_minutes > 0 && <div className="sm late">{t('sheets.disputed', { count: s.disputed_minutes })}</div>}
                        </div>
                      ),
                    },
                    { title: t('sheets.pay'), width: 110, align: 'right', render: (_, s) => <Money value={s.pay} /> },
                    {
                      title: t(view === 'submitted' ? 'sheets.deadline' : 'bookings.state'),
                      width: 190,
                      render: (_, s) =>
                        s.state === 'submitted' ? (
                          <Deadline at={s.approve_by} />
                        ) : (
                          <State plain tone="ok">
                            {t('sheets.by.' + (s.approved_by ?? 'approval'))}
                          </State>
                        ),
                    },
                    ...(pays && view === 'submitted'
                      ? [
                          {
                            title: <span className="hidden">{t('sheets.act')}</span>,
                            width: 150,
                            align: 'right' as const,
                            render: (_: unknown, s: Sheet) => (
                              <span className="row wrap g8 to-end">
                                <Button size="small" onClick={() => void approveAll([s])}>
                                  {t('sheets.one')}
                                </Button>
                                <Button
                                  size="small"
                                  type="text"
                                  disabled={s.disputed_minutes > 0 || s.minutes === 0}
                                  onClick={() => setDisputing(s)}
                                >
                                  {t('sheets.dispute')}
                                </Button>
                              </span>
                            ),
                          },
                        ]
                      : []),
                  ]
            }
          />
        )}
        {sheets.hasNextPage && (
          <div className="p12">
            <Button loading={sheets.isFetchingNextPage} onClick={() => void sheets.fetchNextPage()}>
              {t('bookings.more')}
            </Button>
          </div>
        )}
      </section>
      {disputing && <DisputeForm sheet={disputing} onClose={() => setDisputing(undefined)} />}
    </Page>
  )
}

function Deadline({ at, said }: { at: string; said?: string }) {
  const t = useWords('merchant')
  const left = (Date.parse(at) - useNow(30_000)) / 3_600_000
  return (
    <span className="col">
      <span className={left < 6 ? 'late' : undefined}>
        {said} {left < 0 ? t('sheets.due') : t('sheets.left', { hours: left < 1 ? '<1' : Math.floor(left) })}
      </span>
      <span className="sm t3">
        <When at={at} />
      </span>
    </span>
  )
}

/** Events are what the minutes are made of, and what was said about them. */
function Events({ sheet: s, disputes, zone }: { sheet: Sheet; disputes: Schema<'Dispute'>[]; zone?: string }) {
  const t = useWords('merchant')
  return (
    <div className="col g12" style={{ padding: '4px 0 8px' }}>
      <ol className="row wrap g16">
        {s.events.map((e, i) => (
          <li key={i} className="row g4 sm">
            <Glyph
              tone={e.kind === 'check_in' ? 'ok' : 'open'}
              shape={e.kind === 'check_out' ? 'bar' : e.kind === 'check_in' ? 'tick' : 'clock'}
            />
            {t('event.' + e.kind)}{' '}
            <span className="t2">
              <When at={e.at} zone={zone} />
            </span>
          </li>
        ))}
      </ol>
      <p className="sm t3">
        {t('sheets.made', { count: s.minutes })} <Money value={s.pay_per_hour} /> {t('sheets.perHour')}
        {s.swept && <> {t('sheets.swept')}</>}
      </p>
      {disputes.map((d) => (
        <div key={d.id} className="soft col g4 sm">
          <div className="row g8">
            <State tone={d.state === 'open' ? 'late' : 'ok'}>{t(d.state === 'open' ? 'sheets.openDispute' : 'sheets.ruled')}</State>
            <span>{t(d.kind === 'dispute' ? 'sheets.weDispute' : 'sheets.theyObject', { count: d.minutes })}</span>
            {d.frozen.amount > 0 && (
              <span className="t2">
                {t('sheets.frozen')} <Money value={d.frozen} />
              </span>
            )}
          </div>
          <p className="pre">{d.reason}</p>
          {d.answer && (
            <p className="pre t2">
              {t('sheets.answer')} {d.answer}
            </p>
          )}
          {d.state === 'open' ? (
            <p className="t3">
              {t('sheets.ruleBy')} <When at={d.rule_by} />
            </p>
          ) : (
            <p className="t2">
              {t('sheets.toAgent', { count: d.minutes_to_agent ?? 0 })} {d.ruling}
            </p>
          )}
        </div>
      ))}
    </div>
  )
}

function DisputeForm({ sheet, onClose }: { sheet: Sheet; onClose: () => void }) {
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
