import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight, Wallet } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Link } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { localDate, monthName, Span, useClock } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { DayOf, useHours } from '../parts'

type Line = Schema<'EarningLine'>

export default function Earnings() {
  const t = useWords('agent')
  const query = useInfiniteQuery({
    queryKey: ['earnings', 'all'],
    initialPageParam: '',
    queryFn: ({ pageParam }) => body(api.GET('/api/v1/earnings', { params: { query: { limit: 50, cursor: pageParam || undefined } } })),
    getNextPageParam: (last) => last.next_cursor,
  })
  return (
    <Page title={t('earnings.title')} trail={<Link to="/agent/me">{t('nav.me')}</Link>}>
      <div className="column">
        <Loaded
          framed
          query={query}
          skeleton={
            <Card>
              <Skeleton lines={[40, 20, 20]} />
            </Card>
          }
        >
          {({ pages }) => {
            const sum = pages[0]!
            return (
              <Card lead label={t('earnings.title')}>
                <div className="t2">{t('earnings.payable')}</div>
                <div className="mt4 mb12">
                  <Money value={sum.payable} size={34} />
                </div>
                <dl className="col g8">
                  <Sum name={t('earnings.pending')} how={t('earnings.pendingHow')}>
                    <Money value={sum.pending} />
                  </Sum>
                  <Sum name={t('earnings.withheld')} how={t('earnings.withheldHow')}>
                    <Money value={sum.withheld} />
                  </Sum>
                  <Sum name={t('earnings.paid')} how={t('earnings.paidHow')}>
                    <Money value={sum.paid} />
                  </Sum>
                </dl>
              </Card>
            )
          }}
        </Loaded>
        <Statement />
        {query.data && (
          <Card rows title={t('earnings.lines')}>
            {query.data.pages[0]!.lines.length === 0 ? (
              <Empty icon={Wallet} title={t('earnings.none')} hint={t('earnings.noneHint')} />
            ) : (
              <ul className="rows">
                {query.data.pages
                  .flatMap((p) => p.lines)
                  .map((l) => (
                    <LineRow key={l.id} line={l} />
                  ))}
              </ul>
            )}
          </Card>
        )}
        {query.hasNextPage && (
          <div className="card">
            <Button block size="large" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t('earnings.more')}
            </Button>
          </div>
        )}
      </div>
    </Page>
  )
}

const Sum = ({ name, how, children }: { name: string; how: string; children: ReactNode }) => (
  <div className="row between start g12">
    <dt>
      <span>{name}</span>
      <span className="sm t3 line">{how}</span>
    </dt>
    <dd className="nowrap">{children}</dd>
  </div>
)

/** Statement is one month's account. */
function Statement() {
  const t = useWords('agent')
  const language = useLanguage()
  const current = localDate(useClock()).slice(0, 7)
  const [month, setMonth] = useState(current)
  const move = (by: number) => {
    const [y = 0, m = 0] = month.split('-').map(Number)
    setMonth(new Date(Date.UTC(y, m - 1 + by, 1)).toISOString().slice(0, 7))
  }
  const query = useQuery({
    queryKey: ['statement', month],
    queryFn: () => body(api.GET('/api/v1/statements', { params: { query: { month } } })),
  })
  return (
    <Card
      title={t('earnings.statement')}
      aside={
        <span className="row g4">
          <button type="button" className="iconbtn" aria-label={t('earnings.monthBefore')} onClick={() => move(-1)}>
            <ChevronLeft size={18} />
          </button>
          <span className="b num t1" aria-live="polite">
            {monthName(month, language)}
          </span>
          <button
            type="button"
            className="iconbtn"
            aria-label={t('earnings.monthAfter')}
            disabled={month >= current}
            onClick={() => move(1)}
          >
            <ChevronRight size={18} />
          </button>
        </span>
      }
    >
      <Loaded query={query} skeleton={<Skeleton lines={[20, 20, 20]} />}>
        {({ agent }) =>
          agent && (
            <dl className="col g8">
              <div className="row between">
                <dt className="t2">{t('earnings.gross')}</dt>
                <dd>
                  <Money value={agent.gross} />
                </dd>
              </div>
              <div className="row between">
                <dt className="t2">{t('earnings.tax')}</dt>
                <dd>
                  <Money value={{ ...agent.tax, amount: -agent.tax.amount }} />
                </dd>
              </div>
              <div className="row between b total">
                <dt>{t('earnings.net')}</dt>
                <dd>
                  <Money value={agent.net} size={20} />
                </dd>
              </div>
              <div className="row between sm t3">
                <dt>{t('earnings.lines')}</dt>
                <dd>{t('earnings.settledLines', { count: agent.lines.length })}</dd>
              </div>
            </dl>
          )
        }
      </Loaded>
    </Card>
  )
}

function LineRow({ line }: { line: Line }) {
  const t = useWords('agent')
  const hours = useHours()
  const c = line.computation
  const yuan = (amount: number) => <Money value={{ amount, currency: line.gross.currency }} />
  return (
    <li className="stack">
      <Link className="rowlink" to={'/agent/me/timesheets/' + line.timesheet_id}>
        <DayOf at={line.starts_at} />
        <span className="grow">
          <span className="m line">
            <Span from={line.starts_at} to={line.ends_at} day={false} showZone={false} />
          </span>
          <span className="sm t3 byline">
            <span>
              {hours(line.minutes)} × <Money value={line.pay_per_hour} />
            </span>
            {line.state === 'payable' ? (
              <span>{t('earnings.by.' + (line.reason ?? 'approval'))}</span>
            ) : (
              <span>
                <State plain tone="info">
                  {t('earnings.waiting')}
                </State>
              </span>
            )}
          </span>
        </span>
        <span className="b">
          <Money value={line.state === 'payable' ? line.net : line.gross} />
        </span>
        <ChevronRight size={18} color="var(--text3)" aria-hidden className="rigid" />
      </Link>
      {c && line.tax.amount > 0 && (
        <details className="sm taxed">
          <summary className="t2">
            {t('earnings.taxOf')} <Money value={line.tax} />
          </summary>
          <dl className="col g4 mt8">
            {(
              [
                ['income', c.income],
                ['expenses', -c.expenses],
                ['deductions', -c.deductions],
                ['taxable', c.taxable],
                ['cumulative', c.cumulative_tax],
                ['before', -c.withheld_before],
                ['tax', c.tax],
              ] as const
            ).map(([k, v]) => (
              <div key={k} className="row between">
                <dt className="t3">{t('earnings.step.' + k, { months: c.months })}</dt>
                <dd>{yuan(v)}</dd>
              </div>
            ))}
          </dl>
          <p className="t3">{t('earnings.rule', { rule: c.rule })}</p>
        </details>
      )}
    </li>
  )
}
