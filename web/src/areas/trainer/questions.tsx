import { Page } from '@/design/page'
import { useWords } from '@/words'
import { Questions } from '../learning/questions'
import { Thread } from '../learning/thread'

/** Questions among agents: a trainer answers, and may accept an answer. */
export default function List() {
  const t = useWords('learning')
  return (
    <Page title={t('question.title')}>
      <div className="column">
        <Questions asks={false} />
      </div>
    </Page>
  )
}

export const One = () => <Thread back="/trainer/questions" judges />
