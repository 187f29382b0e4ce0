import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { Award } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { SkillTag } from '@/design/skill-tag'
import { State, type Shape, type Tone } from '@/design/state'
import { Table } from '@/design/table'
import { useLanguage, useWords } from '@/words'
import { inputs, InputState, Requirements } from './inputs'
import { Issue } from './issue'
import { Who } from './who'

type Candidate = Schema<'Candidate'>

const states: Record<Candidate['state'], { tone: Tone; shape?: Shape }> = {
  open: { tone: 'info' },
  held: { tone: 'ok' },
  renewable: { tone: 'late' },
  suspended: { tone: 'open', shape: 'bar' },
  barred: { tone: 'miss' },
}

/** Candidates are who is on the way to a credential, and how far each has come. */
export function Candidates() {
  const t = useWords('official')
  const zh = useLanguage() === 'zh'
  const templates = useQuery({ queryKey: ['templates'], queryFn: () => body(api.GET('/api/v1/credential-templates')) })
  const [chosen, choose] = useState<string>()
  const [issuing, issue] = useState<Candidate>()
  const template = templates.data?.items.find((x) => x.id === chosen) ?? templates.data?.items[0]
  const query = usePages<Candidate>(['candidates', template?.id], (cursor) =>
    template
      ? body(
          api.GET('/api/v1/credential-templates/{id}/candidates', { params: { path: { id: template.id }, query: { limit: 50, cursor } } }),
        )
      : Promise.resolve({ items: [] }),
  )
  return (
    <Loaded query={templates} skeleton={<Skeleton lines={[32, 34, 34, 34]} />}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty icon={Award} title={t('board.noTemplates')} hint={t('board.noTemplatesHint')} />
        ) : (
          <>
            <div className="row wrap g12 mb12">
              <Select
                aria-label={t('credential.template')}
                value={template?.id}
                onChange={choose}
                className="w280"
                options={items.map((x) => ({ value: x.id, label: zh ? x.name_zh : x.name_en }))}
              />
              {template && (
                <span className="row wrap g4">
                  <span className="sm t3">{t('credential.grants')}</span>
                  {template.grants.map((g) => (
                    <SkillTag key={g.tag} tag={g.tag} level={g.level} />
                  ))}
                </span>
              )}
            </div>
            {template && template.requirements.length === 0 && <p className="sm t3 mb12">{t('board.byHand')}</p>}
            <Loaded query={query}>
              {(list) =>
                list.length === 0 ? (
                  <Empty icon={Award} title={t('board.nobody')} hint={t('board.nobodyHint')} />
                ) : (
                  <Table<Candidate>
                    aria-label={t('board.candidates')}
                    rowKey="agent_id"
                    size="small"
                    dataSource={list}
                    pagination={false}
                    scroll={{ x: 820 }}
                    expandable={{
                      rowExpandable: (c) => c.requirements.length > 0,
                      expandedRowRender: (c) => (
                        <div className="read">
                          <Requirements list={c.requirements} />
                        </div>
                      ),
                    }}
                    columns={[
                      { title: t('board.agent'), width: 200, ellipsis: true, render: (_, c) => <Who id={c.agent_id} /> },
                      ...inputs
                        .filter((name) => list.some((c) => c.inputs[name].of > 0))
                        .map((name) => ({
                          title: t('input.' + name),
                          render: (_: unknown, c: Candidate) => <InputState input={c.inputs[name]} />,
                        })),
                      {
                        title: t('board.state'),
                        render: (_, c) => (
                          <State plain tone={states[c.state].tone} shape={states[c.state].shape}>
                            {t('board.is.' + c.state)}
                          </State>
                        ),
                      },
                      {
                        title: <span className="hidden">{t('board.act')}</span>,
                        align: 'right',
                        render: (_, c) =>
                          c.state === 'open' || c.state === 'renewable' ? (
                            <Button size="small" onClick={() => issue(c)}>
                              {t('board.issue')}
                            </Button>
                          ) : (
                            c.credential_id && <Link to={c.credential_id}>{t('board.open')}</Link>
                          ),
                      },
                    ]}
                  />
                )
              }
            </Loaded>
            <More query={query} />
            {issuing && template && <Issue candidate={issuing} template={template} onClose={() => issue(undefined)} />}
          </>
        )
      }
    </Loaded>
  )
}
