import { BookOpen, ChevronRight, ClipboardList, FlaskConical, Gauge, GraduationCap, ListChecks, MessagesSquare } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'react-router'

import { Card } from '@/design/card'
import { Empty, Failure, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { useTagNames } from '@/design/skill-tag'
import { Glyph, State } from '@/design/state'
import { usePhone } from '@/design/theme'
import { useNow } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { QuestionRow, usePeerQuestions } from '../../learning/questions'
import { MyPacks } from '../../pack/mine'
import { useProgress } from '../queries'
import { strongest, useResults } from './assessments'
import { percent, usePapers } from './papers'
import { usePlacements, useTests } from './placement'
import { Glance, usePlay } from './play'
import { ahead, TalkRow, useTalks } from './talks'
import { grants, nearest, useCourses, useScenarios, walkable, Way } from './way'
import './parts'

/** The academy: the next credential and its next step first, then all there is to learn, and what happens around it. */
export default function Academy() {
  const t = useWords('agent')
  const name = useTagNames()
  const isPhone = usePhone()
  const [search] = useSearchParams()
  const wanted = search.get('tag') ?? undefined
  const progress = useProgress(),
    courses = useCourses(),
    papers = usePapers(),
    scenarios = useScenarios()
  const ways = nearest(progress.data ?? [], wanted)
  const lead = walkable(ways[0]) ? ways[0] : undefined
  const others = lead ? ways.slice(1) : ways
  const nothing = [progress, courses, papers, scenarios].every((q) => q.data?.length === 0)
  const first = (
    <>
      {wanted && (
        <Card bare>
          <p className="t2">{t(ways.some((p) => grants(p, wanted)) ? 'academy.wanted' : 'academy.wantedNone', { tag: name(wanted) })}</p>
        </Card>
      )}
      {progress.error ? (
        <Card>
          <Failure problem={progress.error} onRetry={() => void progress.refetch()} />
        </Card>
      ) : progress.data === undefined ? (
        <Card lead>
          <Skeleton lines={[24, 8, 44, 44, 52]} />
        </Card>
      ) : lead ? (
        <Way progress={lead} wanted={wanted} lead />
      ) : (
        progress.data.length > 0 && others.length === 0 && <AllHeld />
      )}
      {nothing && (
        <Card>
          <Empty icon={GraduationCap} title={t('academy.none')} hint={t('academy.noneHint')} />
        </Card>
      )}
    </>
  )
  const learn = (
    <>
      <Courses list={courses.data} error={courses.error} />
      <Papers list={papers.data} error={papers.error} />
      <MyPacks />
      <Simulations list={scenarios.data} error={scenarios.error} />
      <Know />
      <Card rows title={t('academy.trials')}>
        <ul className="rows">
          <Row
            to="/agent/academy/trials"
            icon={<FlaskConical size={20} strokeWidth={1.75} />}
            name={t('academy.toTrials')}
            note={t('academy.trialsHint')}
          />
        </ul>
      </Card>
      <Others list={others} wanted={wanted} />
    </>
  )
  const around = (
    <>
      <Points />
      <Talks />
      <OpenQuestions />
    </>
  )
  return (
    <Page title={t('nav.academy')}>
      {isPhone ? (
        <>
          {first}
          {around}
          {learn}
        </>
      ) : (
        <div className="split">
          <div className="column">
            {first}
            {learn}
          </div>
          <aside>{around}</aside>
        </div>
      )}
    </Page>
  )
}

function Row({ to, icon, name, note, end }: { to: string; icon: ReactNode; name: string; note: ReactNode; end?: ReactNode }) {
  return (
    <li>
      <Link className="rowlink" to={to}>
        <span aria-hidden style={{ color: 'var(--text2)', display: 'flex', flex: 'none' }}>
          {icon}
        </span>
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

function AllHeld() {
  const t = useWords('learning')
  return (
    <Card lead label={t('home.allHeld')}>
      <div className="row start g12">
        <span style={{ paddingTop: 3 }}>
          <Glyph tone="ok" size={16} />
        </span>
        <div className="col g8">
          <div className="m">{t('home.allHeld')}</div>
          <div className="sm t2">{t('home.allHeldHint')}</div>
          <Link to="/agent/me/credentials">{t('home.toCredentials')}</Link>
        </div>
      </div>
    </Card>
  )
}

/** Others are the ways that do not come next: two of them, and where the rest is. */
function Others({ list, wanted }: { list: Parameters<typeof nearest>[0]; wanted?: string }) {
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

function Points() {
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

function Talks() {
  const t = useWords('learning')
  const learning = useWords('learning')
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
        <p className="t2 py16">{learning('talk.none')}</p>
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

function OpenQuestions() {
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

/** Know is placement, and the questionnaires. */
function Know() {
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
            icon={<Gauge size={20} strokeWidth={1.75} />}
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
          icon={<ClipboardList size={20} strokeWidth={1.75} />}
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

type Said<Hook extends () => { data: unknown; error: unknown }> = { list: ReturnType<Hook>['data']; error: unknown }

function Courses({ list, error }: Said<typeof useCourses>) {
  const t = useWords('agent')
  const language = useLanguage()
  if (error)
    return (
      <Card title={t('academy.courses')}>
        <Failure problem={error} />
      </Card>
    )
  return (
    list &&
    list.length > 0 && (
      <Card rows title={t('academy.courses')}>
        <ul className="rows">
          {list.map((c) => (
            <Row
              key={c.id}
              to={'/agent/academy/courses/' + c.id}
              icon={<BookOpen size={20} strokeWidth={1.75} />}
              name={language === 'zh' ? c.name_zh : c.name_en}
              note={t('academy.lessons', { count: c.lessons, minutes: c.minutes })}
              end={
                c.completed ? (
                  <State tone="ok">{t('academy.done')}</State>
                ) : c.enrolled ? (
                  <State tone="info">
                    {c.lessons_done} / {c.lessons}
                  </State>
                ) : null
              }
            />
          ))}
        </ul>
      </Card>
    )
  )
}

function Papers({ list, error }: Said<typeof usePapers>) {
  const t = useWords('agent')
  const language = useLanguage()
  if (error)
    return (
      <Card title={t('academy.exams')}>
        <Failure problem={error} />
      </Card>
    )
  return (
    list &&
    list.length > 0 && (
      <Card rows title={t('academy.exams')}>
        <ul className="rows">
          {list.map((p) => (
            <Row
              key={p.id}
              to={'/agent/academy/papers/' + p.paper_id}
              icon={<ListChecks size={20} strokeWidth={1.75} />}
              name={language === 'zh' ? p.name_zh : p.name_en}
              note={t('academy.paper', {
                minutes: p.minutes,
                count: p.blueprint.reduce((s, c) => s + c.count, 0),
                score: percent(p.pass_score),
              })}
            />
          ))}
        </ul>
      </Card>
    )
  )
}

function Simulations({ list, error }: Said<typeof useScenarios>) {
  const t = useWords('agent')
  const language = useLanguage()
  if (error)
    return (
      <Card title={t('academy.simulations')}>
        <Failure problem={error} />
      </Card>
    )
  return (
    list &&
    list.length > 0 && (
      <Card rows title={t('academy.simulations')}>
        <ul className="rows">
          {list.map((s) => (
            <Row
              key={s.id}
              to={'/agent/academy/simulations/' + s.code}
              icon={<MessagesSquare size={20} strokeWidth={1.75} />}
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
          ))}
        </ul>
      </Card>
    )
  )
}
