import { Input } from 'antd'
import { Plus, X } from 'lucide-react'
import { Button } from '@/design/button'
import { useWords } from '@/words'

type Field<Key extends string> = { key: Key; most: number }

/** Rows is a short list that is written in place: one or two fields a row. */
export function Rows<Key extends string>({
  label,
  add,
  rows,
  fields,
  onChange,
}: {
  label: string
  add: string
  rows: Record<Key, string>[]
  fields: Field<Key>[]
  onChange: (rows: Record<Key, string>[]) => void
}) {
  const t = useWords('pack')
  const empty = Object.fromEntries(fields.map((f) => [f.key, ''])) as Record<Key, string>
  return (
    <div className="col g8">
      <ol className="col g8" aria-label={label}>
        {rows.map((row, i) => (
          <li key={i} className="row start g8">
            <div className="row wrap g8 grow">
              {fields.map((f) => (
                <Input.TextArea
                  key={f.key}
                  aria-label={`${t('row', { n: i + 1 })} ${t('field.' + f.key)}`}
                  placeholder={t('field.' + f.key)}
                  autoSize
                  maxLength={f.most}
                  value={row[f.key]}
                  style={{ flex: '1 1 220px', minWidth: 0 }}
                  onChange={(e) => onChange(rows.map((old, k) => (k === i ? { ...old, [f.key]: e.target.value } : old)))}
                />
              ))}
            </div>
            <button
              type="button"
              className="iconbtn"
              aria-label={t('removeRow', { n: i + 1 })}
              onClick={() => onChange(rows.filter((_, k) => k !== i))}
            >
              <X size={16} aria-hidden />
            </button>
          </li>
        ))}
      </ol>
      {rows.length < 50 && (
        <div>
          <Button type="dashed" icon={<Plus size={14} aria-hidden />} onClick={() => onChange([...rows, empty])}>
            {add}
          </Button>
        </div>
      )}
    </div>
  )
}
