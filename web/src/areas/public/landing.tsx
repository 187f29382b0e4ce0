import { useQuery } from '@tanstack/react-query'
import { ArrowRight } from 'lucide-react'
import { lazy, Suspense, useEffect, type ReactNode } from 'react'
import { useNavigate } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { SeatLegend, SeatStrip, type SeatState } from '@/design/seat-strip'
import { SkillTag } from '@/design/skill-tag'
import { Glyph } from '@/design/state'
import { clockTime, Span, zoneName } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { DemoPeople } from './demo-people'
import './landing.css'

const SeatCalculator = lazy(() => import('./seat-calculator'))

export default function Landing() {
  const t = useWords('public')
  const common = useWords()
  const go = useNavigate()
  const market = useQuery({ queryKey: ['market'], queryFn: () => body(api.GET('/api/v1/market')), refetchInterval: 30_000 })
  useEffect(() => {
    document.title = `${common('name')} · ${common('tagline')}`
  }, [common])
  return (
    <div className="landing">
      <section className="landing-first">
        <div className="col g24">
          <h1>
            {t('landing.title')
              .split('|')
              .map((phrase) => (
                <span key={phrase}>{phrase}</span>
              ))}
          </h1>
          <p className="landing-lead t2">{t('landing.lead')}</p>
          <div className="row wrap g12">
            <Button type="primary" size="large" onClick={() => void go('/sign-up?kind=merchant')}>
              {t('landing.book')}
              <ArrowRight size={16} aria-hidden />
            </Button>
            <Button size="large" onClick={() => void go('/sign-up?kind=agent')}>
              {t('landing.work')}
              <ArrowRight size={16} aria-hidden />
            </Button>
          </div>
          {market.data && <Figures market={market.data} />}
        </div>
        <Suspense
          fallback={
            <section className="calculator">
              <Skeleton lines={[24, 64, 80, 160, 40]} />
            </section>
          }
        >
          <SeatCalculator />
        </Suspense>
      </section>
      <DemoPeople />
      <div className="landing-two">
        <Offers title={t('landing.merchants')} note={t('landing.example')} promises={[t('landing.m1'), t('landing.m2'), t('landing.m3')]}>
          <SeatStrip seats={example} />
          <SeatLegend states={['on', 'late', 'standby']} />
        </Offers>
        <Offers
          title={t('landing.agents')}
          note={market.data && market.data.open_seats > 0 && t('landing.openTonight', { count: market.data.open_seats })}
          promises={[t('landing.a1'), t('landing.a2'), t('landing.a3')]}
        >
          {market.data && market.data.opening.length > 0 ? (
            <ul>
              {market.data.opening.map((s) => (
                <Opening key={s.starts_at + s.requirements.map((r) => r.tag).join()} shift={s} />
              ))}
            </ul>
          ) : (
            <p className="t3">{t('landing.noneOpen')}</p>
          )}
        </Offers>
      </div>
    </div>
  )
}

// One shift, as a board shows it.
const example: SeatState[] = Array.from({ length: 36 }, (_, i) => (i === 17 ? 'late' : i === 29 ? 'standby' : 'on'))

function Figures({ market }: { market: Schema<'PublicFigures'> }) {
  const t = useWords('public')
  const language = useLanguage()
  return (
    <div className="col g8">
      <dl className="landing-figures">
        <Figure value={market.on_seat.toLocaleString('en')} label={t('landing.onSeat')} />
        <Figure value={market.certified_agents.toLocaleString('en')} label={t('landing.certified')} />
        {market.attendance !== undefined && <Figure value={(market.attendance * 100).toFixed(1) + '%'} label={t('landing.attendance')} />}
        {market.attendance === undefined && <Figure value={market.open_seats.toLocaleString('en')} label={t('landing.open')} />}
      </dl>
      <span className="stamp">
        <i />
        {clockTime(market.as_of)} {zoneName('Asia/Shanghai', language)}
        {t('landing.source')}
      </span>
    </div>
  )
}

const Figure = ({ value, label }: { value: string; label: string }) => (
  <div>
    <dt className="t2">{label}</dt>
    <dd className="figure num">{value}</dd>
  </div>
)

function Offers({ title, note, promises, children }: { title: string; note?: ReactNode; promises: string[]; children: ReactNode }) {
  return (
    <section className="landing-part">
      <div className="sechead">
        <h2 className="lg">{title}</h2>
        {note && <span className="end sm t3">{note}</span>}
      </div>
      <div className="col g12">
        {children}
        <ul className="col g8">
          {promises.map((p) => (
            <li key={p} className="row start g8 md">
              <span className="pt4">
                <Glyph tone="ok" />
              </span>
              {p}
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}

function Opening({ shift }: { shift: Schema<'OpeningShift'> }) {
  const t = useWords()
  return (
    <li className="landing-opening">
      <span className="m">
        <Span from={shift.starts_at} to={shift.ends_at} zone={shift.time_zone} showZone={false} />
      </span>
      <span className="row wrap g4">
        {shift.requirements.map((r) => (
          <SkillTag key={r.tag} tag={r.tag} level={r.level} atLeast />
        ))}
      </span>
      <span className="nowrap">
        <Money value={shift.pay_per_hour} /> <span className="t3">{t('perHour')}</span>
      </span>
    </li>
  )
}
