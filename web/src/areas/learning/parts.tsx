import { Input, Segmented } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { Skeleton } from '@/design/feedback'
import { useAgo, useNow } from '@/design/time'
import { useWords } from '@/words'

const Markdown = lazy(() => import('@/design/markdown'))

/** Body is what somebody wrote, as Markdown; raw HTML in it is text. */
export const Body = ({ text }: { text: string }) => (
  <Suspense fallback={<Skeleton lines={[20]} />}>
    <Markdown text={text} />
  </Suspense>
)

/** By is who wrote something and how long ago: agents by their handle; a trainer by the sign before it. */
export function By({ handle, mine, official, at }: { handle: string; mine: boolean; official?: boolean; at: string }) {
  const t = useWords('learning')
  const ago = useAgo()
  const now = useNow(30_000)
  return (
    <span className="sm t3">
      {mine ? t('you') + ' · ' : official ? '' : t('agent', { handle }) + ' · '}
      <time className="nowrap" dateTime={at}>
        {ago((now - Date.parse(at)) / 1000)}
      </time>
    </span>
  )
}

/** MarkdownField is a text to write in Markdown, and to read as others will. */
export function MarkdownField({
  id,
  value,
  onChange,
  hint,
  most = 4000,
  rows = 6,
}: {
  id: string
  value: string
  onChange: (v: string) => void
  hint: string
  most?: number
  rows?: number
}) {
  const t = useWords('learning')
  const [view, setView] = useState<'write' | 'read'>('write')
  return (
    <div className="col g8">
      {view === 'write' ? (
        <Input.TextArea
          id={id}
          aria-describedby={id + '-hint'}
          autoSize={{ minRows: rows, maxRows: 20 }}
          maxLength={most}
          value={value}
          onChange={(e) => onChange(e.target.value)}
          className="written"
        />
      ) : (
        <div className="soft" style={{ minHeight: rows * 24 }}>
          <Body text={value} />
        </div>
      )}
      <div className="row wrap between g8">
        <span id={id + '-hint'} className="sm t3 grow hint">
          {hint}
        </span>
        <Segmented<'write' | 'read'>
          value={view}
          onChange={setView}
          disabled={!value.trim()}
          options={[
            { value: 'write', label: t('question.write') },
            { value: 'read', label: t('question.read') },
          ]}
        />
      </div>
    </div>
  )
}
