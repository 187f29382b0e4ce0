import { useQuery } from '@tanstack/react-query'
import { CheckCircle2, Radio as RadioIcon, RotateCcw, X } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Link, useLocation, useNavigate, useParams } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Loaded, Skeleton } from '@/design/feedback'
import { FillBar } from '@/design/fill-bar'
import { Page, Section } from '@/design/page'
import { Person } from '@/design/person'
import { SkillTag } from '@/design/skill-tag'
import { dayRange, zoneName, useClock } from '@/design/time'
import type { Me } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { useColleagues } from '../new-booking/core-team'
import { Account } from './account'
import { Cancel } from './cancel'
import { Shifts, type Shift } from './shifts'
import { BookingState } from './state'
import { Timeline } from './timeline'

/** BookingDetail is one booking: its terms, its shifts with the people in them, and what its money did. */
export default function BookingDetail({ me }: { me: Me }) {
  const { id = '' } = useParams()
  const t = useWords('merchant')
  const booking = useQuery({
    queryKey: ['bookings', 'one', id],
    queryFn: () => body(api.GET('/api/v1/bookings/{id}', { params: { path: { id } } })),
    refetchInterval: 60_000,
  })
  const shifts = useQuery({
    queryKey: ['bookings', 'shifts', id],
    queryFn: async () => (await body(api.GET('/api/v1/bookings/{id}/shifts', { params: { path: { id } } }))).items,
    refetchInterval: 60_000,
  })
  const both = {
    data: booking.data && shifts.data ? { booking: booking.data, shifts: shifts.data } : undefined,
    error: booking.error ?? shifts.error,
    refetch: () => {
      void booking.refetch()
      void shifts.refetch()
    },
  }
  const trail = <Link to="/merchant/bookings">{t('nav.bookings')}</Link>
  const waiting = (content: ReactNode) => (
    <Page title={t('bookings.booking')} trail={trail}>
      <section className="sec">{content}</section>
    </Page>
  )
  if (!both.data)
    return waiting(
      <Loaded query={both} skeleton={<Skeleton lines={[28, 20, 64, 64, 64]} />}>
        {() => null}
      </Loaded>,
    )
  return <Detail key={id} me={me} {...both.data} trail={trail} />
}

function Detail({ me, booking: b, shifts, trail }: { me: Me; booking: Schema<'Booking'>; shifts: Shift[]; trail: ReactNode }) {
  const t = useWords('merchant')
  const language = useLanguage()
  const go = useNavigate()
  const justNow = (useLocation().state as { confirmed?: boolean } | null)?.confirmed
  const books = me.role === 'owner' || me.role === 'booker'
  const colleagues = useColleagues()
  const [cancelling, setCancelling] = useState<string[] | null>(null)
  const [chosen, setChosen] = useState<string[]>([])
  const now = useClock()
  const waiting = shifts.filter((s) => s.state === 'open' && Date.parse(s.starts_at) > now && s.seats > 0)
  const running = shifts.some((s) => s.state === 'open' && Date.parse(s.starts_at) <= now + 15 * 60_000 && Date.parse(s.ends_at) > now)
  return (
    <Page
      title={b.title}
      trail={trail}
      note={
        <>
          <BookingState booking={b} />
          <span className="sm t3">{b.shop_name}</span>
        </>
      }
      actions={
        <>
          {running && (
            <Button icon={<RadioIcon size={14} aria-hidden />} onClick={() => void go('/merchant/today')}>
              {t('detail.live')}
            </Button>
          )}
          {books && (
            <Button icon={<RotateCcw size={14} aria-hidden />} onClick={() => void go('/merchant/bookings/new?like=' + b.id)}>
              {t('detail.again')}
            </Button>
          )}
          {books && waiting.length > 0 && (
            <Button danger icon={<X size={14} aria-hidden />} onClick={() => setCancelling(chosen)}>
              {chosen.length > 0 ? t('detail.cancelChosen', { count: chosen.length }) : t('detail.cancel')}
            </Button>
          )}
        </>
      }
    >
      {justNow && (
        <div role="status" className="sec row g12 good">
          <CheckCircle2 size={18} aria-hidden />
          <span className="m">{t('detail.confirmed', { count: b.seats })}</span>
        </div>
      )}
      <div className="split">
        <div className="col">
          <section className="sec facts">
            <Fact label={t('detail.dates')}>
              <span className="num">{dayRange(b.starts_on, b.ends_on, language)}</span>{' '}
              <span className="sm t3">{zoneName(b.time_zone, language)}</span>
            </Fact>
            <Fact label={t('detail.windows')}>
              <span className="num">
                {b.windows
                  .toSorted((x, y) => x.start.localeCompare(y.start))
                  .map((w) => `${w.start}–${w.end}`)
                  .join(t('list'))}
              </span>
            </Fact>
            {b.seats > 0 && (
              <Fact label={t('bookings.fill')}>
                <FillBar filled={b.filled} seats={b.seats} width={80} />
              </Fact>
            )}
            <Fact label={t('skill.title')}>
              <span className="row wrap g4">
                {b.requirements.map((r) => (
                  <SkillTag key={r.tag} tag={r.tag} level={r.level} atLeast />
                ))}
              </span>
            </Fact>
            {b.priority > 1 && <Fact label={t('price.priority')}>{b.priority}</Fact>}
          </section>
          <Section title={t('detail.shifts')} note={t('detail.shiftsNote')}>
            <Shifts shifts={shifts} booking={b} selectable={books ? waiting.map((s) => s.id) : []} chosen={chosen} onChoose={setChosen} />
          </Section>
        </div>
        <aside className="col">
          <Account booking={b} />
          <Section title={t('detail.core')}>
            {b.core_team.length === 0 ? (
              <p className="sm t2">{t('detail.noCore')}</p>
            ) : (
              <ul className="col g8">
                {b.core_team.map((id) => {
                  const known = colleagues.data?.find((a) => a.agent_id === id)
                  return (
                    <li key={id}>
                      <Person
                        name={known?.name ?? t('core.somebody', { id: id.slice(-4) })}
                        fact={known && t('core.shifts', { count: known.shifts })}
                      />
                    </li>
                  )
                })}
              </ul>
            )}
          </Section>
          <Timeline booking={b} shifts={shifts} />
        </aside>
      </div>
      {cancelling && (
        <Cancel
          booking={b}
          shifts={waiting}
          chosen={cancelling}
          onClose={(done) => {
            setCancelling(null)
            if (done) setChosen([])
          }}
        />
      )}
    </Page>
  )
}

const Fact = ({ label, children }: { label: ReactNode; children: ReactNode }) => (
  <div className="col g4">
    <span className="sm t3">{label}</span>
    <div>{children}</div>
  </div>
)
