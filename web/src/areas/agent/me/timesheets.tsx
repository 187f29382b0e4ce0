import { ChevronRight, ClipboardCheck } from 'lucide-react'
import { Link } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { Span } from '@/design/time'
import { useWords } from '@/words'
import { DayOf, useHours } from '../parts'

export default function Timesheets() {
  const t = useWords('agent')
  const query = usePages<Schema<'Timesheet'>>(['timesheets', 'all'], (cursor) =>
    body(api.GET('/api/v1/timesheets', { params: { query: { limit: 50, cursor } } })),
  )
  return (
    <Page title={t('sheet.list')} trail={<Link to="/agent/me">{t('nav.me')}</Link>}>
      <div className="column">
        <Loaded
          framed
          query={query}
          skeleton={
            <Card>
              <Skeleton lines={[48, 48, 48]} />
            </Card>
          }
        >
          {(list) => (
            <Card rows>
              {list.length === 0 ? (
                <Empty icon={ClipboardCheck} title={t('sheet.none')} hint={t('sheet.noneHint')} />
              ) : (
                <ul className="rows">
                  {list.map((s) => (
                    <SheetRow key={s.id} sheet={s} />
                  ))}
                </ul>
              )}
            </Card>
          )}
        </Loaded>
        {query.hasNextPage && (
          <div className="card">
            <Button block size="large" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t('sheet.more')}
            </Button>
          </div>
        )}
      </div>
    </Page>
  )
}

function SheetRow({ sheet }: { sheet: Schema<'Timesheet'> }) {
  const hours = useHours()
  return (
    <li>
      <Link className="rowlink" to={'/agent/me/timesheets/' + sheet.id}>
        <DayOf at={sheet.starts_at} />
        <span className="grow">
          <span className="m line">
            <Span from={sheet.starts_at} to={sheet.ends_at} day={false} showZone={false} />
          </span>
          <span className="sm t3">
            {hours(sheet.minutes)} · <Money value={sheet.pay} />
          </span>
        </span>
        <SheetState sheet={sheet} />
        <ChevronRight size={18} color="var(--text3)" aria-hidden className="rigid" />
      </Link>
    </li>
  )
}

/** SheetState is how far a timesheet is. */
export function SheetState({ sheet }: { sheet: Schema<'Timesheet'> }) {
  const t = useWords('agent')
  if (sheet.disputed_minutes > 0 && sheet.state === 'submitted') return <State tone="late">{t('sheet.disputed')}</State>
  return sheet.state === 'approved' ? <State tone="ok">{t('sheet.approved')}</State> : <State tone="info">{t('sheet.submitted')}</State>
}
