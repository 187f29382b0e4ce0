import { Segmented } from 'antd'
import { useMemo, useRef, useState } from 'react'
import type { Schema } from '@/api/client'
import { Section } from '@/design/page'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { useWords } from '@/words'
import { Answers } from './answers'
import { allLooks, figure, lookOf, looks, numbered, percent, toLookAt, type Item } from './look'
import { Mark, Scatter } from './scatter'
import './items.css'

/** Analysis is how good a version of a paper is, and each of its questions. */
export function Analysis({ analysis: a }: { analysis: Schema<'PaperAnalysis'> }) {
  const t = useWords('trainer')
  const items = useMemo(() => numbered(a.items), [a])
  const flagged = useMemo(() => items.filter((i) => toLookAt.includes(lookOf(i))), [items])
  const few = items.filter((i) => lookOf(i) === 'few').length
  const [all, setAll] = useState(flagged.length === 0)
  const [picked, setPicked] = useState(items[0]?.question_version_id)
  const item = items.find((i) => i.question_version_id === picked)
  const box = useRef<HTMLElement>(null)
  const pick = (id: string) => {
    setPicked(id)
    // Beside the table it is in sight; under it, on a phone, one is led there.
    if ((box.current?.getBoundingClientRect().top ?? 0) > window.innerHeight - 200) box.current?.scrollIntoView({ block: 'start' })
  }
  const asked = items.filter((i) => i.facility !== undefined)
  return (
    <>
      <dl className="figures even">
        <Figure label={t('items.attempts')} value={a.attempts.toLocaleString('en')} note={t('items.first')} />
        <Figure
          label={t('items.mean')}
          value={percent(asked.length > 0 ? asked.reduce((sum, i) => sum + (i.facility ?? 0), 0) / asked.length : undefined)}
          note={t('items.meanNote')}
        />
        <Figure
          label="KR-20"
          value={figure(a.kr20)}
          note={t('items.readKr.' + (a.kr20 === undefined ? 'none' : a.kr20 >= 0.8 ? 'high' : a.kr20 >= 0.6 ? 'mid' : 'low'))}
        />
        <Figure
          label={t('items.flagged')}
          value={flagged.length.toLocaleString('en')}
          note={t('items.of', { count: items.length }) + (few > 0 ? t('items.andFew', { count: few }) : '')}
        />
      </dl>
      <div className="split">
        <div>
          <Section
            title={t('items.chart')}
            aside={
              <span className="row wrap g12 t2">
                {allLooks
                  .map((l) => [l, items.filter((i) => lookOf(i) === l).length] as const)
                  .filter(([, n]) => n > 0)
                  .map(([l, n]) => (
                    <span key={l} className="row g4">
                      <Mark look={l} />
                      {t('items.look.' + l)} {n}
                    </span>
                  ))}
              </span>
            }
          >
            <Scatter items={items} picked={picked} onPick={pick} />
          </Section>
          <Section
            title={all ? t('items.all') : t('items.flagged')}
            aside={
              <Segmented<'flagged' | 'all'>
                aria-label={t('items.which')}
                value={all ? 'all' : 'flagged'}
                onChange={(v) => setAll(v === 'all')}
                options={[
                  { value: 'flagged', label: `${t('items.flagged')} ${flagged.length}` },
                  { value: 'all', label: `${t('items.all')} ${items.length}` },
                ]}
              />
            }
          >
            <Table<Item>
              aria-label={t(all ? 'items.all' : 'items.flagged')}
              rowKey="question_version_id"
              size="small"
              dataSource={all ? items : flagged}
              pagination={{ pageSize: 20, hideOnSinglePage: true, size: 'small', showSizeChanger: false }}
              scroll={{ x: 640 }}
              locale={{ emptyText: t('items.nothingFlagged') }}
              rowSelection={{ type: 'radio', selectedRowKeys: picked ? [picked] : [], onChange: (keys) => pick(String(keys[0])) }}
              onRow={(i) => ({ onClick: () => pick(i.question_version_id), className: 'clickable' })}
              columns={[
                {
                  title: t('bank.question'),
                  ellipsis: true,
                  render: (_, i) => (
                    <>
                      <span className="t3 nowrap">{t('items.no', { n: i.n })}</span> {i.text}
                    </>
                  ),
                },
                { title: t('bank.topic'), dataIndex: 'topic', width: 140, ellipsis: true },
                { title: t('items.facility'), align: 'right', width: 80, render: (_, i) => percent(i.facility) },
                {
                  title: t('items.discrimination'),
                  align: 'right',
                  width: 110,
                  render: (_, i) => (
                    <span className={lookOf(i) === 'few' ? 't3' : (i.discrimination ?? 0) < 0 ? 'miss b' : ''}>
                      {figure(i.discrimination)}
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
        <aside ref={box} className="itemside">
          {item && <Answers key={item.question_version_id} item={item} />}
        </aside>
      </div>
    </>
  )
}

const Figure = ({ label, value, note }: { label: string; value: string; note: string }) => (
  <div>
    <dt className="t2">{label}</dt>
    <dd>
      <span className="figure num line">{value}</span>
      <span className="sm t3">{note}</span>
    </dd>
  </div>
)
