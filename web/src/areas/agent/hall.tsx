import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { SearchX, SlidersHorizontal } from 'lucide-react'
import { lazy, Suspense, useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { api, body } from '@/api/client'
import { Button, buttonClass } from '@/design/button'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { useClock } from '@/design/time'
import { Page } from '@/design/page'
import { Reasons } from '@/design/reasons'
import { State } from '@/design/state'
import { useLanguage, useWords } from '@/words'
import { Claim, type HallShift } from './claim'
import { Requirements, ShiftHead } from './parts'
import { useMyTags, useOffers, liveOffers } from './queries'
import { nearly, useReasons } from './rules'
import { minutesOf, payFor } from './work'

const Filters = lazy(() => import('./hall-filters'))

type Which = 'mine' | 'nearly' | 'all'
const page = 100

/** So many shifts are drawn before somebody asks for more: a hundred take a phone seconds. */
const atOnce = 40

/** A page of the hall that the filters in the address let through. */
function useHall(search: URLSearchParams, ineligible: boolean, enabled = true) {
  const language = useLanguage()
  const query = {
    from: search.get('from') ?? undefined,
    to: search.get('to') ?? undefined,
    tag: search.get('tag') ?? undefined,
    least_pay: Number(search.get('pay') ?? 0) * 100 || undefined,
  }
  return useInfiniteQuery({
    queryKey: ['hall', ineligible, query, language],
    initialPageParam: '',
    enabled,
    queryFn: ({ pageParam }) =>
      body(
        api.GET('/api/v1/hall', {
          params: { query: { ...query, include: ineligible ? 'ineligible' : undefined, limit: page, cursor: pageParam || undefined } },
        }),
      ),
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: 60_000,
  })
}

export default function Hall() {
  const t = useWords('agent')
  const queries = useQueryClient()
  const [search, setSearch] = useSearchParams()
  const [filtering, setFiltering] = useState(false)
  // What was taken here stays where it was, with what came of it, until the page is left.
  const [taken, setTaken] = useState<HallShift[]>([])
  const [most, setMost] = useState(atOnce)
  const said = search.get('show')
  const which: Which = said === 'nearly' || said === 'all' ? said : 'mine'
  const mine = useHall(search, false)
  const all = useHall(search, true)
  const open = mine.data?.pages.flatMap((p) => p.items) ?? []
  const every = all.data?.pages.flatMap((p) => p.items) ?? []
  const near = every.filter((h) => !h.eligible && nearly(h.rules ?? []))
  const shown = which === 'mine' ? open : which === 'nearly' ? near : every
  const list = useMemo(
    () =>
      [...shown, ...taken.filter((h) => !shown.some((s) => s.id === h.id))].sort(
        (a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at) || a.id.localeCompare(b.id),
      ),
    [shown, taken],
  )
  const query = which === 'mine' ? mine : all
  const show = (to: Which) => {
    setMost(atOnce)
    setSearch(
      (s) => {
        s.set('show', to)
        return s
      },
      { replace: true },
    )
  }
  const filters = ['from', 'to', 'tag', 'pay'].filter((k) => search.get(k)).length
  const count = (n: number, more: boolean) => (more ? `${n}+` : n)
  return (
    <Page title={t('nav.hall')}>
      <div className="column">
        <div className="row g8 pagepills">
          <div className="pillrow" role="group" aria-label={t('hall.which')}>
            {(
              [
                ['mine', open.length, mine],
                ['nearly', near.length, all],
                ['all', every.length, all],
              ] as const
            ).map(([key, n, q]) => (
              <button key={key} type="button" className="pill" aria-pressed={which === key} onClick={() => show(key)}>
                {t('hall.' + key)}
                {q.data && <span className="num regular">{count(n, q.hasNextPage)}</span>}
              </button>
            ))}
          </div>
          <button
            type="button"
            className="pill"
            aria-pressed={filters > 0}
            aria-label={t('hall.filter')}
            onClick={() => setFiltering(true)}
          >
            <SlidersHorizontal size={18} strokeWidth={1.75} aria-hidden />
            {filters > 0 && filters}
          </button>
        </div>
        <OffersNote />
        <Loaded
          framed
          query={query}
          skeleton={
            <div className="card">
              <div className="inside">
                <Skeleton lines={[28, 20, 20, 26, 52]} />
              </div>
            </div>
          }
        >
          {() =>
            list.length === 0 ? (
              <div className="card">
                <div className="inside">
                  <None
                    which={which}
                    near={near.length}
                    filters={filters}
                    onShow={show}
                    onClear={() => setSearch({ show: which }, { replace: true })}
                  />
                </div>
              </div>
            ) : (
              <ul className="cards" aria-label={t('hall.list')}>
                {list.slice(0, most).map((h) => (
                  <HallCard
                    key={h.id}
                    shift={h}
                    onTaken={() => {
                      setTaken((l) => [...l, h])
                      void queries.invalidateQueries({ queryKey: ['hall'] })
                    }}
                    onGiven={() => setTaken((l) => l.filter((x) => x.id !== h.id))}
                    taken={taken.some((x) => x.id === h.id)}
                  />
                ))}
              </ul>
            )
          }
        </Loaded>
        {(list.length > most || query.hasNextPage) && (
          <div className="card">
            <Button
              block
              size="large"
              loading={query.isFetchingNextPage}
              onClick={() => {
                setMost(most + atOnce)
                if (list.length <= most + atOnce && query.hasNextPage) void query.fetchNextPage()
              }}
            >
              {t('hall.more')}
            </Button>
          </div>
        )}
      </div>
      <Suspense>
        <Filters open={filtering} onClose={() => setFiltering(false)} />
      </Suspense>
    </Page>
  )
}

function OffersNote() {
  const t = useWords('agent')
  const live = liveOffers(useOffers().data ?? [], useClock())
  return (
    live.length > 0 && (
      <div className="card offersnote">
        <Link to="/agent/offers" className="soft accented row between g8">
          <State plain tone="info" shape="diamond">
            {t('hall.offers', { count: live.length })}
          </State>
          <span className="m">{t('hall.toOffers')}</span>
        </Link>
      </div>
    )
  )
}

function None({
  which,
  near,
  filters,
  onShow,
  onClear,
}: {
  which: Which
  near: number
  filters: number
  onShow: (w: Which) => void
  onClear: () => void
}) {
  const t = useWords('agent')
  if (filters > 0)
    return (
      <Empty
        icon={SearchX}
        title={t('hall.noneFiltered')}
        hint={t('hall.noneFilteredHint')}
        action={<Button onClick={onClear}>{t('hall.clear')}</Button>}
      />
    )
  if (which === 'mine')
    return (
      <Empty
        title={t('hall.noneMine')}
        hint={t(near > 0 ? 'hall.noneMineNear' : 'hall.noneMineHint')}
        action={<Button onClick={() => onShow(near > 0 ? 'nearly' : 'all')}>{t(near > 0 ? 'hall.seeNearly' : 'hall.seeAll')}</Button>}
      />
    )
  return <Empty title={t(which === 'nearly' ? 'hall.noneNearly' : 'hall.noneAll')} hint={t('hall.noneHint')} />
}

/** HallCard is one open shift: when, what it brings, what it asks for; and the seat with one tap, or what is missing for it. */
function HallCard({ shift, taken, onTaken, onGiven }: { shift: HallShift; taken: boolean; onTaken: () => void; onGiven: () => void }) {
  const t = useWords('agent')
  const reasons = useReasons()
  const tags = useMyTags()
  const pay = payFor(shift.pay_per_hour, minutesOf(shift.starts_at, shift.ends_at))
  const rules = shift.rules ?? []
  const lacking = new Set(rules.filter((r) => r.rule === 'tag').map((r) => r.tag))
  const held =
    tags.data &&
    new Map(
      shift.requirements
        .filter((r) => lacking.has(r.tag))
        .map((r) => [r.tag, Math.min(tags.data.find((g) => g.tag === r.tag && g.valid)?.level ?? 0, r.level - 1)]),
    )
  return (
    <li className="card drawnlate">
      <article className="inside" aria-label={`${shift.shop_name}`}>
        {!shift.eligible && !taken && (
          <div className="row wrap g8 mb8">
            <State tone="open" shape="bar">
              {t('hall.closed')}
            </State>
            <span className="sm t2">{t(nearly(rules) ? 'hall.lackNear' : 'hall.lack', { count: rules.length })}</span>
          </div>
        )}
        <ShiftHead
          from={shift.starts_at}
          to={shift.ends_at}
          zone={shift.time_zone}
          shop={
            <Link className="quiet" to={'/agent/shifts/' + shift.id}>
              {shift.shop_name}
            </Link>
          }
          note={taken ? undefined : t('hall.open', { count: shift.open })}
          pay={<Money value={pay} size={24} round />}
          rate={<Money value={shift.pay_per_hour} round />}
        />
        <Requirements list={shift.requirements} held={held} />
        {shift.eligible || taken ? (
          <Claim
            shift={shift}
            onTaken={onTaken}
            onGiven={onGiven}
            beside={
              <Link className={buttonClass({ className: 'act' })} to={'/agent/shifts/' + shift.id}>
                {t('hall.details')}
              </Link>
            }
          />
        ) : (
          <div className="closed">
            <Reasons list={reasons(rules, shift)} />
          </div>
        )}
      </article>
    </li>
  )
}
