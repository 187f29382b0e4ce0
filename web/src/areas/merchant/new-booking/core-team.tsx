import { Select } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { api, body, type Schema } from '@/api/client'
import { useWords } from '@/words'

/** useColleagues are the agents who have worked for this merchant, those with most shifts first. */
export const useColleagues = () =>
  useQuery({
    queryKey: ['agents'],
    staleTime: 60_000,
    queryFn: async () => {
      const all: Schema<'AgentSummary'>[] = []
      for (let cursor: string | undefined, pages = 0; pages === 0 || (cursor && pages < 25); pages++) {
        const page = await body(api.GET('/api/v1/agents', { params: { query: { limit: 200, cursor } } }))
        all.push(...page.items)
        cursor = page.next_cursor
      }
      return all.sort((a, b) => b.shifts - a.shifts)
    },
  })

/** CoreTeam says who is asked first, and who then. */
export function CoreTeam({ chosen, onChange }: { chosen: string[]; onChange: (ids: string[]) => void }) {
  const t = useWords('merchant')
  const { data } = useColleagues()
  const known = (data ?? []).filter((a) => !a.blocked || chosen.includes(a.agent_id))
  const options = [
    ...known.map((a) => ({ value: a.agent_id, label: `${a.name} · ${t('core.shifts', { count: a.shifts })}` })),
    ...chosen
      .filter((id) => !known.some((a) => a.agent_id === id))
      .map((id) => ({ value: id, label: t('core.somebody', { id: id.slice(-4) }) })),
  ]
  return (
    <ol className="col g8">
      <Stage n={1} title={chosen.length > 0 ? t('core.title', { count: chosen.length }) : t('detail.core')} when={t('core.atOnce')}>
        {options.length > 0 ? (
          <Select
            mode="multiple"
            aria-label={t('core.choose')}
            placeholder={t('core.choose')}
            value={chosen}
            onChange={onChange}
            options={options}
            maxTagCount="responsive"
            className="whole mt4"
            showSearch={{ optionFilterProp: 'label' }}
          />
        ) : (
          <div className="sm t3">{t('core.none')}</div>
        )}
      </Stage>
      <Stage n={2} title={t('core.hall')} when={t('core.hallWhen')} />
      <Stage n={3} title={t('core.plan')} when={t('core.planWhen')} />
    </ol>
  )
}

const Stage = ({ n, title, when, children }: { n: number; title: string; when: string; children?: React.ReactNode }) => (
  <li>
    <div className="row g8 start sm">
      <span aria-hidden className="step">
        {n}
      </span>
      <span className="m grow nowrap">{title}</span>
      <span className="t3 right">{when}</span>
    </div>
    {children && <div className="understep">{children}</div>}
  </li>
)
