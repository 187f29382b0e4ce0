import { useQuery } from '@tanstack/react-query'
import { api, body, type Schema } from '@/api/client'
import { Loaded } from '@/design/feedback'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { useWords } from '@/words'
import type { Version } from './terms'

/** Check is a version's blueprint, and what the banks lack for it and for a retake. */
export function Check({ version: v }: { version: Version }) {
  const t = useWords('trainer')
  const query = useQuery({
    queryKey: ['papers', v.paper_id, 'check', v.version, v.revision],
    queryFn: () =>
      body(api.GET('/api/v1/papers/{id}/versions/{version}/check', { params: { path: { id: v.paper_id, version: v.version } } })),
  })
  return (
    <Loaded query={query}>
      {(c) => (
        <div className="read">
          <Table<Schema<'CellCheck'>>
            aria-label={t('papers.blueprint')}
            rowKey={(r) => r.topic + r.difficulty}
            size="small"
            pagination={false}
            dataSource={c.cells}
            scroll={{ x: 520 }}
            columns={[
              { title: t('bank.topic'), dataIndex: 'topic', render: (topic: string) => topic || t('papers.anyTopic') },
              { title: t('bank.difficulty'), dataIndex: 'difficulty', align: 'right', render: (d: number) => d || t('papers.any') },
              { title: t('papers.count'), dataIndex: 'count', align: 'right' },
              { title: t('papers.points'), dataIndex: 'points', align: 'right' },
              { title: t('papers.available'), dataIndex: 'available', align: 'right' },
              {
                title: <span className="hidden">{t('papers.standing')}</span>,
                width: 140,
                render: (_, r) =>
                  r.lacking > 0 ? (
                    <State plain tone="miss">
                      {t('papers.lacks', { count: r.lacking })}
                    </State>
                  ) : (
                    <State plain tone="ok">
                      {t('papers.enough')}
                    </State>
                  ),
              },
            ]}
          />
          <p className="t2 mt8">{t('papers.sum', { items: c.items, points: c.points })}</p>
          {c.repeated > c.repeatable && (
            <p className="mt4 wraps">
              <State plain tone="miss">
                {t('papers.repeats', { repeated: c.repeated, repeatable: c.repeatable })}
              </State>
            </p>
          )}
        </div>
      )}
    </Loaded>
  )
}
