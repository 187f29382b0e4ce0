import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { BarChart3 } from 'lucide-react'
import { useSearchParams } from 'react-router'
import { api, body } from '@/api/client'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { useLanguage, useWords } from '@/words'
import { Analysis } from './analysis'

const waiting = (
  <div className="sec">
    <Skeleton lines={[80, 280]} />
  </div>
)

/** Item analysis: how well each question of a paper tells strong from weak, by everybody's first attempt. The address names the version. */
export default function Items() {
  const t = useWords('trainer')
  const zh = useLanguage() === 'zh'
  const [params, setParams] = useSearchParams()
  const papers = useQuery({
    queryKey: ['papers', 'all'],
    queryFn: () => body(api.GET('/api/v1/papers', { params: { query: { limit: 200 } } })),
  })
  // A paper whose newest version is a draft may have been sat in one before.
  const list = papers.data?.items.filter((p) => p.state === 'published' || p.version > 1) ?? []
  const paper = list.find((p) => p.paper_id === params.get('paper')) ?? list.at(-1) // the newest: what was published last is what one wants to know about
  const versions = useQuery({
    queryKey: ['papers', paper?.paper_id],
    enabled: paper !== undefined,
    queryFn: () => body(api.GET('/api/v1/papers/{id}/versions', { params: { path: { id: paper?.paper_id ?? '' } } })),
  })
  const published = versions.data?.items.filter((v) => v.state === 'published') ?? []
  const version = published.find((v) => v.version === Number(params.get('v'))) ?? published[0]
  const query = useQuery({
    queryKey: ['analysis', version?.id],
    enabled: version !== undefined,
    queryFn: () =>
      body(
        api.GET('/api/v1/papers/{id}/versions/{version}/analysis', {
          params: { path: { id: version?.paper_id ?? '', version: version?.version ?? 1 } },
        }),
      ),
  })
  const empty = (title: string, hint: string) => (
    <div className="sec">
      <Empty icon={BarChart3} title={title} hint={hint} />
    </div>
  )
  return (
    <Page
      title={t('items.title')}
      note={
        paper && (
          <span className="row wrap g8">
            <Select
              aria-label={t('items.paper')}
              className="w280"
              value={paper.paper_id}
              onChange={(id) => setParams({ paper: id }, { replace: true })}
              showSearch={{ optionFilterProp: 'label' }}
              options={list.map((p) => ({ value: p.paper_id, label: zh ? p.name_zh : p.name_en }))}
            />
            {version && (
              <Select
                aria-label={t('papers.version')}
                value={version.version}
                onChange={(v) => setParams({ paper: paper.paper_id, v: String(v) }, { replace: true })}
                options={published.map((v) => ({ value: v.version, label: `v${v.version}` }))}
              />
            )}
          </span>
        )
      }
    >
      <Loaded query={papers} framed skeleton={waiting}>
        {() =>
          !paper ? (
            empty(t('items.noPaper'), t('items.noPaperHint'))
          ) : (
            <Loaded query={versions} framed skeleton={waiting}>
              {() => (
                <Loaded query={query} framed skeleton={waiting}>
                  {(a) => (a.attempts === 0 ? empty(t('items.none'), t('items.noneHint')) : <Analysis key={version?.id} analysis={a} />)}
                </Loaded>
              )}
            </Loaded>
          )
        }
      </Loaded>
    </Page>
  )
}
