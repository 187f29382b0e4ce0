import { useState } from 'react'
import type { Schema } from '@/api/client'
import { Empty } from '@/design/feedback'
import { Sheet } from '@/design/sheet'
import { SkillTag } from '@/design/skill-tag'
import { Table } from '@/design/table'
import { usePhone } from '@/design/theme'
import { defaultZone, Span } from '@/design/time'
import { useWords } from '@/words'
import { Gaps } from './gaps'

export type ShortShift = Schema<'ShortShift'>

/** ShortShifts are shifts with open seats; why they are open stands beside the list, on a phone in a sheet over it. */
export function ShortShifts({
  list,
  chosen,
  onChoose,
}: {
  list: ShortShift[]
  chosen?: ShortShift
  onChoose: (shift: ShortShift) => void
}) {
  const t = useWords('operator')
  const phone = usePhone()
  const [asked, ask] = useState<ShortShift>()
  const [shown, show] = useState(onPage)
  if (list.length === 0) return <Empty title={t('market.allFull')} />
  if (phone)
    return (
      <>
        <ul aria-label={t('market.short')}>
          {list.slice(0, shown).map((s) => (
            <li key={s.shift_id}>
              <button type="button" className="rowbtn shortshift" onClick={() => ask(s)}>
                <span className="row wrap between g4">
                  <ShiftTime shift={s} />
                  <span className="late num">{t('market.openOf', { open: s.open, seats: s.seats })}</span>
                </span>
                <span className="sm t2 break line">{s.shop_name}</span>
                <Needs shift={s} />
              </button>
            </li>
          ))}
        </ul>
        {list.length > shown && (
          <button type="button" className="btn mt12" onClick={() => show((n) => n + onPage)}>
            {t('market.more')}
          </button>
        )}
        <Sheet open={asked !== undefined} title={asked ? t('gaps.title', { count: asked.open }) : ''} onClose={() => ask(undefined)}>
          {asked && <Gaps shift={asked} bare />}
        </Sheet>
      </>
    )
  return (
    <Table<ShortShift>
      aria-label={t('market.short')}
      rowKey="shift_id"
      size="small"
      dataSource={list}
      pagination={{ pageSize: onPage, hideOnSinglePage: true, size: 'small', showSizeChanger: false }}
      scroll={{ x: 640 }}
      rowSelection={{
        type: 'radio',
        columnWidth: 36,
        selectedRowKeys: chosen ? [chosen.shift_id] : [],
        onChange: (_, [s]) => s && onChoose(s),
      }}
      onRow={(s) => ({ onClick: () => onChoose(s) })}
      columns={[
        { title: t('market.shift'), width: 190, render: (_, s) => <ShiftTime shift={s} /> },
        { title: t('market.shop'), render: (_, s) => <span className="twolines">{s.shop_name}</span> },
        { title: t('market.open'), dataIndex: 'open', align: 'right', width: 56, render: (n: number) => <span className="b">{n}</span> },
        { title: t('market.seats'), dataIndex: 'seats', align: 'right', width: 56 },
        { title: t('market.needs'), width: 360, render: (_, s) => <Needs shift={s} /> },
      ]}
    />
  )
}

const onPage = 12

/** ShiftTime says the zone where it is not everybody's. */
export const ShiftTime = ({ shift: s }: { shift: ShortShift }) => (
  <Span from={s.starts_at} to={s.ends_at} zone={s.time_zone} showZone={s.time_zone !== defaultZone} />
)

const Needs = ({ shift: s }: { shift: ShortShift }) => (
  <span className="row wrap g4">
    {s.requirements.map((r) => (
      <SkillTag key={r.tag} tag={r.tag} level={r.level} atLeast />
    ))}
  </span>
)
