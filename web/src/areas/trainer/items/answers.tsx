import { useQuery } from '@tanstack/react-query'
import { lazy, useMemo } from 'react'
import { Link } from 'react-router'
import { api, body } from '@/api/client'
import { axis } from '@/design/axis'
import { Section } from '@/design/page'
import { Glyph, State } from '@/design/state'
import type { Tokens } from '@/design/tokens'
import { useWords } from '@/words'
import { figure, lookOf, looks, percent, type Item } from './look'

const Chart = lazy(() => import('@/design/chart'))

/** How hard a question is, in words. */
const hardness = (f: number) => 'f' + (f < 0.15 ? 1 : f < 0.4 ? 2 : f < 0.75 ? 3 : f < 0.9 ? 4 : 5)

/** Answers is one item: what to make of it, what strong and weak chose, and where it is mended. */
export function Answers({ item: i }: { item: Item }) {
  const t = useWords('trainer')
  const l = lookOf(i)
  return (
    <Section
      title={t('items.no', { n: i.n })}
      note={i.topic}
      aside={
        <State tone={looks[l].tone} shape={looks[l].shape}>
          {t('items.look.' + l)}
        </State>
      }
    >
      <p className="md m pre mb8">{i.text}</p>
      <p className="t2 mb12">
        {t('items.reading.' + l)}
        {i.facility !== undefined && (
          <>
            {' '}
            {t('items.facility')} <span className="m num">{percent(i.facility)}</span>
            {t('items.colon')}
            {t('items.plain.' + hardness(i.facility))}
          </>
        )}
      </p>
      {(i.answers?.length ?? 0) > 0 && (
        <div className="row sm t3 g12 mb4">
          <span className="row g4">
            <i className="swatch upper" /> {t('items.upper')}
          </span>
          <span className="row g4">
            <i className="swatch lower" /> {t('items.lower')}
          </span>
          <span className="end nowrap">{t('items.discrimination')}</span>
        </div>
      )}
      <ul className="mb12">
        {i.answers?.map((a) => {
          // A right answer that the strong leave, or a wrong one that they choose.
          const odd = l !== 'few' && (a.right ? (a.discrimination ?? 0) < 0 : (a.discrimination ?? 0) > 0.1)
          return (
            <li key={a.answer} className={odd ? 'itemanswer odd' : 'itemanswer'}>
              <span className="keymark">{a.right && <Glyph tone="ok" />}</span>
              <div className="grow col g4">
                <span className="pre">{a.text || a.answer || t('items.noAnswer')}</span>
                {a.upper !== undefined && a.lower !== undefined && (
                  <span className="col">
                    <Bar share={a.upper} kind="upper" />
                    <Bar share={a.lower} kind="lower" />
                  </span>
                )}
                {odd && !a.right && <span className="sm late">{t('items.distractor')}</span>}
              </div>
              <span className="col right">
                <span className="m num">{percent(a.share ?? 0)}</span>
                <span className={odd ? 'sm miss num' : 'sm t3 num'}>{figure(a.discrimination)}</span>
              </span>
            </li>
          )
        })}
      </ul>
      <Curve item={i} />
      <EditLink question={i.question_id} />
      <p className="sm t3 mt8">{t('items.past')}</p>
    </Section>
  )
}

/** EditLink leads to the question in its bank, which the analysis does not name. */
function EditLink({ question }: { question: string }) {
  const t = useWords('trainer')
  const { data } = useQuery({
    queryKey: ['question', question],
    queryFn: async () => (await body(api.GET('/api/v1/questions/{id}/versions', { params: { path: { id: question } } }))).items,
  })
  return data?.[0] ? (
    <Link to={`/trainer/banks/${data[0].bank_id}/questions/${question}`} className="btn">
      {t('items.edit')}
    </Link>
  ) : null
}

/** Curve is the item's characteristic as it was seen: how many of each fifth are right, weakest first. */
function Curve({ item: i }: { item: Item }) {
  const t = useWords('trainer')
  const shares = i.curve
  const option = useMemo(
    () => (k: Tokens) => ({
      grid: { left: 40, right: 16, top: 20, bottom: 24 },
      xAxis: {
        ...axis(k),
        type: 'category',
        data: [t('items.weakest'), '', '', '', t('items.strongest')],
        axisLabel: { color: k.text3, fontSize: 11, interval: 0 },
      },
      yAxis: {
        ...axis(k),
        type: 'value',
        min: 0,
        max: 1,
        interval: 0.5,
        axisLabel: { color: k.text3, fontSize: 11, formatter: (v: number) => v * 100 + '%' },
      },
      series: [
        {
          type: 'line',
          data: shares,
          symbol: 'circle',
          symbolSize: 7,
          lineStyle: { width: 2, color: k.chart1 },
          itemStyle: { color: k.chart1 },
          label: {
            show: true,
            position: 'top',
            color: k.text2,
            fontSize: 11,
            formatter: ({ value }: { value: number }) => (value * 100).toFixed(0) + '%',
          },
        },
      ],
    }),
    [shares, t],
  )
  const rise = (shares.at(-1) ?? 0) - (shares[0] ?? 0)
  return (
    <div className="mb12">
      <h3>{t('items.curve')}</h3>
      {shares.length === 0 ? (
        <p className="sm t3">{t('items.curveFew')}</p>
      ) : (
        <>
          <Chart option={option} height={140} label={t('items.curveLabel', { shares: shares.map(percent).join(', ') })} />
          <p className={rise < -0.05 ? 'sm miss' : rise < 0.1 ? 'sm late' : 'sm t2'}>
            {t(rise < -0.05 ? 'items.curveDown' : rise < 0.1 ? 'items.curveFlat' : 'items.curveGood')}
          </p>
        </>
      )}
    </div>
  )
}

const Bar = ({ share, kind }: { share: number; kind: 'upper' | 'lower' }) => (
  <span className="row g8">
    <i className={'sharebar ' + kind} style={{ width: `${Math.max(share * 70, 1)}%` }} />
    <span className="xs t2 num">{percent(share)}</span>
  </span>
)
