import { PenLine } from 'lucide-react'
import { useState } from 'react'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { When } from '@/design/time'
import { useWords } from '@/words'
import { TaskForm } from './task'

type Task = Schema<'GradingTask'>

/** What was answered, in one line: many answers to one question tell themselves apart by it. */
const said = (x: Task) => x.answer?.text ?? x.answer?.replies?.find(Boolean)

/** Tasks is the queue beside one answer: marking it brings up the next, so that two hundred are two hundred times the same few keys. */
export function Tasks() {
  const t = useWords('trainer')
  const [chosen, choose] = useState<string>()
  const [moved, move] = useState(false)
  const query = usePages<Task>(['grading'], (cursor) =>
    body(api.GET('/api/v1/grading-tasks', { params: { query: { limit: 50, cursor } } })),
  )
  return (
    <Loaded
      query={query}
      framed
      skeleton={
        <div className="sec">
          <Skeleton lines={[160, 160]} />
        </div>
      }
    >
      {(list) => {
        const task = list.find((x) => x.id === chosen) ?? list[0]
        const next = (id: string) => {
          const i = list.findIndex((x) => x.id === id)
          choose((list[i + 1] ?? list[i - 1])?.id)
          move(true)
        }
        return !task ? (
          <div className="sec">
            <Empty icon={PenLine} title={t('grading.none')} hint={t('grading.noneHint')} />
          </div>
        ) : (
          <div className="split queue">
            <div className="sec">
              <TaskForm key={task.id} task={task} focus={moved} onMarked={() => next(task.id)} />
            </div>
            <aside>
              <section className="sec" aria-label={t('grading.list')}>
                <p className="m mb8" role="status">
                  {query.hasNextPage ? t('grading.leftMore', { count: list.length }) : t('grading.left', { count: list.length })}
                </p>
                <ol className="tall rest">
                  {list.map((x) => (
                    <li key={x.id}>
                      <button
                        type="button"
                        className="rowbtn"
                        aria-current={x.id === task.id || undefined}
                        onClick={() => {
                          choose(x.id)
                          move(true)
                        }}
                      >
                        <span className="trunc line">{said(x) || t('grading.saidNothing')}</span>
                        <span className="row g8 sm t3">
                          <span className="trunc grow">{x.question.text.body}</span>
                          <When at={x.opened_at} />
                          {x.round > 1 && <span className="late">{t('grading.round', { round: x.round })}</span>}
                        </span>
                      </button>
                    </li>
                  ))}
                </ol>
                <More query={query} />
              </section>
            </aside>
          </div>
        )
      }}
    </Loaded>
  )
}
