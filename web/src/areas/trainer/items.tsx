import { useQuery } from '@tanstack/react-query'
import { Select, Segmented } from 'antd'
import { BarChart3 } from 'lucide-react'
import { lazy, useMemo, useState } from 'react'
import { Link } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { axis } from '@/design/axis'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { Page, Section } from '@/design/page'
import { Glyph, State, type Shape, type Tone } from '@/design/state'
import { Table } from '@/design/table'
import type { Tokens } from '@/design/tokens'
import { useLanguage, useWords } from '@/words'

const Chart = lazy(() => import('@/design/chart'))

type Item = Schema<'ItemAnalysis'>
type Look = 'accepted' | 'negative' | 'weak' | 'alike' | 'few'

/** What a trainer should make of an item: negative discrimination first, then what does not tell strong from weak. Weak is under 0.2 (Ebel 1965). */
function lookOf(i: Item): Look {
  if (i.flags?.includes('few_answers')) return 'few'
  if (i.flags?.includes('negative_discrimination')) return 'negative'
  if (i.flags?.includes('everybody_alike')) return 'alike'
  return i.discrimination !== undefined && i.discrimination < 0.2 ? 'weak' : 'accepted'
}
const looks: Record<Look, { tone: Tone; shape: Shape; symbol: string }> = {
  accepted: { tone: 'ok', shape: 'tick', symbol: 'circle' },
  negative: { tone: 'miss', shape: 'cross', symbol: 'diamond' },
  weak: { tone: 'late', shape: 'half', symbol: 'triangle' },
  alike: { tone: 'open', shape: 'ring', symbol: 'emptyCircle' },
  few: { tone: 'open', shape: 'unknown', symbol: 'emptyRect' },
}

/** What a person should look at. Of what few have answered nothing can be said yet. */
const toLookAt: Look[] = ['negative', 'weak', 'alike']

/** Item analysis: how well each question tells strong from weak, by everybody's first attempt. */
export default function Items() {
  const t = useWords('trainer')
  const zh = useLanguage() === 'zh'
  const [chosen, choose] = useState<string>()
  const papers = useQuery({
    queryKey: ['papers', 'all'],
    queryFn: () => body(api.GET('/api/v1/papers', { params: { query: { limit: 200 } } })),
  })
  const published = papers.data?.items.filter((p) => p.state === 'published') ?? []
  const paper = published.find((p) => p.id === chosen) ?? published[0]
  const query = useQuery({
    queryKey: ['analysis', paper?.id],
    enabled: paper !== undefined,
    queryFn: () =>
      body(
        api.GET('/api/v1/papers/{id}/versions/{version}/analysis', {
          params: { path: { id: paper?.paper_id ?? '', version: paper?.version ?? 1 } },
        }),
      ),
  })
  return (
    <Page
      title={t('items.title')}
      note={
        published.length > 0 && (
          <Select
            aria-label={t('items.paper')}
            value={paper?.id}
            onChange={choose}
            style={{ minWidth: 260 }}
            options={published.map((p) => ({ value: p.id, label: `${zh ? p.name_zh : p.name_en} v${p.version}` }))}
          />
        )
      }
    >
      <Loaded
        query={papers}
        skeleton={
          <div className="sec">
            <Skeleton lines={[80, 280]} />
          </div>
        }
      >
        {() =>
          !paper ? (
            <div className="sec">
              <Empty icon={BarChart3} title={t('items.noPaper')} hint={t('items.noPaperHint')} />
            </div>
          ) : (
            <Loaded
              query={query}
              skeleton={
                <div className="sec">
                  <Skeleton lines={[80, 280]} />
                </div>
              }
            >
              {(a) =>
                a.attempts === 0 ? (
                  <div className="sec">
                    <Empty icon={BarChart3} title={t('items.none')} hint={t('items.noneHint')} />
                  </div>
                ) : (
                  <Analysis key={paper.id} analysis={a} />
                )
              }
            </Loaded>
          )
        }
      </Loaded>
    </Page>
  )
}

function Analysis({ analysis: a }: { analysis: Schema<'PaperAnalysis'> }) {
  const t = useWords('trainer')
  const flagged = useMemo(
    () => a.items.filter((i) => toLookAt.includes(lookOf(i))).sort((x, y) => (x.discrimination ?? 1) - (y.discrimination ?? 1)),
    [a],
  )
  const few = useMemo(() => a.items.filter((i) => lookOf(i) === 'few').length, [a])
  const [all, setAll] = useState(flagged.length === 0)
  const [picked, pick] = useState(flagged[0]?.question_version_id ?? a.items[0]?.question_version_id)
  const item = a.items.find((i) => i.question_version_id === picked)
  const figure = (label: string, value: string, note?: string) => (
    <div style={{ padding: '16px 24px' }}>
      <div className="t2">{label}</div>
      <div className="figure num">{value}</div>
      {note && <div className="sm t3">{note}</div>}
    </div>
  )
  const mean = a.items.reduce((sum, i) => sum + (i.facility ?? 0), 0) / Math.max(a.items.length, 1)
  return (
    <>
      <div
        style={{
          display: 'grid',
          gridTemplateColumns: 'repeat(auto-fit, minmax(min(180px, 100%), 1fr))',
          borderBottom: '1px solid var(--line)',
        }}
      >
        {figure(t('items.attempts'), a.attempts.toLocaleString('en'), t('items.first'))}
        {figure(t('items.mean'), (mean * 100).toFixed(0) + '%')}
        {figure(
          'KR-20',
          a.kr20 === undefined ? '–' : a.kr20.toFixed(2),
          t('items.readKr.' + (a.kr20 === undefined ? 'none' : a.kr20 >= 0.8 ? 'high' : a.kr20 >= 0.6 ? 'mid' : 'low')),
        )}
        {figure(
          t('items.flagged'),
          flagged.length.toLocaleString('en'),
          t('items.of', { count: a.items.length }) + (few > 0 ? t('items.andFew', { count: few }) : ''),
        )}
      </div>
      <div className="split">
        <div>
          <Section
            title={t('items.chart')}
            aside={
              <span className="row wrap g12 t2">
                {(Object.keys(looks) as Look[])
                  .map((l) => [l, a.items.filter((i) => lookOf(i) === l).length] as const)
                  .filter(([, n]) => n > 0)
                  .map(([l, n]) => (
                    <span key={l} className="row g4">
                      <Glyph tone={looks[l].tone} shape={looks[l].shape} />
                      {t('items.look.' + l)} {n}
                    </span>
                  ))}
              </span>
            }
          >
            <Scatter
              items={a.items}
              label={t('items.chartLabel', { count: a.items.length, flagged: flagged.length })}
              x={t('items.facility')}
              y={t('items.discrimination')}
              accepted={t('items.look.accepted')}
            />
          </Section>
          <Section
            title={all ? t('items.all') : t('items.flagged')}
            aside={
              <Segmented<'flagged' | 'all'>
                value={all ? 'all' : 'flagged'}
                onChange={(v) => setAll(v === 'all')}
                options={[
                  { value: 'flagged', label: `${t('items.flagged')} ${flagged.length}` },
                  { value: 'all', label: `${t('items.all')} ${a.items.length}` },
                ]}
              />
            }
          >
            <Table<Item>
              aria-label={t(all ? 'items.all' : 'items.flagged')}
              rowKey="question_version_id"
              size="small"
              dataSource={all ? a.items : flagged}
              pagination={{ pageSize: 15, hideOnSinglePage: true, size: 'small' }}
              scroll={{ x: 640 }}
              locale={{ emptyText: t('items.nothingFlagged') }}
              rowSelection={{ type: 'radio', selectedRowKeys: picked ? [picked] : [], onChange: (keys) => pick(String(keys[0])) }}
              onRow={(i) => ({ onClick: () => pick(i.question_version_id) })}
              columns={[
                { title: t('bank.question'), dataIndex: 'text', ellipsis: true },
                { title: t('bank.topic'), dataIndex: 'topic', width: 140, ellipsis: true },
                { title: t('items.facility'), align: 'right', width: 90, render: (_, i) => i.facility?.toFixed(2) ?? '–' },
                {
                  title: t('items.discrimination'),
                  align: 'right',
                  width: 100,
                  render: (_, i) => (
                    <span className={lookOf(i) === 'few' ? 't3' : (i.discrimination ?? 0) < 0 ? 'miss b' : ''}>
                      {number(i.discrimination)}
                    </span>
                  ),
                },
                {
                  title: t('items.flag'),
                  width: 130,
                  render: (_, i) => {
                    const l = lookOf(i)
                    return (
                      <State plain tone={looks[l].tone} shape={looks[l].shape}>
                        {t('items.look.' + l)}
                      </State>
                    )
                  },
                },
              ]}
            />
          </Section>
        </div>
        <aside>{item && <Answers item={item} />}</aside>
      </div>
    </>
  )
}

const number = (n: number | undefined) => (n === undefined ? '–' : (n < 0 ? '−' : '') + Math.abs(n).toFixed(2))

function Scatter({ items, label, x, y, accepted }: { items: Item[]; label: string; x: string; y: string; accepted: string }) {
  const option = useMemo(
    () => (t: Tokens) => ({
      grid: { left: 44, right: 24, top: 16, bottom: 44 },
      xAxis: {
        ...axis(t),
        type: 'value',
        min: 0,
        max: 1,
        name: x,
        nameLocation: 'middle',
        nameGap: 28,
        nameTextStyle: { color: t.text2 },
        splitLine: { show: false },
      },
      yAxis: {
        ...axis(t),
        type: 'value',
        min: (v: { min: number }) => Math.min(-0.2, Math.floor(v.min * 10) / 10),
        max: (v: { max: number }) => Math.max(0.7, Math.ceil(v.max * 10) / 10),
        name: y,
        nameLocation: 'end',
        nameTextStyle: { color: t.text2, align: 'left' },
      },
      series: (Object.keys(looks) as Look[]).map((l) => ({
        type: 'scatter',
        symbol: looks[l].symbol,
        symbolSize: l === 'accepted' ? 9 : l === 'few' ? 5 : 12,
        itemStyle: {
          color: { accepted: t.chart1, negative: t.miss, weak: t.late, alike: t.open, few: t.open }[l],
          opacity: l === 'accepted' ? 0.7 : l === 'few' ? 0.3 : 1,
        },
        data: items.flatMap((i) =>
          lookOf(i) === l && i.facility !== undefined && i.discrimination !== undefined
            ? [
                {
                  value: [i.facility, i.discrimination],
                  name: i.text.slice(0, 12),
                  label: { position: i.facility > 0.75 ? 'left' : 'right' },
                },
              ]
            : [],
        ),
        label: { show: l === 'negative' || l === 'weak', formatter: '{b}', position: 'right', color: t.text2, fontSize: 11 },
        labelLayout: { hideOverlap: true },
        markArea:
          l === 'accepted'
            ? {
                silent: true,
                itemStyle: { color: t.okSoft, opacity: 0.6 },
                label: { show: true, position: 'insideTopLeft', color: t.okText, fontSize: 11, formatter: accepted },
                data: [[{ coord: [0.3, 0.2] }, { coord: [0.9, 1] }]],
              }
            : undefined,
      })),
    }),
    [items, x, y, accepted],
  )
  return <Chart option={option} height={340} label={label} />
}

/** How hard a question is, in words. */
const hardness = (f: number) => 'f' + (f < 0.15 ? 1 : f < 0.4 ? 2 : f < 0.75 ? 3 : f < 0.9 ? 4 : 5)

function Answers({ item: i }: { item: Item }) {
  const t = useWords('trainer')
  const l = lookOf(i)
  return (
    <Section
      title={i.topic}
      aside={
        <State tone={looks[l].tone} shape={looks[l].shape}>
          {t('items.look.' + l)}
        </State>
      }
    >
      <p className="m pre mb8">{i.text}</p>
      {i.facility !== undefined && (
        <p className="t2 mb12">
          {t('items.facility')} <span className="m num">{(i.facility * 100).toFixed(0)}%</span>: {t('items.plain.' + hardness(i.facility))}
        </p>
      )}
      <Curve item={i} />
      <ul>
        {i.answers?.map((a) => (
          <li key={a.answer} className="col g4" style={{ padding: '10px 0', borderTop: '1px solid var(--line)' }}>
            <div className="row between g8 start">
              <span className="row start g8">
                <span style={{ width: 14, paddingTop: 4 }}>{a.right && <Glyph tone="ok" />}</span>
                <span className="pre">{a.text || a.answer || t('items.noAnswer')}</span>
              </span>
              <span className="nowrap">
                <span className="m num">{((a.share ?? 0) * 100).toFixed(0)}%</span>{' '}
                <span className={l !== 'few' && (a.discrimination ?? 0) < 0 === Boolean(a.right) ? 'miss num' : 't3 num'}>
                  {number(a.discrimination)}
                </span>
              </span>
            </div>
            {a.upper !== undefined && a.lower !== undefined && (
              <div className="col g4" style={{ paddingLeft: 22 }}>
                <Bar share={a.upper} tone="var(--chart1)" />
                <Bar share={a.lower} tone="var(--chart-muted)" />
              </div>
            )}
            {!a.right && l !== 'few' && (a.discrimination ?? 0) > 0.1 && (
              <p className="sm late" style={{ paddingLeft: 22 }}>
                {t('items.distractor')}
              </p>
            )}
          </li>
        ))}
      </ul>
      {(i.answers?.length ?? 0) > 0 && (
        <p className="sm t3 row wrap g12 mt8">
          <span>
            <i style={{ display: 'inline-block', width: 12, height: 6, background: 'var(--chart1)', borderRadius: 2 }} /> {t('items.upper')}
          </span>
          <span>
            <i style={{ display: 'inline-block', width: 12, height: 6, background: 'var(--chart-muted)', borderRadius: 2 }} />{' '}
            {t('items.lower')}
          </span>
        </p>
      )}
      <p className="sm t2" style={{ margin: '8px 0 12px' }}>
        {t('items.reading.' + l)} {t('items.past')}
      </p>
      <EditLink question={i.question_id} />
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
    <Link to={`/trainer/banks/${data[0].bank_id}/questions/${question}`} className="m">
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
      grid: { left: 40, right: 16, top: 12, bottom: 28 },
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
          <Chart
            option={option}
            height={150}
            label={t('items.curveLabel', { shares: shares.map((s) => (s * 100).toFixed(0) + '%').join(', ') })}
          />
          <p className={rise < -0.05 ? 'sm miss' : rise < 0.1 ? 'sm late' : 'sm t2'}>
            {t(rise < -0.05 ? 'items.curveDown' : rise < 0.1 ? 'items.curveFlat' : 'items.curveGood')}
          </p>
        </>
      )}
    </div>
  )
}

const Bar = ({ share, tone }: { share: number; tone: string }) => (
  <span className="row g8">
    <i style={{ display: 'block', height: 6, borderRadius: 2, background: tone, width: `${Math.max(share * 70, 1)}%` }} />
    <span className="xs t2 num">{(share * 100).toFixed(0)}</span>
  </span>
)
