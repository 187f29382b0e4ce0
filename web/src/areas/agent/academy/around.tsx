import { Link } from 'react-router'
import { Card } from '@/design/card'
import { Failure, Skeleton } from '@/design/feedback'
import { useNow } from '@/design/time'
import { useWords } from '@/words'
import { QuestionRow, usePeerQuestions } from '../../learning/questions'
import { Glance, usePlay } from './play'
import { ahead, TalkRow, useTalks } from './talks'

// What happens around learning, a glance of each: points, talks, questions that wait for an answer.

export function Points() {
  const t = useWords('learning')
  const play = usePlay()
  return (
    <Card title={t('play.title')} aside={<Link to="/agent/academy/play">{t('play.more')}</Link>}>
      {play.data ? (
        <Glance play={play.data} />
      ) : play.error ? (
        <Failure problem={play.error} onRetry={() => void play.refetch()} />
      ) : (
        <Skeleton lines={[44]} />
      )}
    </Card>
  )
}

export function Talks() {
  const t = useWords('learning')
  const now = useNow(15_000)
  const talks = useTalks()
  const list = ahead(talks.data ?? [], now).slice(0, 2)
  return (
    <Card rows title={t('home.talks')} aside={<Link to="/agent/academy/talks">{t('home.talksAll')}</Link>}>
      {talks.data === undefined ? (
        talks.error ? (
          <Failure problem={talks.error} onRetry={() => void talks.refetch()} />
        ) : (
          <div className="py16">
            <Skeleton lines={[44, 44]} />
          </div>
        )
      ) : list.length === 0 ? (
        <p className="t2 py16">{t('talk.none')}</p>
      ) : (
        <ul className="rows">
          {list.map((x) => (
            <TalkRow key={x.id} talk={x} now={now} />
          ))}
        </ul>
      )}
    </Card>
  )
}

export function OpenQuestions() {
  const t = useWords('learning')
  const query = usePeerQuestions({ open: true }, 3)
  return (
    <Card rows title={t('home.questions')} aside={<Link to="/agent/academy/questions">{t('home.questionsAll')}</Link>}>
      {query.data === undefined ? (
        query.error ? (
          <Failure problem={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <div className="py16">
            <Skeleton lines={[44, 44]} />
          </div>
        )
      ) : query.data.length === 0 ? (
        <p className="t2 py16">
          {t('home.noQuestions')} <Link to="/agent/academy/questions/new">{t('home.ask')}</Link>
        </p>
      ) : (
        <ul className="rows">
          {query.data.slice(0, 3).map((q) => (
            <QuestionRow key={q.id} question={q} to={'/agent/academy/questions/' + q.id} />
          ))}
        </ul>
      )}
    </Card>
  )
}
