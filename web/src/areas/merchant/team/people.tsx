import { Input, Switch } from 'antd'
import { Search, Users } from 'lucide-react'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Empty, Failure, Loaded } from '@/design/feedback'
import { Section } from '@/design/page'
import { Person } from '@/design/person'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { usePhone } from '@/design/theme'
import { useWords } from '@/words'
import { useColleagues } from '../new-booking/core-team'

type Agent = Schema<'AgentSummary'>

/** So many people are drawn on a phone before somebody asks for more. */
const atOnce = 60

/** People are the agents who worked here, and which of them shall not come again. They are never told. Masked names look alike: the end of the id tells them apart. */
export function People({ books }: { books: boolean }) {
  const t = useWords('merchant')
  const common = useWords()
  const phone = usePhone()
  const people = useColleagues()
  const [sought, setSought] = useState('')
  const [most, setMost] = useState(atOnce)
  const block = useAct(
    (b: { id: string; blocked: boolean }) =>
      body(api.PUT('/api/v1/blocks/{id}', { params: { path: { id: b.id } }, body: { blocked: b.blocked } })),
    [['agents']],
  )
  const gate = (a: Agent) =>
    books ? (
      <span className="row g8 to-end">
        {(phone || a.blocked) && <span className={a.blocked ? 'sm' : 'sm t3'}>{t(a.blocked ? 'people.blocked' : 'people.gate')}</span>}
        <Switch
          size="small"
          aria-label={t('people.block', { name: a.name })}
          checked={a.blocked === true}
          loading={block.isPending && block.variables.id === a.agent_id}
          onChange={(blocked) => block.mutate({ id: a.agent_id, blocked })}
        />
      </span>
    ) : (
      a.blocked && (
        <State plain tone="open" shape="bar">
          {t('people.blocked')}
        </State>
      )
    )
  const since = (a: Agent) => (a.last_worked_at ? <When at={a.last_worked_at} /> : null)
  return (
    <Section title={t('people.title')} note={t('people.note')}>
      {block.error && <Failure problem={block.error} />}
      <Loaded query={people}>
        {(list) => {
          const shown = list.filter((a) => `${a.name} ${a.agent_id.slice(-4)}`.toLowerCase().includes(sought.trim().toLowerCase()))
          return list.length === 0 ? (
            <Empty icon={Users} title={t('people.none')} hint={t('people.noneHint')} />
          ) : (
            <div className="col g8">
              {list.length > 8 && (
                <Input
                  allowClear
                  aria-label={t('people.search')}
                  placeholder={t('people.search')}
                  prefix={<Search size={14} color="var(--text3)" aria-hidden />}
                  value={sought}
                  onChange={(e) => setSought(e.target.value)}
                  className="w260"
                />
              )}
              {shown.length === 0 ? (
                <p className="sm t2">{t('people.noMatch')}</p>
              ) : phone ? (
                <>
                  <ul className="rows">
                    {shown.slice(0, most).map((a) => (
                      <li key={a.agent_id} className="between">
                        <span className="col min0">
                          <Person
                            name={a.name}
                            fact={
                              <>
                                <span className="mono xs">{a.agent_id.slice(-4)}</span> {t('core.shifts', { count: a.shifts })}
                              </>
                            }
                          />
                          <span className="sm t3 undername">{since(a)}</span>
                        </span>
                        {gate(a)}
                      </li>
                    ))}
                  </ul>
                  {shown.length > most && (
                    <div>
                      <Button onClick={() => setMost(most + atOnce)}>{common('loadMore')}</Button>
                    </div>
                  )}
                </>
              ) : (
                <Table<Agent>
                  className="w760"
                  size="small"
                  rowKey="agent_id"
                  dataSource={shown}
                  pagination={shown.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
                  scroll={{ x: 560 }}
                  columns={[
                    {
                      title: t('sheets.agent'),
                      render: (_, a) => (
                        <Person
                          name={a.name}
                          fact={
                            <>
                              <span className="mono xs">{a.agent_id.slice(-4)}</span>
                              {a.disabled && <> {t('team.disabled')}</>}
                            </>
                          }
                        />
                      ),
                    },
                    { title: t('people.shifts'), width: 120, align: 'right', render: (_, a) => <span className="num">{a.shifts}</span> },
                    { title: t('people.last'), width: 180, render: (_, a) => <span className="t2">{since(a)}</span> },
                    { title: t('people.gate'), width: 130, align: 'right', render: (_, a) => gate(a) },
                  ]}
                />
              )}
            </div>
          )
        }}
      </Loaded>
    </Section>
  )
}
