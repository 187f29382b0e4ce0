import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Page } from '@/design/page'
import { useWords } from '@/words'
import { Candidates } from './candidates'
import { Issued } from './issued'
import { Revocations } from './revocations'
import { TemplateEditor } from './template-editor'
import { Templates } from './templates'

const views = ['candidates', 'issued', 'revocations', 'templates'] as const
type View = (typeof views)[number]

/** The certification board: who is on the way, what was issued, revocations that wait for a second person, and what there is to earn. */
export default function Board() {
  const t = useWords('official')
  const [params, setParams] = useSearchParams()
  const [adding, setAdding] = useState(false)
  const view = views.find((v) => v === params.get('view')) ?? 'candidates'
  const waiting = useQuery({
    queryKey: ['revocations', 'count'],
    queryFn: () => body(api.GET('/api/v1/revocation-requests', { params: { query: { limit: 50 } } })),
  }).data
  return (
    <Page
      title={t('credential.trail')}
      actions={
        <>
          <div className="scroll min0">
            <Segmented<View>
              aria-label={t('credential.trail')}
              value={view}
              onChange={(v) => setParams({ view: v }, { replace: true })}
              options={views.map((v) => ({
                value: v,
                label:
                  v === 'revocations' && waiting && waiting.items.length > 0
                    ? `${t('board.' + v)} ${waiting.items.length}${waiting.next_cursor ? '+' : ''}`
                    : t('board.' + v),
              }))}
            />
          </div>
          {view === 'templates' && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t('template.add')}
            </Button>
          )}
        </>
      }
    >
      <div className="sec">
        {view === 'candidates' ? <Candidates /> : view === 'issued' ? <Issued /> : view === 'revocations' ? <Revocations /> : <Templates />}
      </div>
      {adding && <TemplateEditor onClose={() => setAdding(false)} />}
    </Page>
  )
}
