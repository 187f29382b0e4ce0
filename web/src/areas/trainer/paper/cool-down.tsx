import { InputNumber, Select, Space } from 'antd'
import { useState } from 'react'
import { useWords } from '@/words'

const units = [
  { name: 'days', minutes: 1440 },
  { name: 'hours', minutes: 60 },
  { name: 'minutes', minutes: 1 },
] as const

/** unitOf is the largest unit in which a span is a whole number. */
export const unitOf = (minutes: number) => units.find((u) => minutes > 0 && minutes % u.minutes === 0) ?? units[2]

/** CoolDown is a span of time in the unit one thinks of it in; its value is in minutes. */
export function CoolDown({ id, value = 0, onChange }: { id?: string; value?: number; onChange?: (minutes: number) => void }) {
  const t = useWords('trainer')
  const [unit, setUnit] = useState(unitOf(value))
  return (
    <Space.Compact>
      <InputNumber
        id={id}
        className="w116"
        min={0}
        precision={unit.minutes === 1 ? 0 : undefined}
        value={value / unit.minutes}
        onChange={(n) => onChange?.(Math.round((n ?? 0) * unit.minutes))}
      />
      <Select
        className="w116"
        aria-label={t('papers.unit.of')}
        value={unit.name}
        onChange={(name) => setUnit(units.find((u) => u.name === name) ?? units[2])}
        options={units.toReversed().map((u) => ({ value: u.name, label: t('papers.unit.' + u.name) }))}
      />
    </Space.Compact>
  )
}
