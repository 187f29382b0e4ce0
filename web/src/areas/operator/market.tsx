import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useMemo, useState } from 'react'
import { api, body, type Schema } from '@/api/client'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { Page, Section } from '@/design/page'
import { SkillTag } from '@/design/skill-tag'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { usePhone } from '@/design/theme'
import { defaultZone, Span } from '@/design/time'
import { useWords } from '@/words'
import { Gaps } from './gaps'
import { HeatMap } from './heat-map'

const day = 86_400_000

/** The market: where seats are open, by hour and by skill, and why. */
export default function Market() {
  const t = useWords('operator')
  const [days, setDays] = useState(14)
  const [chosen, choose] = useState<string>()
  // Days begin at midnight in Shanghai, where the market is.
  const from = useMemo(() => Math.floor((Date.now() + 8 * 3_600_000) / day) * day - 8 * 3_600_000, [])
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
        {(o) => (
          <div className="split">
            <div>
              <Totals overview={o} />
              <Section title={t('market.heat')} note={t('market.zone')}>
                {o.hours.length === 0 ? (
                  <Empty title={t('market.nothing')} hint={t('market.nothingHint')} />
                ) : (
                  <HeatMap hours={o.hours} from={from} days={days} />
                )}
              </Section>
              {o.hours.length > 0 && (
                <Section title={t('market.short')} note={t('market.shortNote', { count: o.short.length })}>
                  <ShortShifts list={o.short} chosen={chosen ?? o.short[0]?.shift_id} onChoose={choose} />
                </Section>
              )}
            </div>
            <aside>
              {chosen ? <Gaps shift={chosen} /> : o.short[0] && <Gaps shift={o.short[0].shift_id} />}
              <Section title={t('market.skills')}>
                <Skills list={o.skills} />
              </Section>
            </aside>
          </div>
        )}
      </Loaded>
    </Page>
  )
}

function Totals({ overview }: { overview: Schema<'Overview'> }) {
  const t = useWords('operator')
  const peak = overview.hours.reduce<Schema<'HourDemand'> | undefined>((most, h) => (!most || h.seats > most.seats ? h : most), undefined)
  return (
    <div className="figures underline">
      <div>
        <div className="t2">{t('market.openSeats')}</div>
        <div className="figure num">{overview.open_seats.toLocaleString('en')}</div>
      </div>
      <div>
        <div className="t2">{t('market.shortShifts')}</div>
        <div className="figure num">{overview.short_shifts.toLocaleString('en')}</div>
      </div>
      {peak && (
        <div>
          <div className="t2">{t('market.peak')}</div>
          <div className="figure num">{peak.seats.toLocaleString('en')}</div>
          <div className="sm t3">
            <Span from={peak.starts_at} to={new Date(Date.parse(peak.starts_at) + 3_600_000)} showZone={false} />
          </div>
        </div>
      )}
    </div>
  )
}

export function ShortShifts({ list, chosen, onChoose }: { list: Schema<'ShortShift'>[]; chosen?: string; onChoose: (id: string) => void }) {
  const t = useWords('operator')
  const phone = usePhone()
  if (list.length === 0) return <Empty title={t('market.allFull')} />
  return (
    <Table<Schema<'ShortShift'>>
      aria-label={t('market.short')}
      rowKey="shift_id"
      size="small"
      dataSource={list}
      pagination={{ pageSize: 12, hideOnSinglePage: true, size: 'small' }}
      scroll={{ x: phone ? 260 : 640 }}
      showHeader={!phone}
      rowSelection={{ type: 'radio', selectedRowKeys: chosen ? [chosen] : [], onChange: (keys) => onChoose(String(keys[0])) }}
      onRow={(s) => ({ onClick: () => onChoose(s.shift_id) })}
      columns={
        phone
          ? [
              {
                title: t('market.shift'),
                render: (_, s) => (
                  <div className="col g4">
                    <span className="row wrap between g4">
                      <Span from={s.starts_at} to={s.ends_at} zone={s.time_zone} showZone={false} />
                      <span className="nowrap sm late num">{t('gaps.of', { open: s.open, seats: s.seats })}</span>
                    </span>
                    <span className="sm t2">{s.shop_name}</span>
                    <span className="row wrap g4">
                      {s.requirements.map((r) => (
                        <SkillTag key={r.tag} tag={r.tag} level={r.level} atLeast />
                      ))}
                    </span>
                  </div>
                ),
              },
            ]
          : [
              {
                title: t('market.shift'),
                width: 220,
                render: (_, s) => <Span from={s.starts_at} to={s.ends_at} zone={s.time_zone} showZone={s.time_zone !== defaultZone} />,
              },
              { title: t('market.shop'), dataIndex: 'shop_name', ellipsis: true, width: 140 },
              {
                title: t('market.open'),
                dataIndex: 'open',
                align: 'right',
                width: 72,
                render: (n: number) => <span className="b">{n}</span>,
              },
              { title: t('market.seats'), dataIndex: 'seats', align: 'right', width: 72 },
              {
                title: t('market.needs'),
                render: (_, s) => (
                  <span className="row wrap g4">
                    {s.requirements.map((r) => (
                      <SkillTag key={r.tag} tag={r.tag} level={r.level} atLeast />
                    ))}
                  </span>
                ),
              },
            ]
      }
    />
  )
}

function Skills({ list }: { list: Schema<'SkillDemand'>[] }) {
  const t = useWords('operator')
  if (list.length === 0) return <p className="t3">{t('market.noSkills')}</p>
  return (
    <ul className="col g12">
      {list.slice(0, 16).map((s) => (
        <li key={s.tag + s.level} className="col g4">
          <div className="row between g8">
            <SkillTag tag={s.tag} level={s.level} atLeast />
            <span className="sm t2 num">
              {t('market.openOf', { open: s.open, seats: s.seats })} ·{' '}
              {s.holders < s.open ? (
                <State plain tone="miss">
                  {t('market.holders', { count: s.holders })}
                </State>
              ) : (
                t('market.holders', { count: s.holders })
              )}
            </span>
          </div>
          <div className="bar-track" aria-hidden>
            <i style={{ width: `${(100 * (s.seats - s.open)) / Math.max(s.seats, 1)}%`, background: 'var(--ok)' }} />
            <i style={{ width: `${(100 * s.open) / Math.max(s.seats, 1)}%`, background: 'var(--ramp2)' }} />
          </div>
        </li>
      ))}
    </ul>
  )
}
