import { Dropdown, Select } from 'antd'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { Schema } from '@/api/client'
import { Button } from '@/design/button'
import { SkillTag } from '@/design/skill-tag'
import { useWords } from '@/words'
import { useTags } from './shop-field'

type Requirement = Schema<'Requirement'>

/** Skills are the tags that every seat needs: a click sets the level or takes the tag away. */
export function Skills({ list, onChange }: { list: Requirement[]; onChange: (list: Requirement[]) => void }) {
  const t = useWords('merchant')
  const common = useWords()
  const tags = useTags()
  const [adding, setAdding] = useState(false)
  const dimensions = [...new Set(tags.map((x) => x.dimension))]
  const free = dimensions.map((d) => ({
    label: t('skill.dimension.' + d),
    options: tags.filter((x) => x.dimension === d && !list.some((r) => r.tag === x.tag)).map((x) => ({ value: x.tag, label: x.name })),
  }))
  return (
    <div className="row g8 wrap">
      {list.map((r) => (
        <Dropdown
          key={r.tag}
          trigger={['click']}
          menu={{
            selectedKeys: [String(r.level)],
            items: [
              ...[1, 2, 3, 4, 5].map((level) => ({ key: String(level), label: t('skill.level', { level }) })),
              { type: 'divider' as const },
              { key: 'remove', label: common('remove'), danger: true },
            ],
            onClick: ({ key }) =>
              onChange(
                key === 'remove'
                  ? list.filter((x) => x.tag !== r.tag)
                  : list.map((x) => (x.tag === r.tag ? { ...x, level: Number(key) } : x)),
              ),
          }}
        >
          <button type="button" className="chip" aria-haspopup="menu">
            <SkillTag tag={r.tag} level={r.level} atLeast />
          </button>
        </Dropdown>
      ))}
      {adding ? (
        <Select
          autoFocus
          defaultOpen
          showSearch={{ optionFilterProp: 'label' }}
          size="small"
          className="w200"
          aria-label={t('skill.add')}
          placeholder={t('skill.find')}
          options={free}
          onChange={(tag: string) => {
            onChange([...list, { tag, level: 1 }])
            setAdding(false)
          }}
          onOpenChange={(open) => !open && setAdding(false)}
        />
      ) : (
        list.length < 12 && (
          <Button size="small" type="dashed" icon={<Plus size={13} aria-hidden />} onClick={() => setAdding(true)}>
            {t('skill.add')}
          </Button>
        )
      )}
    </div>
  )
}
