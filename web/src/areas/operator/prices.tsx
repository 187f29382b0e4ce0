import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Loaded, Skeleton } from '@/design/feedback'
import { Page, Section } from '@/design/page'
import { State } from '@/design/state'
import { usePhone } from '@/design/theme'
import { localDate, When } from '@/design/time'
import { useWords } from '@/words'
import { Prices } from './price-book'
import { Edit } from './price-edit'

type Book = Schema<'PriceBookVersion'>

/** The price book: what is in force, what is scheduled, what was. A new version leaves bookings that were quoted under an older one as they are. */
export default function PricePage() {
  const t = useWords('operator')
  const [editing, setEditing] = useState(false)
  const phone = usePhone()
  const [chosen, choose] = useState<number>()
  const query = useQuery({ queryKey: ['price-book', 'versions'], queryFn: () => body(api.GET('/api/v1/price-book/versions')) })
  const books = query.data?.items ?? []
  const now = books.find((b) => b.state === 'in_force')
  const shown = books.find((b) => b.version === chosen) ?? now
  return (
    <Page
      title={t('prices.title')}
      note={
        shown && (
          <span className="row wrap g8 t3">
            <BookState book={shown} />
            {t('prices.version', { version: shown.version })} · {t(shown.state === 'scheduled' ? 'prices.from' : 'prices.since')}{' '}
            {phone ? <span className="num">{localDate(shown.effective_at)}</span> : <When at={shown.effective_at} showZone />}
          </span>
        )
      }
      actions={
        !editing &&
        shown && (
          <Button type="primary" onClick={() => setEditing(true)}>
            {t('prices.edit')}
          </Button>
        )
      }
    >
      <Loaded
        query={query}
        framed
        skeleton={
          <div className="sec">
            <Skeleton lines={[60, 120, 120]} />
          </div>
        }
      >
        {() =>
          !shown ? null : editing ? (
            <Edit
              book={shown}
              newest={books[0]?.version ?? shown.version}
              onDone={() => {
                setEditing(false)
                choose(undefined)
              }}
            />
          ) : (
            <div className="split">
              <div>
                <Prices book={shown} />
              </div>
              <aside>
                <Section title={t('prices.versions')}>
                  <ol>
                    {books.map((b) => (
                      <li key={b.version}>
                        <button
                          type="button"
                          className="rowbtn"
                          aria-current={b.version === shown.version || undefined}
                          onClick={() => choose(b.version)}
                        >
                          <span className="row between g8">
                            <span className="m">{t('prices.version', { version: b.version })}</span>
                            <BookState book={b} />
                          </span>
                          <span className="sm t3 line">
                            <When at={b.effective_at} />
                          </span>
                        </button>
                      </li>
                    ))}
                  </ol>
                </Section>
              </aside>
            </div>
          )
        }
      </Loaded>
    </Page>
  )
}

function BookState({ book: b }: { book: Book }) {
  const t = useWords('operator')
  return (
    <State
      plain
      tone={b.state === 'in_force' ? 'ok' : b.state === 'scheduled' ? 'info' : 'open'}
      shape={b.state === 'past' ? 'bar' : undefined}
    >
      {t('prices.is.' + b.state)}
    </State>
  )
}
