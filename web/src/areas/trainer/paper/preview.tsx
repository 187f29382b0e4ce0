import { useQuery } from '@tanstack/react-query'
import { InputNumber } from 'antd'
import { Dices } from 'lucide-react'
import { useState } from 'react'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Loaded } from '@/design/feedback'
import { useWords } from '@/words'
import { QuestionBody } from '../question/body'
import type { Version } from './terms'

/** Preview is the form that a seed stands for. */
export function Preview({ version: v }: { version: Version }) {
  const t = useWords('trainer')
  const [seed, setSeed] = useState(1)
  const [open, setOpen] = useState(false)
  const query = useQuery({
    queryKey: ['papers', v.paper_id, 'preview', v.version, v.revision, seed],
    enabled: open,
    queryFn: () =>
      body(
        api.GET('/api/v1/papers/{id}/versions/{version}/preview', {
          params: { path: { id: v.paper_id, version: v.version }, query: { seed } },
        }),
      ),
  })
  return (
    <>
      <div className="row wrap g8">
        <label className="row g8">
          {t('papers.seed')}
          <InputNumber min={0} precision={0} value={seed} onChange={(s) => setSeed(s ?? 0)} className="w140" />
        </label>
        <Button
          icon={<Dices size={14} aria-hidden />}
          onClick={() => {
            if (open) setSeed(seed + 1)
            setOpen(true)
          }}
        >
          {open ? t('papers.another') : t('papers.draw')}
        </Button>
      </div>
      {open && (
        <Loaded query={query}>
          {({ items }) => (
            <ol className="lines mt16">
              {items.map((i, n) => (
                <li key={i.question_version_id} className="row start g16">
                  <span className="t3 num partno">{n + 1}</span>
                  <div className="grow">
                    <QuestionBody question={i.question} keys />
                  </div>
                  <span className="sm t3 nowrap">{t('papers.nPoints', { count: i.points })}</span>
                </li>
              ))}
            </ol>
          )}
        </Loaded>
      )}
    </>
  )
}
