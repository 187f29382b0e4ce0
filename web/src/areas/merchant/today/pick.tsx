import { Select } from 'antd'
import Antd from '@/design/antd'
import { useWords } from '@/words'
import type { Booking } from './live'

/** Pick chooses which bookings the board follows, where there are more than it can. */
export default function Pick({
  bookings,
  picked,
  most,
  onPick,
}: {
  bookings: Booking[]
  picked: string[]
  most: number
  onPick: (ids: string[]) => void
}) {
  const t = useWords('merchant')
  return (
    <Antd>
      <Select
        mode="multiple"
        className="pickmany"
        maxCount={most}
        maxTagCount={1}
        maxTagTextLength={12}
        aria-label={t('today.follow')}
        value={picked}
        onChange={onPick}
        showSearch={{ optionFilterProp: 'label' }}
        options={bookings.map((b) => ({ value: b.id, label: b.title }))}
      />
    </Antd>
  )
}
