import { Checkbox, Progress, Segmented } from 'antd'
import { ClipboardCheck } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useLocation } from 'react-router'
import { Button } from '@/design/button'
import { Empty, Failure, Skeleton } from '@/design/feedback'
import { Money, plainMoney } from '@/design/money'
import { Page } from '@/design/page'
import { Person } from '@/design/person'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { useTarget } from '@/design/target'
import { Span, useNow, When } from '@/design/time'
import { usePhone } from '@/design/theme'
import type { Me } from '@/session/session'
import { useWords } from '@/words'
import { DisputeForm } from './dispute'
import { Events } from './events'
import { useAbout, useApprovals, useDisputes, useSheets, type Batch, type Sheet, type View } from './queries'

/** So many are drawn on a phone before somebody asks for more. */
const atOnce = 60

/** Timesheets are attended minutes with the events they are made of: approved one by one or many at once, or some of the minutes disputed. */
export default function Timesheets({ me }: { me: Me }) {
  const t = useWords('merchant')
  const phone = usePhone()
  const pays = me.role === 'owner' || me.role === 'finance'
  const [view, setView] = useState<View>('submitted')
  const [chosen, setChosen] = useState<string[]>([])
  const [disputing, setDisputing] = useState<Sheet>()
  const { batch, approve, busy } = useApprovals()
  const sheets = useSheets(view)
  const { rows } = sheets
  const acts = pays && view === 'submitted'
  const picked = rows?.filter((s) => chosen.includes(s.id)) ?? []
  const sum = plainMoney({ amount: picked.reduce((n, s) => n + s.pay.amount, 0), currency: 'CNY' })
  const approveMany = async (list: Sheet[]) => setChosen(await approve(list))
  const many = picked.length > 0 && (
    <Button type="primary" loading={busy} onClick={() => void approveMany(picked)}>
      {t('sheets.approve', { count: picked.length, amount: sum })}
    </Button>
  )
  const List = phone ? Cards : Rows
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
      actions={!phone && (many || (acts && rows && rows.length > 1 && <span className="sm t3">{t('sheets.choose')}</span>))}
    >
      {batch && <Progressing batch={batch} />}
      <section className="sec flush grow">
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
          <List
            sheets={rows}
            view={view}
            chosen={acts ? chosen : undefined}
            onChoose={setChosen}
            acts={(s) =>
              acts && (
                <>
                  <Button size={phone ? undefined : 'small'} onClick={() => void approveMany([s])}>
                    {t('sheets.one')}
                  </Button>
                  {s.disputed_minutes === 0 && s.minutes > 0 && (
                    <Button size={phone ? undefined : 'small'} type="text" onClick={() => setDisputing(s)}>
                      {t('sheets.dispute')}
                    </Button>
                  )}
                </>
              )
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
      {phone && many && <div className="savebar">{many}</div>}
      {disputing && <DisputeForm sheet={disputing} onClose={() => setDisputing(undefined)} />}
    </Page>
  )
}

function Progressing({ batch: b }: { batch: Batch }) {
  const t = useWords('merchant')
  return (
    <section className="sec col g8" aria-live="polite">
      <Progress percent={Math.round((b.done / b.of) * 100)} size="small" status={b.failed.length > 0 ? 'exception' : 'active'} />
      <span className="sm t2">{t('sheets.progress', { done: b.done, of: b.of })}</span>
      {b.failed.slice(0, 3).map((f) => (
        <Failure key={f.id} problem={f.problem} kept />
      ))}
    </section>
  )
}

interface ListProps {
  sheets: Sheet[]
  view: View
  /** Those that are chosen; absent where nobody may choose. */
  chosen?: string[]
  onChoose: (ids: string[]) => void
  acts: (s: Sheet) => ReactNode
}

/** Rows are timesheets on a desk. */
function Rows({ sheets, view, chosen, onChoose, acts }: ListProps) {
  const t = useWords('merchant')
  const target = useTarget()
  const about = useAbout()
  const named = useNamed()
  const many = sheets.length > atOnce
  return (
    <Table<Sheet>
      size="small"
      rowKey="id"
      onRow={(s) => target(s.id)}
      dataSource={sheets}
      pagination={false}
      virtual={many}
      scroll={many ? { x: 1080, y: 620 } : { x: 960 }}
      rowSelection={
        chosen && {
          selectedRowKeys: chosen,
          onChange: (keys) => onChoose(keys as string[]),
          getCheckboxProps: (s) => ({ 'aria-label': t('sheets.pick', { name: about(s).name }) }),
          columnWidth: 40,
        }
      }
      expandable={{ columnWidth: 40, defaultExpandedRowKeys: [named], expandedRowRender: (s) => <About sheet={s} /> }}
      columns={[
        {
          title: t('sheets.agent'),
          width: 150,
          render: (_, s) => (
            <span className="trunc line w140" title={about(s).name}>
              <Person name={about(s).name} />
            </span>
          ),
        },
        {
          title: t('price.shift'),
          width: 270,
          render: (_, s) => (
            <div>
              <Span from={s.starts_at} to={s.ends_at} zone={about(s).zone} showZone={false} />
              <div className="sm t3 trunc w270">{about(s).title}</div>
            </div>
          ),
        },
        {
          title: t('sheets.minutes'),
          width: 120,
          align: 'right',
          render: (_, s) => (
            <div className="num">
              <Minutes of={s} />
              {s.disputed_minutes > 0 && <div className="sm late">{t('sheets.disputed', { count: s.disputed_minutes })}</div>}
            </div>
          ),
        },
        { title: t('sheets.pay'), width: 110, align: 'right', render: (_, s) => <Money value={s.pay} /> },
        {
          title: t(view === 'submitted' ? 'sheets.deadline' : 'bookings.state'),
          width: 190,
          render: (_, s) => <Decided sheet={s} />,
        },
        ...(chosen
          ? [
              {
                title: <span className="hidden">{t('sheets.act')}</span>,
                width: 150,
                render: (_: unknown, s: Sheet) => <span className="row g8">{acts(s)}</span>,
              },
            ]
          : []),
      ]}
    />
  )
}

/** Cards are timesheets on a phone. */
function Cards({ sheets, chosen, onChoose, acts }: ListProps) {
  const t = useWords('merchant')
  const common = useWords()
  const target = useTarget()
  const about = useAbout()
  const [most, setMost] = useState(atOnce)
  const named = useNamed()
  const [opened, open] = useState<string[]>([named])
  const flip = (list: string[], id: string) => (list.includes(id) ? list.filter((x) => x !== id) : [...list, id])
  return (
    <>
      <ul className="rows">
        {sheets.slice(0, most).map((s) => {
          const { name, title, zone } = about(s)
          return (
            <li key={s.id} className="stack" {...target(s.id)}>
              <div className="col g4">
                <span className="row between g12">
                  {chosen ? (
                    <Checkbox
                      aria-label={t('sheets.pick', { name })}
                      checked={chosen.includes(s.id)}
                      onChange={() => onChoose(flip(chosen, s.id))}
                    >
                      <Person name={name} />
                    </Checkbox>
                  ) : (
                    <Person name={name} />
                  )}
                  <Money value={s.pay} />
                </span>
                <span className="sm t2">
                  <Span from={s.starts_at} to={s.ends_at} zone={zone} showZone={false} />
                </span>
                <span className="row wrap g8 sm">
                  <span className="num">
                    <Minutes of={s} />
                  </span>
                  {s.disputed_minutes > 0 && <span className="late">{t('sheets.disputed', { count: s.disputed_minutes })}</span>}
                  <span className="t3 break">{title}</span>
                </span>
                <span className="sm">
                  <Decided sheet={s} said />
                </span>
                <span className="row g8 pt4">
                  {acts(s)}
                  <Button type="text" aria-expanded={opened.includes(s.id)} onClick={() => open(flip(opened, s.id))}>
                    {common('details')}
                  </Button>
                </span>
                {opened.includes(s.id) && <About sheet={s} />}
              </div>
            </li>
          )
        })}
      </ul>
      {sheets.length > most && (
        <div className="py12">
          <Button onClick={() => setMost(most + atOnce)}>{common('loadMore')}</Button>
        </div>
      )}
    </>
  )
}

/** useNamed is the id of the timesheet that the address names: it is open. */
const useNamed = () => decodeURIComponent(useLocation().hash.slice(1))

function Minutes({ of: s }: { of: Sheet }) {
  const t = useWords('merchant')
  return t('sheets.hm', { h: Math.floor(s.minutes / 60), m: String(s.minutes % 60).padStart(2, '0') })
}

/** Decided is who approved it, or when it approves itself. */
function Decided({ sheet: s, said }: { sheet: Sheet; said?: boolean }) {
  const t = useWords('merchant')
  const left = (Date.parse(s.approve_by) - useNow(30_000)) / 3_600_000
  if (s.state !== 'submitted')
    return (
      <State plain tone="ok">
        {t('sheets.by.' + (s.approved_by ?? 'approval'))}
      </State>
    )
  return (
    <span className={said ? 'row wrap g8' : 'col'}>
      <span className={left < 6 ? 'late' : undefined}>
        {said && t('sheets.deadline')} {left < 0 ? t('sheets.due') : t('sheets.left', { hours: left < 1 ? '<1' : Math.floor(left) })}
      </span>
      <span className="sm t3">
        <When at={s.approve_by} />
      </span>
    </span>
  )
}

function About({ sheet: s }: { sheet: Sheet }) {
  const about = useAbout()
  const disputes = useDisputes()
  return <Events sheet={s} disputes={(disputes.data ?? []).filter((d) => d.timesheet_id === s.id)} zone={about(s).zone} />
}
