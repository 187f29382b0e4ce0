import { useQuery } from '@tanstack/react-query'
import { Gauge } from 'lucide-react'
import { Link, useNavigate } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { ToAcademy } from './parts'

type Placement = Schema<'Placement'>

export const useTests = () =>
  useQuery({
    queryKey: ['placement-tests'],
    queryFn: () => body(api.GET('/api/v1/placement-tests', { params: { query: { limit: 100 } } })),
    staleTime: 60_000,
    select: (l) => l.items,
  })
export const usePlacements = () =>
  useQuery({
    queryKey: ['placements'],
    queryFn: () => body(api.GET('/api/v1/placements', { params: { query: { limit: 100 } } })),
    select: (l) => l.items,
  })

/** Placement tests, and where they put me before. */
export default function Placements() {
  const t = useWords('learning')
  const language = useLanguage()
  const tests = useTests(),
    mine = usePlacements()
  const nameOf = (id: string) => {
    const x = tests.data?.find((y) => y.id === id)
    return x ? (language === 'zh' ? x.name_zh : x.name_en) : t('place.title')
  }
  const past = mine.data?.filter((p) => p.state === 'finished') ?? []
  return (
    <Page title={t('place.title')} trail={<ToAcademy />}>
      <div className="column">
        <Card bare>
          <p className="t2">{t('place.lead')}</p>
        </Card>
        <Loaded
          query={tests}
          skeleton={
            <Card>
              <Skeleton lines={[24, 20, 52]} />
            </Card>
          }
        >
          {(list) =>
            list.length === 0 ? (
              <Card>
                <Empty icon={Gauge} title={t('place.none')} hint={t('place.noneHint')} />
              </Card>
            ) : (
              list.map((x) => <Test key={x.id} test={x} name={nameOf(x.id)} mine={mine.data?.filter((p) => p.test_id === x.id) ?? []} />)
            )
          }
        </Loaded>
        {past.length > 0 && (
          <Card rows title={t('place.past')}>
            <ul className="rows">
              {past.map((p) => (
                <li key={p.id}>
                  <Link className="rowlink" to={p.id}>
                    <span className="grow">
                      <span className="m line">{nameOf(p.test_id)}</span>
                      <span className="sm t3">
                        <When at={p.finished_at ?? p.started_at} /> · {t('place.n', { count: p.answered })}
                      </span>
                    </span>
                    <State tone="info" shape="diamond">
                      {t('place.level', { level: p.level })}
                    </State>
                  </Link>
                </li>
              ))}
            </ul>
          </Card>
        )}
      </div>
    </Page>
  )
}

function Test({ test: x, name, mine }: { test: Schema<'PlacementTest'>; name: string; mine: Placement[] }) {
  const t = useWords('learning')
  const go = useNavigate()
  const open = mine.find((p) => p.state === 'open'),
    last = mine.find((p) => p.state === 'finished')
  const begin = useAct(
    (_: 'begin', header) => body(api.POST('/api/v1/placement-tests/{id}/placements', { params: { path: { id: x.id }, header } })),
    [['placements']],
  )
  return (
    <Card lead label={name}>
      <div className="row between start g12">
        <div className="grow">
          <div className="lg b break">{name}</div>
          <div className="sm t3">{t('place.upTo', { min: x.min_items, max: x.max_items })}</div>
        </div>
        {last && (
          <State tone="info" shape="diamond">
            {t('place.last', { level: last.level })}
          </State>
        )}
      </div>
      {begin.error && <Failure problem={begin.error} />}
      <Button
        type="primary"
        block
        className="act mt16"
        loading={begin.isPending}
        onClick={() => (open ? void go(open.id) : begin.mutate('begin', { onSuccess: (p) => void go(p.id) }))}
      >
        {t(open ? 'place.go' : last ? 'place.again' : 'place.begin')}
      </Button>
    </Card>
  )
}
