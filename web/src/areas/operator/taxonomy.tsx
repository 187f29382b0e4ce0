import { useQuery } from '@tanstack/react-query'
import { api, body, type Schema } from '@/api/client'
import { Loaded } from '@/design/feedback'
import { Page, Section } from '@/design/page'
import { useLanguage, useWords } from '@/words'

export default function Taxonomy() {
  const t = useWords('operator')
  const zh = useLanguage() === 'zh'
  const query = useQuery({ queryKey: ['tags'], queryFn: () => body(api.GET('/api/v1/tags')), staleTime: Infinity })
  return (
    <Page title={t('taxonomy.title')} note={query.data && <span className="t3">{t('taxonomy.count', { count: query.data.items.length })}</span>}>
      <Loaded query={query}>
        {({ items }) => Object.entries(Object.groupBy(items, (tag: Schema<'Tag'>) => tag.dimension)).map(([dimension, tags]) => (
          <Section key={dimension} title={t('taxonomy.dimension.' + dimension)} note={<span className="mono">{dimension}</span>}>
            <ul style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(220px, 1fr))', gap: 8 }}>
              {tags?.map((tag) => <li key={tag.tag} className="row between g8" style={{ padding: '6px 0', borderBottom: '1px solid var(--line)' }}><span className="m">{zh ? tag.zh : tag.en}</span><span className="mono sm t3">{tag.tag}</span></li>)}
            </ul>
          </Section>
        ))}
      </Loaded>
    </Page>
  )
}
