import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { Link, useParams, useSearchParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button, buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Progress } from '@/design/progress'
import { Glyph, State } from '@/design/state'
import { useLanguage, useWords } from '@/words'
import { doneOf, quizLength, Reader, stale } from './lesson'
import { ToAcademy } from './parts'
import { usePlay } from './play'
import { useNext } from './way'

type Course = Schema<'Course'>
type Lesson = Schema<'Lesson'>

/** A course: what is in it and how far I am, and with ?lesson= one of its lessons. */
export default function CoursePage() {
  const t = useWords('learning')
  const language = useLanguage()
  const { id = '' } = useParams()
  const query = useQuery({ queryKey: ['course', id], queryFn: () => body(api.GET('/api/v1/courses/{id}', { params: { path: { id } } })) })
  const name = query.data ? (language === 'zh' ? query.data.name_zh : query.data.name_en) : t('academy.course')
  const [search] = useSearchParams()
  const lesson = query.data?.lessons.find((l) => l.key === search.get('lesson'))
  return (
    <Page
      title={lesson ? (language === 'zh' ? lesson.title_zh : lesson.title_en) : name}
      trail={lesson ? <Link to={'/agent/academy/courses/' + id}>{name}</Link> : <ToAcademy />}
    >
      <div className="column">
        <Loaded
          query={query}
          skeleton={
            <Card>
              <Skeleton lines={[20, 20, 48, 48]} />
            </Card>
          }
        >
          {(c) => (lesson ? <Reader key={lesson.key} course={c} lesson={lesson} /> : <Contents course={c} />)}
        </Loaded>
      </div>
    </Page>
  )
}

function Contents({ course: c }: { course: Course }) {
  const t = useWords('learning')
  const language = useLanguage()
  const [, setSearch] = useSearchParams()
  const enrol = useAct(
    (_: 'enrol', header) => body(api.POST('/api/v1/courses/{id}/enrolment', { params: { path: { id: c.id }, header } })),
    stale,
  )
  const next =
    c.lessons.find((l) => l.key === c.progress?.place.lesson && !doneOf(c, l.key)) ??
    c.lessons.find((l) => !doneOf(c, l.key)) ??
    c.lessons[0]
  const done = c.lessons.filter((l) => doneOf(c, l.key)).length
  const open = (key?: string) => key && setSearch({ lesson: key })
  return (
    <>
      <Card lead label={t('academy.course')}>
        <p className="t2 pre">{language === 'zh' ? c.about_zh : c.about_en}</p>
        {c.progress && (
          <div className="col g8 mt16">
            <div className="row between g8 sm t2">
              <span className="num">{t('academy.lessonsDone', { done, of: c.lessons.length })}</span>
              {c.progress.completed_at && <State tone="ok">{t('academy.done')}</State>}
            </div>
            <Progress value={done} of={c.lessons.length} tone={c.progress.completed_at ? 'ok' : undefined} />
          </div>
        )}
        {enrol.error && <Failure problem={enrol.error} />}
        {c.progress?.completed_at ? (
          <Completed course={c} />
        ) : (
          <Button
            type="primary"
            block
            className="act mt16"
            loading={enrol.isPending}
            onClick={() => (c.progress ? open(next?.key) : enrol.mutate('enrol', { onSuccess: () => open(c.lessons[0]?.key) }))}
          >
            {t(!c.progress || done === 0 ? 'academy.enrol' : 'academy.goOn')}
          </Button>
        )}
      </Card>
      <Card rows title={t('academy.contents')}>
        <ol className="rows">
          {c.lessons.map((l, i) => (
            <li key={l.key}>
              {c.progress ? (
                <Link className="rowlink" to={'?lesson=' + l.key}>
                  <Item lesson={l} n={i + 1} done={doneOf(c, l.key)} />
                  <ChevronRight size={18} color="var(--text3)" aria-hidden className="rigid" />
                </Link>
              ) : (
                <Item lesson={l} n={i + 1} done={false} />
              )}
            </li>
          ))}
        </ol>
      </Card>
    </>
  )
}

/** Completed is what a finished course brought, and where to go on. */
function Completed({ course: c }: { course: Course }) {
  const t = useWords('learning')
  const next = useNext()
  const won = usePlay().data?.events.find((e) => e.kind === 'course' && e.ref === c.code && e.points > 0)
  return (
    <div className="col g16 mt16">
      {won && (
        <p className="row g8 ok m">
          <Glyph tone="ok" />
          {t('academy.won', { points: won.points })}
        </p>
      )}
      {next?.to && (
        <Link className={buttonClass({ type: 'primary', block: true, className: 'act' })} to={next.to}>
          <span className="trunc">{t('home.go', { step: next.name })}</span>
        </Link>
      )}
    </div>
  )
}

function Item({ lesson: l, n, done }: { lesson: Lesson; n: number; done: boolean }) {
  const t = useWords('learning')
  const language = useLanguage()
  return (
    <>
      <span className="rownumber">
        {done ? (
          <>
            <Glyph tone="ok" size={18} />
            <span className="hidden">{t('academy.done')}</span>
          </>
        ) : (
          n
        )}
      </span>
      <span className="grow">
        <span className="m line break">{language === 'zh' ? l.title_zh : l.title_en}</span>
        <span className="sm t3">
          {t('academy.minutes', { count: l.minutes })}
          {quizLength(l) > 0 && ' · ' + t('academy.withQuiz', { count: quizLength(l) })}
        </span>
      </span>
    </>
  )
}
