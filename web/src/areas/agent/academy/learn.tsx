import type { UseQueryResult } from '@tanstack/react-query'
import { BookOpen, ChevronRight, ClipboardList, FlaskConical, Gauge, ListChecks, MessagesSquare, type LucideIcon } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Link } from 'react-router'
import type { Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Failure } from '@/design/feedback'
import { State } from '@/design/state'
import { useLanguage, useWords } from '@/words'
import { strongest, useResults } from './assessments'
import { percent, type usePapers } from './papers'
import { usePlacements, useTests } from './placement'
import { grants, type nearest, type useCourses, type useScenarios, Way } from './way'

type Items<Hook extends () => UseQueryResult<unknown>> = NonNullable<ReturnType<Hook>['data']>

const most = 10

/** List is all there is to learn of one kind: some of it first, all when asked for. It has no place where there is none. */
function List<T>({
  title,
  query,
  row,
}: {
  title: string
  query: Pick<UseQueryResult<T[]>, 'data' | 'error' | 'refetch'>
  row: (one: T) => ReactNode
}) {
  const common = useWords()
  const [all, setAll] = useState(false)
  const list = query.data ?? []
  if (!query.data && !query.error) return null
  return query.error && !query.data ? (
    <Card title={title}>
      <Failure problem={query.error} onRetry={() => void query.refetch()} />
    </Card>
  ) : (
    list.length > 0 && (
      <Card rows title={title}>
        <ul className="rows">{(all ? list : list.slice(0, most)).map(row)}</ul>
        {!all && list.length > most && (
          <div className="py12">
            <Button onClick={() => setAll(true)}>
              {common('all')} {list.length}
            </Button>
          </div>
        )}
      </Card>
    )
  )
}

function Row({ to, icon: Icon, name, note, end }: { to: string; icon: LucideIcon; name: string; note: ReactNode; end?: ReactNode }) {
  return (
    <li>
      <Link className="rowlink" to={to}>
        <Icon size={20} strokeWidth={1.75} color="var(--text2)" aria-hidden className="rigid" />
        <span className="grow">
          <span className="m line break">{name}</span>
          <span className="sm t3">{note}</span>
        </span>
        {end}
        <ChevronRight size={18} color="var(--text3)" aria-hidden className="rigid" />
      </Link>
    </li>
  )
}

export function Courses({ query }: { query: UseQueryResult<Items<typeof useCourses>> }) {
  const t = useWords('learning')
  const language = useLanguage()
  return (
    <List
      title={t('academy.courses')}
      query={query}
      row={(c) => (
        <Row
          key={c.id}
          to={'/agent/academy/courses/' + c.id}
          icon={BookOpen}
          name={language === 'zh' ? c.name_zh : c.name_en}
          note={t('academy.lessons', { count: c.lessons, minutes: c.minutes })}
          end={
            c.completed ? (
              <State tone="ok">{t('academy.done')}</State>
            ) : c.enrolled ? (
              <State tone="info">
                <span className="num">
                  {c.lessons_done} / {c.lessons}
                </span>
              </State>
            ) : null
          }
        />
      )}
    />
  )
}

/** Papers are the exams that may be sat, and how each stands with me: open, being graded, passed. */
export function Papers({ query, attempts }: { query: UseQueryResult<Items<typeof usePapers>>; attempts: Schema<'Attempt'>[] }) {
  const t = useWords('learning')
  const exam = useWords('exam')
  const language = useLanguage()
  return (
    <List
      title={t('academy.exams')}
      query={query}
      row={(p) => {
        const mine = attempts.filter((a) => a.paper_id === p.paper_id)
        return (
          <Row
            key={p.id}
            to={'/agent/academy/papers/' + p.paper_id}
            icon={ListChecks}
            name={language === 'zh' ? p.name_zh : p.name_en}
            note={t('academy.paper', {
              minutes: p.minutes,
              count: p.blueprint.reduce((s, c) => s + c.count, 0),
              score: percent(p.pass_score),
            })}
            end={
              mine.some((a) => a.passed) ? (
                <State tone="ok">{exam('pass')}</State>
              ) : mine[0]?.state === 'open' ? (
                <State tone="late" shape="clock">
                  {exam('sitting')}
                </State>
              ) : mine[0]?.state === 'submitted' ? (
                <State tone="info">{exam('inGrading')}</State>
              ) : null
            }
          />
        )
      }}
    />
  )
}

export function Simulations({ query }: { query: UseQueryResult<Items<typeof useScenarios>> }) {
  const t = useWords('learning')
  const language = useLanguage()
  return (
    <List
      title={t('academy.simulations')}
      query={query}
      row={(s) => (
        <Row
          key={s.id}
          to={'/agent/academy/simulations/' + s.code}
          icon={MessagesSquare}
          name={language === 'zh' ? s.name_zh : s.name_en}
          note={t('academy.scenario', { count: s.dialogues, minutes: Math.ceil(s.seconds / 60) })}
          end={
            s.passed ? (
              <State tone="ok">{percent(s.best ?? 0)}</State>
            ) : s.best !== undefined ? (
              <State tone="late">{percent(s.best)}</State>
            ) : null
          }
        />
      )}
    />
  )
}

export function TrialShifts() {
  const t = useWords('learning')
  return (
    <Card rows title={t('academy.trials')}>
      <ul className="rows">
        <Row to="/agent/academy/trials" icon={FlaskConical} name={t('academy.toTrials')} note={t('academy.trialsHint')} />
      </ul>
    </Card>
  )
}

/** Know is placement, and the questionnaires. */
export function Know() {
  const t = useWords('learning')
  const language = useLanguage()
  const tests = useTests(),
    placements = usePlacements(),
    results = useResults()
  const last = placements.data?.find((p) => p.state === 'finished'),
    open = placements.data?.find((p) => p.state === 'open')
  const interests = results.data?.find((r) => r.scores.length === 6) ?? results.data?.[0]
  return (
    <Card rows title={t('home.know')}>
      <ul className="rows">
        {(tests.data?.length ?? 0) > 0 && (
          <Row
            to="/agent/academy/placement"
            icon={Gauge}
            name={t('home.place')}
            note={open ? t('home.placeOpen') : t('home.placeHint')}
            end={
              !open && last ? (
                <State tone="info" shape="diamond">
                  {t('place.level', { level: last.level })}
                </State>
              ) : null
            }
          />
        )}
        <Row
          to="/agent/academy/assessments"
          icon={ClipboardList}
          name={t('home.assess')}
          note={
            interests
              ? t('home.assessed', { scales: strongest(interests, language).join(language === 'zh' ? '、' : ', ') })
              : t('home.assessHint')
          }
        />
      </ul>
    </Card>
  )
}

/** Others are the ways that do not come next: two of them, and where the rest is. */
export function Others({ list, wanted }: { list: Parameters<typeof nearest>[0]; wanted?: string }) {
  const t = useWords('learning')
  const shown = wanted ? list.filter((p) => grants(p, wanted)).slice(0, 5) : list.slice(0, 2)
  return (
    list.length > 0 && (
      <>
        {shown.map((p) => (
          <Way key={p.template_id} progress={p} wanted={wanted} />
        ))}
        {list.length > shown.length && (
          <Card bare>
            <Link to="/agent/me/credentials">{t('home.allLink')}</Link>
          </Card>
        )}
      </>
    )
  )
}
