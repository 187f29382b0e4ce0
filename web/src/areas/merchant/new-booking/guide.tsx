import { useQuery } from '@tanstack/react-query'
import { Checkbox } from 'antd'
import { History } from 'lucide-react'
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Money } from '@/design/money'
import { Page } from '@/design/page'
import { usePhone } from '@/design/theme'
import { State } from '@/design/state'
import { clockTime, defaultZone } from '@/design/time'
import type { Me } from '@/session/session'
import { useWords } from '@/words'
import { CoreTeam } from './core-team'
import { useDraft } from './draft'
import { blank, forgetKept, fromBooking, keep, requestOf, useForm } from './form'
import { Need } from './need'
import { PeakChip, PeakInput } from './peak-input'
import { usePlanning } from './planning'
import { Price } from './price'
import { Skills } from './skills'
import { first, usual } from './start'
import { What } from './what'

/** Guide is the booking as it is being made: whatever changes is saved and priced a moment later. */
export function Guide({
  me,
  shops,
  campaigns,
  draft: start,
  like,
  trail,
}: {
  me: Me
  shops: Schema<'Shop'>[]
  campaigns: Schema<'Campaign'>[]
  draft?: Schema<'Booking'>
  like?: Schema<'Booking'>
  trail: ReactNode
}) {
  const t = useWords('merchant')
  const phone = usePhone()
  const go = useNavigate()
  const [, setQuery] = useSearchParams()
  const [form, change] = useForm(() => first(start, like, shops, campaigns))
  const [editing, setEditing] = useState(form.peak === null && !form.byHand)

  const shop = shops.find((s) => s.id === form.shop)
  const zone = shop?.time_zone ?? defaultZone
  const campaign = campaigns.find((c) => c.id === form.campaign)
  const title = form.title || [campaign?.name ?? '', shop?.name ?? ''].filter(Boolean).join(' · ')
  const requirements = useMemo(() => form.requirements ?? usual(shop), [form.requirements, shop])

  const panel = useRef<HTMLElement>(null)
  const planning = usePlanning(form, zone, change)
  const { peak, asked, day } = planning

  const request = useMemo(() => requestOf(form, title, requirements), [form, title, requirements])
  const [saved] = useState(() => ({
    id: start?.id ?? null,
    version: start?.version ?? 0,
    said: start ? JSON.stringify(requestOf({ ...blank, ...fromBooking(start) }, start.title, start.requirements)) : '',
  }))
  const draft = useDraft(request, form.priority, saved, (b) => {
    keep(b.id, form, b.version)
    setQuery({ draft: b.id }, { replace: true, preventScrollReset: true })
  })
  const version = draft.quote?.booking_version ?? start?.version ?? 0
  useEffect(() => keep(draft.id, form, version), [draft.id, form, version])

  const confirmed = (b: Schema<'Booking'>) => {
    forgetKept(b.id)
    forgetKept(null)
    void go('/merchant/bookings/' + b.id, { state: { confirmed: true } })
  }
  const changedElsewhere = draft.problem?.status === 412
  const missing = [
    !form.shop && t('missing.shop'),
    !form.starts_on && t('missing.dates'),
    form.windows.length === 0 && t('missing.windows'),
  ].filter((m): m is string => Boolean(m))
  const otherFaults = draft.problem?.fields.filter((f) => !/^\/(windows|starts_on|ends_on|title)/.test(f.pointer)) ?? []

  return (
    <Page
      title={t('new.title')}
      trail={trail}
      note={
        <>
          <State tone="open" shape="bar">
            {t('state.draft')}
          </State>
          {like && <span className="sm t2">{t('new.like', { title: like.title })}</span>}
          <Saved draft={draft} zone={zone} />
        </>
      }
      actions={
        !like && (
          <LastOne
            onLike={(b) =>
              change({ ...fromBooking(b), title: '', starts_on: form.starts_on, ends_on: form.ends_on, campaign: form.campaign })
            }
          />
        )
      }
    >
      {changedElsewhere && (
        <section className="sec row wrap g12">
          <State tone="late">{t('new.elsewhere')}</State>
          <Button onClick={() => void draft.keepMine()}>{t('new.keepMine')}</Button>
          <Button
            onClick={() => {
              forgetKept(draft.id)
              location.reload()
            }}
          >
            {t('new.takeTheirs')}
          </Button>
        </section>
      )}
      <div className="split">
        <div className="col">
          <What form={form} change={change} shops={shops} campaigns={campaigns} zone={zone} title={title} problem={draft.problem} />
          <section className="sec col g12">
            <div className="row wrap g12">
              <h2>{t('new.lastPeak')}</h2>
              {!editing && form.peak && peak && <PeakChip source={form.peak} peak={peak} onEdit={() => setEditing(true)} />}
              {!editing && !form.peak && (
                <>
                  <span className="sm t2">{t('new.noPeak')}</span>
                  <button type="button" className="linkbtn sm" onClick={() => setEditing(true)}>
                    {t('new.addPeak')}
                  </button>
                </>
              )}
              {!editing && peak && peak.faults.length > 0 && (
                <State tone="late" plain>
                  {t('peak.left', { count: peak.faults.length })}
                </State>
              )}
            </div>
            {editing && (
              <PeakInput
                source={form.peak}
                peak={peak}
                onChange={(s) => change({ peak: s, byHand: false, day: 'most' })}
                onDone={() => setEditing(false)}
                onSkip={() => {
                  setEditing(false)
                  change({
                    peak: null,
                    byHand: true,
                    windows: form.windows.length > 0 ? form.windows : [{ start: '18:00', end: '23:00', seats: 2 }],
                  })
                }}
              />
            )}
          </section>
          {(asked !== null || form.windows.length > 0) && !(editing && asked === null) && (
            <Need form={form} change={change} planning={planning} zone={zone} problem={draft.problem} />
          )}
          <section className="sec twocol">
            <div className="col g8">
              <h2>{t('skill.title')}</h2>
              <Skills list={requirements} onChange={(r) => change({ requirements: r })} />
              <p className="sm t2">{t('skill.hint')}</p>
              {otherFaults.length > 0 && (
                <ul role="alert" className="sm miss">
                  {otherFaults.map((f) => (
                    <li key={f.pointer}>{f.message}</li>
                  ))}
                </ul>
              )}
              <Checkbox checked={form.trial} onChange={(e) => change({ trial: e.target.checked })}>
                <span className="sm">{t('skill.trial')}</span>
              </Checkbox>
            </div>
            <div className="col g8">
              <h2>{t('core.heading')}</h2>
              <CoreTeam chosen={form.core} onChange={(core) => change({ core })} />
            </div>
          </section>
        </div>
        {phone && draft.quote && <PriceBar quote={draft.quote} fresh={draft.fresh} onSee={() => panel.current?.scrollIntoView()} />}
        <aside className="sec side" ref={panel}>
          <div className="sticky">
            <Price
              quote={draft.quote}
              fresh={draft.fresh}
              missing={missing}
              problem={changedElsewhere ? undefined : draft.problem}
              zone={zone}
              dayStart={day.from}
              campaign={campaign?.name}
              role={me.role}
              requirements={requirements}
              priority={form.priority}
              onPriority={(priority) => change({ priority })}
              onRequirements={(r) => change({ requirements: r })}
              onRequote={() => void draft.requote()}
              onConfirmed={confirmed}
            />
          </div>
        </aside>
      </div>
    </Page>
  )
}

/** PriceBar keeps price and chance in sight on a phone, until their panel is. */
function PriceBar({ quote, fresh, onSee }: { quote: Schema<'Quote'>; fresh: boolean; onSee: () => void }) {
  const t = useWords('merchant')
  return (
    <div className="savebar" aria-busy={!fresh}>
      <span className="grow">
        <Money value={quote.total} size={20} />
        <span className="sm t2 line">
          {fresh ? (
            <>
              {t('price.chance')} <b className="b num t1">{quote.fill_chance === null ? '–' : Math.round(quote.fill_chance * 100) + '%'}</b>
            </>
          ) : (
            t('price.working')
          )}
        </span>
      </span>
      <Button onClick={onSee}>{t('price.see')}</Button>
    </div>
  )
}

function Saved({ draft, zone }: { draft: ReturnType<typeof useDraft>; zone: string }) {
  const t = useWords('merchant')
  const text = draft.busy
    ? t('new.saving')
    : draft.problem
      ? t('new.notSaved')
      : draft.savedAt
        ? t('new.savedAt', { time: clockTime(draft.savedAt, zone) })
        : draft.id
          ? t('new.saved')
          : t('new.here')
  return (
    <span className={draft.problem && !draft.busy ? 'sm late' : 'sm t3'} aria-live="polite">
      {text}
    </span>
  )
}

/** LastOne begins from the merchant's last confirmed booking: the same windows, skills and people. */
function LastOne({ onLike }: { onLike: (b: Schema<'Booking'>) => void }) {
  const t = useWords('merchant')
  const { data } = useQuery({
    queryKey: ['bookings', 'confirmed', 'first'],
    queryFn: () => body(api.GET('/api/v1/bookings', { params: { query: { state: 'confirmed', limit: 1 } } })),
  })
  const last = data?.items[0]
  return (
    last && (
      <Button icon={<History size={14} aria-hidden />} onClick={() => onLike(last)} title={last.title}>
        {t('new.likeLast')}
      </Button>
    )
  )
}
