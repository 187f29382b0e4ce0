import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useState } from 'react'
import { api, body, type Schema } from '@/api/client'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { Page, Section } from '@/design/page'
import { SkillTag } from '@/design/skill-tag'
import { State } from '@/design/state'
import { usePhone } from '@/design/theme'
import { Span, useClock } from '@/design/time'
import { useWords } from '@/words'
import { Gaps } from './gaps'
import { day, HeatMap, hour, midnight } from './heat-map'
import { ShortShifts, type ShortShift } from './short-shifts'

type Overview = Schema<'Overview'>

/** The market: where seats are open, by hour and by skill, and why. */
export default function Market() {
  const t = useWords('operator')
  const phone = usePhone()
  const [days, setDays] = useState(phone ? 7 : 14)
  const from = midnight(useClock())
  const query = useQuery({
    queryKey: ['overview', days],
    refetchInterval: 60_000,
    queryFn: () =>
      body(
        api.GET('/api/v1/market/overview', {
          params: { query: { from: new Date(from).toISOString(), to: new Date(from + days * day).toISOString() } },
        }),
      ),
  })
  return (
    <Page
      title={t('market.title')}
      actions={
        <Segmented
          value={days}
          onChange={setDays}
          options={[7, 14, 28].map((n) => ({ value: n, label: t('market.days', { count: n }) }))}
        />
      }
    >
      <Loaded
        query={query}
        framed
        skeleton={
          <div className="sec">
            <Skeleton lines={[24, 280, 24]} />
          </div>
        }
      >
        {(o) =>
          o.hours.length === 0 ? (
            <div className="sec">
              <Empty title={t('market.nothing')} hint={t('market.nothingHint')} />
            </div>
          ) : (
            <OpenSeats
              key={days}
              overview={o}
              from={from}
              days={days}
              figures={<Totals overview={o} />}
              aside={<Skills list={o.skills} />}
            />
          )
        }
      </Loaded>
    </Page>
  )
}

/** OpenSeats is where seats are open: by day and hour, shift by shift, and why. An hour of the map leads to its shifts. */
export function OpenSeats({
  overview: o,
  from,
  days,
  title,
  figures,
  aside,
}: {
  overview: Overview
  from: number
  days: number
  title?: string
  figures?: React.ReactNode
  aside?: React.ReactNode
}) {
  const t = useWords('operator')
  const phone = usePhone()
  const [picked, pick] = useState<string>()
  const [at, setAt] = useState<number>()
  const list = at === undefined ? o.short : o.short.filter((s) => covers(s, at))
  const chosen = list.find((s) => s.shift_id === picked) ?? list[0]
  return (
    <div className="split">
      <div>
        {figures}
        {o.hours.length > 0 && <HeatMap hours={o.hours} from={from} days={days} chosen={at} onChoose={setAt} />}
        <Section
          title={title ?? t('market.short')}
          note={
            at === undefined ? (
              o.short.length > 0 &&
              (o.short_shifts > o.short.length
                ? t('market.shortOf', { count: o.short.length, all: o.short_shifts.toLocaleString('en') })
                : t('market.shortNote', { count: o.short.length }))
            ) : (
              <button type="button" className="linkbtn" onClick={() => setAt(undefined)}>
                <Span from={at} to={at + hour} showZone={false} /> · {t('market.allHours')}
              </button>
            )
          }
        >
          {at !== undefined && list.length === 0 ? (
            <p className="t2">{t('market.beyond')}</p>
          ) : (
            <ShortShifts key={at} list={list} chosen={chosen} onChoose={(s: ShortShift) => pick(s.shift_id)} />
          )}
        </Section>
      </div>
      <aside>
        {!phone && chosen && <Gaps shift={chosen} />}
        {aside}
      </aside>
    </div>
  )
}

const covers = (s: ShortShift, at: number) => Date.parse(s.starts_at) < at + hour && Date.parse(s.ends_at) > at

function Totals({ overview }: { overview: Overview }) {
  const t = useWords('operator')
  const peak = overview.hours.reduce<Schema<'HourDemand'> | undefined>((most, h) => (!most || h.seats > most.seats ? h : most), undefined)
  const seats = overview.hours.reduce((sum, h) => sum + h.seats, 0)
  const held = seats - overview.hours.reduce((sum, h) => sum + h.open, 0)
  return (
    <div className="figures even">
      <div>
        <div className="t2">{t('market.openSeats')}</div>
        <div className={overview.open_seats > 0 ? 'figure num late' : 'figure num'}>{overview.open_seats.toLocaleString('en')}</div>
        <div className="sm t3">{t('market.inShifts', { count: overview.short_shifts, n: overview.short_shifts.toLocaleString('en') })}</div>
      </div>
      <div>
        <div className="t2">{t('market.fill')}</div>
        <div className="figure num">{seats > 0 ? `${((100 * held) / seats).toFixed(1)}%` : '–'}</div>
        <div className="sm t3">{t('market.fillNote')}</div>
      </div>
      {peak && (
        <div>
          <div className="t2">{t('market.peak')}</div>
          <div className="figure num">{peak.seats.toLocaleString('en')}</div>
          <div className="sm t3">
            <Span from={peak.starts_at} to={Date.parse(peak.starts_at) + hour} showZone={false} /> ·{' '}
            {t('market.openHere', { count: peak.open, n: peak.open.toLocaleString('en') })}
          </div>
        </div>
      )}
    </div>
  )
}

function Skills({ list }: { list: Schema<'SkillDemand'>[] }) {
  const t = useWords('operator')
  const [all, showAll] = useState(false)
  return (
    <Section title={t('market.skills')} note={list.length > 0 && t('market.skillsNote')}>
      {list.length === 0 ? (
        <p className="t3">{t('market.noSkills')}</p>
      ) : (
        <ul className="col g12">
          {(all ? list : list.slice(0, 12)).map((s) => (
            <li key={s.tag + s.level} className="col g4">
              <div className="row between g8">
                <SkillTag tag={s.tag} level={s.level} atLeast />
                <span className="sm num nowrap">
                  {s.holders < s.open ? (
                    <State plain tone="miss">
                      {t('market.holders', { count: s.holders, n: s.holders.toLocaleString('en') })}
                    </State>
                  ) : (
                    <span className="t3">{t('market.holders', { count: s.holders, n: s.holders.toLocaleString('en') })}</span>
                  )}
                </span>
              </div>
              <div className="bar-track" aria-hidden>
                <i className="full" style={{ width: `${(100 * (s.seats - s.open)) / Math.max(s.seats, 1)}%` }} />
                <i className="open" style={{ width: `${(100 * s.open) / Math.max(s.seats, 1)}%` }} />
              </div>
              <div className="sm t2 num">
                {t('market.openOf', { open: s.open.toLocaleString('en'), seats: s.seats.toLocaleString('en') })}
              </div>
            </li>
          ))}
        </ul>
      )}
      {!all && list.length > 12 && (
        <button type="button" className="btn mt16" onClick={() => showAll(true)}>
          {t('market.allSkills', { count: list.length })}
        </button>
      )}
    </Section>
  )
}
