import { useQuery } from '@tanstack/react-query'
import { Checkbox, DatePicker, Input, InputNumber, Segmented, Select } from 'antd'
import dayjs from 'dayjs'
import { History, Table2 } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { usePhone } from '@/design/theme'
import { Glyph, State } from '@/design/state'
import { Table } from '@/design/table'
import { clockTime, defaultZone, localDate, zoneName } from '@/design/time'
import type { Me } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { readContacts } from './contacts'
import { CoreTeam } from './core-team'
import { Curve, inset } from './curve'
import { clock, cutOf, datesOf, dayOf, emptyDay, type Day } from './day'
import { useDraft } from './draft'
import { Field } from './field'
import { blank, forgetKept, fromBooking, keep, kept, requestOf, useForm, type Form } from './form'
import { PeakChip, PeakInput } from './peak-input'
import { Price } from './price'
import { useSeatPlan, zero, type Planned } from './seat-plan'
import { ShopForm, useShops } from './shop-field'
import { Skills } from './skills'
import { Track } from './track'
import { booked, endOf, fromPlan, fromWindows, hoursOf, joined, longest, raised, shortOf, split, toWindows, type Slice } from './windows'

/** NewBooking reads what the page needs before it can be drawn: the shops, the campaigns, and the draft or the booking that it begins from. */
export default function NewBooking({ me }: { me: Me }) {
  const t = useWords('merchant')
  const [query] = useSearchParams()
  const [began] = useState(() => ({ draft: query.get('draft'), like: query.get('like') }))
  const from = began.draft ?? began.like
  const shops = useShops()
  const campaigns = useQuery({ queryKey: ['campaigns'], queryFn: () => body(api.GET('/api/v1/campaigns')) })
  const booking = useQuery({
    queryKey: ['booking', from, 'form'],
    enabled: from !== null,
    staleTime: Infinity,
    gcTime: 0,
    queryFn: () => body(api.GET('/api/v1/bookings/{id}', { params: { path: { id: from! } } })),
  })
  const ready =
    shops.data && campaigns.data && (from === null || booking.data)
      ? { shops: shops.data.items, campaigns: campaigns.data.items, booking: booking.data }
      : undefined
  const waiting = {
    data: ready,
    error: shops.error ?? campaigns.error ?? booking.error,
    refetch: () => {
      void shops.refetch()
      void campaigns.refetch()
      if (from) void booking.refetch()
    },
  }
  const trail = <Link to="/merchant/bookings">{t('nav.bookings')}</Link>
  if (!ready && waiting.error)
    return (
      <Page title={t('new.title')} trail={trail}>
        <section className="sec">
          <Failure problem={waiting.error} onRetry={waiting.refetch} />
        </section>
      </Page>
    )
  return (
    <Loaded
      query={waiting}
      skeleton={
        <Page title={t('new.title')} trail={trail}>
          <div className="split">
            <div className="sec">
              <Skeleton lines={[52, 40, 344, 64]} />
            </div>
            <aside className="sec">
              <Skeleton lines={[20, 20, 32, 20]} />
            </aside>
          </div>
        </Page>
      }
    >
      {({ shops: s, campaigns: c, booking: b }) =>
        began.draft && b && b.state !== 'draft' ? (
          <Page title={b.title} trail={trail}>
            <section className="sec">
              <Empty title={t('new.notDraft')} action={<Link to={'/merchant/bookings/' + b.id}>{t('new.seeBooking')}</Link>} />
            </section>
          </Page>
        ) : (
          <Guide me={me} shops={s} campaigns={c} draft={began.draft ? b : undefined} like={began.draft ? undefined : b} trail={trail} />
        )
      }
    </Loaded>
  )
}

function Guide({
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
  const language = useLanguage()
  const phone = usePhone()
  const go = useNavigate()
  const [, setQuery] = useSearchParams()
  const [form, change] = useForm(() => first(start, like, shops, campaigns))
  const [editing, setEditing] = useState(form.peak === null && !form.byHand)
  const [asTable, setAsTable] = useState(false)
  const [addingShop, setAddingShop] = useState(false)

  const shop = shops.find((s) => s.id === form.shop)
  const zone = shop?.time_zone ?? defaultZone
  const campaign = campaigns.find((c) => c.id === form.campaign)
  const title = form.title || [campaign?.name ?? '', shop?.name ?? ''].filter(Boolean).join(' · ')
  const requirements = useMemo(() => form.requirements ?? usual(shop), [form.requirements, shop])

  const text = form.peak?.text ?? null
  const peak = useMemo(() => (text === null ? null : readContacts(text, zone)), [text, zone])
  const days = useMemo(() => (peak && peak.rows.length > 0 ? datesOf(peak, cutOf(peak)) : []), [peak])
  const chosen = form.day !== 'most' && days.includes(form.day) ? form.day : 'most'
  const asked = useMemo(() => (peak && peak.rows.length > 0 ? dayOf(peak, chosen) : null), [peak, chosen])
  const day = useMemo(() => covering(asked ?? emptyDay, form.windows), [asked, form.windows])
  const plan = useSeatPlan(asked, form)
  const slices = useMemo(() => fromWindows(form.windows, day.from), [form.windows, day.from])
  const need = useMemo(() => widened(plan.data?.need ?? [], asked, day), [plan.data, asked, day])
  const shown = useMemo(
    () => (plan.data && asked && plan.data.need.length === asked.contacts.length ? spread(plan.data, asked, day) : undefined),
    [plan.data, asked, day],
  )
  const have = useMemo(() => booked(slices, day), [slices, day])
  const { short, uncovered } = useMemo(() => shortOf(need, slices, day), [need, slices, day])

  const setSlices = useCallback((s: Slice[]) => change({ windows: toWindows(s), byHand: true }), [change])
  const proposal = useMemo(
    () => (plan.data && plan.data.windows.length > 0 ? toWindows(joined(whole(fromPlan(plan.data.windows, zero)))) : null),
    [plan.data],
  )
  useEffect(() => {
    if (proposal && !form.byHand && JSON.stringify(proposal) !== JSON.stringify(form.windows)) change({ windows: proposal })
  }, [proposal, form.byHand, form.windows, change])

  const request = useMemo(() => requestOf(form, title, requirements), [form, title, requirements])
  const draft = useDraft(
    request,
    form.priority,
    useRef({
      id: start?.id ?? null,
      version: start?.version ?? 0,
      said: start ? JSON.stringify(requestOf({ ...blank, ...fromBooking(start) }, start.title, start.requirements)) : '',
    }).current,
    (b) => {
      keep(b.id, form, b.version)
      setQuery({ draft: b.id }, { replace: true, preventScrollReset: true })
    },
  )
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
  const windowFaults = form.windows.flatMap((w, i) =>
    ['start', 'end', 'seats'].flatMap((part) => {
      const said = draft.problem?.at(`/windows/${i}/${part}`)
      return said ? [{ key: `${i}${part}`, text: `${w.start}–${w.end} ${said}` }] : []
    }),
  )
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
          <section className="sec col g12" aria-label={t('new.what')}>
            {shops.length === 0 || addingShop ? (
              <>
                <h2>{t(shops.length === 0 ? 'shop.first' : 'shop.another')}</h2>
                <ShopForm
                  onDone={(s) => {
                    change({ shop: s.id })
                    setAddingShop(false)
                  }}
                  onCancel={shops.length > 0 ? () => setAddingShop(false) : undefined}
                />
              </>
            ) : (
              <div className="row wrap g12 start">
                <Field label={t('new.shop')} width={phone ? '100%' : 190}>
                  <Select
                    aria-label={t('new.shop')}
                    value={form.shop || undefined}
                    onChange={(id) => (id === '+' ? setAddingShop(true) : change({ shop: id }))}
                    options={[...shops.map((s) => ({ value: s.id, label: s.name })), { value: '+', label: t('shop.add') }]}
                    placeholder={t('shop.choose')}
                  />
                </Field>
                <Field label={t('new.campaign')} width={phone ? '100%' : 150}>
                  <Select
                    aria-label={t('new.campaign')}
                    allowClear
                    value={form.campaign || undefined}
                    placeholder={t('new.noCampaign')}
                    onChange={(id?: string) =>
                      change(
                        ofCampaign(
                          campaigns.find((c) => c.id === id),
                          zone,
                        ),
                      )
                    }
                    options={campaigns
                      .filter((c) => c.id === form.campaign || c.ends_on >= localDate(Date.now(), zone))
                      .map((c) => ({ value: c.id, label: c.name, title: c.name, c }))}
                    popupMatchSelectWidth={false}
                    optionRender={({ data: { c } }) => (
                      <span className="col">
                        <span>{c.name}</span>
                        <span className="sm t3 num">
                          {c.starts_on.slice(5)} {t('bookings.to')} {c.ends_on.slice(5)} ·{' '}
                          {t('new.payTimes', { times: c.multiplier / 10_000 })}
                        </span>
                      </span>
                    )}
                  />
                  {campaign && campaign.multiplier !== 10_000 && (
                    <span className="sm t3 num">{t('new.payTimes', { times: campaign.multiplier / 10_000 })}</span>
                  )}
                </Field>
                <Field
                  label={t('new.dates')}
                  width={phone ? '100%' : 236}
                  error={draft.problem?.at('/starts_on') ?? draft.problem?.at('/ends_on')}
                >
                  <DatePicker.RangePicker
                    allowClear={false}
                    aria-label={t('new.dates')}
                    value={form.starts_on ? [dayjs(form.starts_on), dayjs(form.ends_on)] : null}
                    minDate={dayjs(localDate(Date.now(), zone))}
                    onChange={(d) => d?.[0] && d[1] && change({ starts_on: d[0].format('YYYY-MM-DD'), ends_on: d[1].format('YYYY-MM-DD') })}
                  />
                </Field>
                <Field label={t('new.name')} width={phone ? '100%' : 210} error={draft.problem?.at('/title')}>
                  <Input value={form.title} placeholder={title} maxLength={120} onChange={(e) => change({ title: e.target.value })} />
                </Field>
              </div>
            )}
          </section>
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
            <section className="sec col g12">
              <div className="row wrap g12">
                <h2>{asked ? t('need.title', { minutes: asked.interval }) : t('need.windows')}</h2>
                {asked && (
                  <span className="sm t3">
                    {days.length > 1 ? t('need.folded', { count: days.length }) : ''} {zoneName(zone, language)}
                  </span>
                )}
                {asked && (
                  <span className="end row wrap g8">
                    {days.length > 1 && (
                      <Select<'most' | number>
                        size="small"
                        aria-label={t('need.day')}
                        style={{ width: 128 }}
                        value={chosen}
                        onChange={(d) => change({ day: d })}
                        options={[
                          { value: 'most' as const, label: t('need.most') },
                          ...days.map((d) => ({
                            value: d,
                            label: peak?.undated ? t('need.nth', { n: d + 1 }) : new Date(d * 86_400_000).toISOString().slice(5, 10),
                          })),
                        ]}
                      />
                    )}
                    <Segmented<'a' | 'c'>
                      value={form.model}
                      onChange={(model) => change({ model, patience: model === 'a' ? (form.patience ?? 60) : form.patience })}
                      options={[
                        { value: 'a', label: phone ? 'Erlang A' : t('need.a') },
                        { value: 'c', label: phone ? 'Erlang C' : t('need.c') },
                      ]}
                    />
                    <Button
                      size="small"
                      type="text"
                      aria-pressed={asTable}
                      icon={<Table2 size={14} aria-hidden />}
                      onClick={() => setAsTable(!asTable)}
                    >
                      {t(asTable ? 'need.asChart' : 'need.asTable')}
                    </Button>
                  </span>
                )}
              </div>
              {asked && <Knobs form={form} change={change} />}
              {plan.error && !plan.data && <Failure problem={plan.error} kept onRetry={() => void plan.refetch()} />}
              {plan.error && plan.data && <Failure problem={plan.error} kept />}
              {asked && !shown && !plan.error && <Skeleton lines={[344]} />}
              {shown &&
                (asTable ? (
                  <Figures plan={shown} day={day} have={have} />
                ) : (
                  <div style={{ opacity: plan.isPlaceholderData ? 0.7 : 1 }}>
                    <Curve plan={shown} day={day} have={have} showC={form.model === 'a'} />
                  </div>
                ))}
              <Track slices={slices} day={day} need={need} inset={asked ? inset : { left: 0, right: 0 }} onChange={setSlices} />
              {windowFaults.length > 0 && (
                <ul role="alert" className="col g4 sm" style={{ marginLeft: inset.left }}>
                  {windowFaults.map((f) => (
                    <li key={f.key}>
                      <State tone="miss" plain>
                        {f.text}
                      </State>
                    </li>
                  ))}
                </ul>
              )}
              <div className="row wrap g8 sm t2" style={{ margin: asked && !phone ? `0 ${inset.right}px 0 ${inset.left}px` : 0 }}>
                {asked &&
                  shown &&
                  (short.length > 0 ? (
                    <>
                      <Glyph tone="late" />
                      <span>
                        {t('need.short', {
                          count: short.length,
                          most: Math.max(...short.map((s) => s.by)),
                          at: short
                            .slice(0, 3)
                            .map((s) => clock(s.from))
                            .join(t('list')),
                        })}
                      </span>
                      <button type="button" className="linkbtn" onClick={() => setSlices(raised(slices, need, day))}>
                        {t('need.raise')}
                      </button>
                    </>
                  ) : (
                    <>
                      <Glyph tone="ok" />
                      <span>{t('need.enough')}</span>
                    </>
                  ))}
                {asked && shown && uncovered.length > 0 && (
                  <span className="t3">{t('need.uncovered', { hours: (uncovered.length * day.interval) / 60 })}</span>
                )}
                {proposal && form.byHand && JSON.stringify(proposal) !== JSON.stringify(form.windows) && (
                  <button type="button" className="linkbtn" onClick={() => change({ windows: proposal, byHand: false })}>
                    {t('need.propose')}
                  </button>
                )}
                <span className="end t3 num">{t('need.hours', { hours: hoursOf(slices), days: nightsOf(form) })}</span>
              </div>
              {slices.some((s) => s.from >= 1440) && (
                <p className="sm t3">
                  {t('need.early', {
                    windows: slices
                      .filter((s) => s.from >= 1440)
                      .map((s) => `${clock(s.from)}–${clock(s.to)}`)
                      .join(t('list')),
                    from: form.starts_on,
                    to: form.ends_on,
                  })}
                </p>
              )}
              {plan.data?.approximate && asked && <p className="sm t3">{t('need.approximate', { count: form.concurrency })}</p>}
            </section>
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
        <aside className="sec side">
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

/** Knobs are what the planner is told beside the contacts. */
function Knobs({ form, change }: { form: Form; change: (part: Partial<Form>) => void }) {
  const t = useWords('merchant')
  const knob = (label: string, unit: string, value: number | null, set: (n: number) => void, min: number, max: number, width = 60) => (
    <label className="row g4 nowrap">
      {label && <span className="t2">{label}</span>}
      <InputNumber
        size="small"
        controls={false}
        min={min}
        max={max}
        value={value}
        onChange={(n) => n !== null && set(n)}
        style={{ width }}
      />
      <span className="t2">{unit}</span>
    </label>
  )
  return (
    <div className="row wrap sm soft" style={{ padding: '8px 12px', columnGap: 12, rowGap: 8 }}>
      {knob(t('knob.handling'), t('knob.seconds'), form.handling, (handling) => change({ handling }), 1, 86_400, 52)}
      {knob(t('knob.concurrency'), t('knob.people'), form.concurrency, (concurrency) => change({ concurrency }), 1, 20, 40)}
      {form.model === 'a' && knob(t('knob.patience'), t('knob.seconds'), form.patience, (patience) => change({ patience }), 1, 3600, 52)}
      {knob(t('knob.target'), t('knob.percentWithin'), form.target, (target) => change({ target }), 1, 99, 44)}
      {knob('', t('knob.answered'), form.within, (within) => change({ within }), 0, 86_400, 44)}
      {knob(t('knob.growth'), '%', form.growth, (growth) => change({ growth }), -90, 900, 48)}
    </div>
  )
}

/** Figures is the table behind the curve. */
function Figures({ plan, day, have }: { plan: Planned; day: Day; have: number[] }) {
  const t = useWords('merchant')
  const rows = plan.need.map((n, i) => ({
    key: i,
    at: clock(day.from + i * day.interval),
    contacts: plan.contacts[i],
    need: n,
    low: plan.low[i],
    high: plan.high[i],
    c: plan.c[i],
    have: have[i],
    level: plan.intervals[i]?.erlang_a?.service_level ?? plan.intervals[i]?.erlang_c.service_level,
  }))
  return (
    <div className="tall" tabIndex={0} role="region" aria-label={t('need.asTable')}>
      <Table
        size="small"
        pagination={false}
        dataSource={rows}
        columns={[
          { title: t('curve.at'), dataIndex: 'at', width: 80 },
          { title: t('curve.contacts'), dataIndex: 'contacts', align: 'right' },
          { title: t('curve.need'), dataIndex: 'need', align: 'right' },
          { title: t('curve.band'), align: 'right', render: (_, r) => `${r.low}–${r.high}` },
          { title: 'Erlang C', dataIndex: 'c', align: 'right' },
          { title: t('curve.booked'), dataIndex: 'have', align: 'right' },
          { title: t('curve.level'), align: 'right', render: (_, r) => (r.level === undefined ? '' : `${(r.level * 100).toFixed(1)}%`) },
        ]}
      />
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

function first(
  draft: Schema<'Booking'> | undefined,
  like: Schema<'Booking'> | undefined,
  shops: Schema<'Shop'>[],
  campaigns: Schema<'Campaign'>[],
): Form {
  const before = like ? null : kept(draft?.id ?? null)
  if (draft) return before?.version === draft.version ? before.form : { ...(before?.form ?? blank), ...fromBooking(draft) }
  if (before) return shops.some((s) => s.id === before.form.shop) ? before.form : { ...before.form, shop: shops[0]?.id ?? '' }
  const today = localDate(Date.now(), shops[0]?.time_zone)
  const next = campaigns.filter((c) => c.starts_on > today).sort((a, b) => a.starts_on.localeCompare(b.starts_on))[0]
  const base = { ...blank, shop: shops[0]?.id ?? '', ...ofCampaign(next, shops[0]?.time_zone) }
  if (!like) return base
  const days = dayjs(like.ends_on).diff(dayjs(like.starts_on), 'day') // as long as it was, where no campaign says otherwise
  return {
    ...base,
    ...fromBooking(like),
    title: '',
    campaign: base.campaign,
    starts_on: base.starts_on,
    ends_on: next ? base.ends_on : dayjs(base.starts_on).add(days, 'day').format('YYYY-MM-DD'),
  }
}

/** ofCampaign takes a campaign's dates along, those that are left of it; without one, three days from a week on. */
function ofCampaign(c: Schema<'Campaign'> | undefined, zone = defaultZone): Pick<Form, 'campaign' | 'starts_on' | 'ends_on'> {
  const today = localDate(Date.now(), zone)
  if (c) return { campaign: c.id, starts_on: c.starts_on > today ? c.starts_on : today, ends_on: c.ends_on > today ? c.ends_on : today }
  return { campaign: '', starts_on: localDate(Date.now() + 7 * 86_400_000), ends_on: localDate(Date.now() + 9 * 86_400_000) }
}

/** usual is what a shop's pre-sale seats need when nothing else is said. */
const usual = (shop: Schema<'Shop'> | undefined): Schema<'Requirement'>[] =>
  shop
    ? [
        ...shop.channels.slice(0, 1).map((c) => ({ tag: 'channel/' + c, level: 1 })),
        { tag: 'function/presale', level: 1 },
        { tag: 'industry/' + shop.industry, level: 1 },
      ]
    : []

/** covering lengthens a day until it holds all the windows. */
function covering(day: Day, windows: Schema<'Window'>[]): Day {
  const slices = fromWindows(windows, day.from)
  const end = Math.max(endOf(day), ...slices.map((s) => s.to))
  const slots = Math.ceil((end - day.from) / day.interval)
  return slots === day.contacts.length
    ? day
    : { ...day, contacts: [...day.contacts, ...new Array<number>(slots - day.contacts.length).fill(0)] }
}

/** widened and spread put figures of the day that was asked about on the axis that is shown, which may be longer. */
const widened = (list: number[], asked: Day | null, day: Day) =>
  asked ? day.contacts.map((_, i) => list[i] ?? 0) : day.contacts.map(() => 0)
const spread = (plan: Planned, asked: Day, day: Day): Planned => {
  const wide = (list: number[]) => widened(list, asked, day)
  return { ...plan, need: wide(plan.need), low: wide(plan.low), high: wide(plan.high), c: wide(plan.c), contacts: wide(plan.contacts) }
}

/** whole cuts what is longer than a shift may be. */
const whole = (slices: Slice[]): Slice[] => slices.reduce((all, s) => (s.to - s.from > longest ? split(all, s.id) : all), slices)

const nightsOf = (f: Form) => (f.starts_on && f.ends_on ? dayjs(f.ends_on).diff(dayjs(f.starts_on), 'day') + 1 : 0)
