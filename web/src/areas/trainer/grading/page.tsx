import { Segmented } from 'antd'
import { useState } from 'react'
import { Page } from '@/design/page'
import { useWords } from '@/words'
import { Flags } from './flags'
import { Tasks } from './queue'

type View = 'tasks' | 'flags'

/** The grading queue: answers to mark on their rubrics, and what looks odd in an exam and a person should judge. */
export default function Grading() {
  const t = useWords('trainer')
  const [view, setView] = useState<View>('tasks')
  return (
    <Page
      title={t('grading.title')}
      actions={
        <Segmented<View>
          value={view}
          onChange={setView}
          options={[
            { value: 'tasks', label: t('grading.tasks') },
            { value: 'flags', label: t('grading.flags') },
          ]}
        />
      }
    >
      {view === 'tasks' ? (
        <Tasks />
      ) : (
        <div className="sec">
          <Flags />
        </div>
      )}
    </Page>
  )
}
