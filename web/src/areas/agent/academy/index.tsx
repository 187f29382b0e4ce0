import { GraduationCap } from 'lucide-react'
import { Link, useSearchParams } from 'react-router'
import type { Schema } from '@/api/client'
import { buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Failure, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { useTagNames } from '@/design/skill-tag'
import { Glyph } from '@/design/state'
import { usePhone } from '@/design/theme'
import { Countdown } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { MyPacks } from '../../pack/mine'
import { useProgress } from '../queries'
import { OpenQuestions, Points, Talks } from './around'
import { Courses, Know, Others, Papers, Simulations, TrialShifts } from './learn'
import { useAttempts, usePapers } from './papers'
import { grants, nearest, useCourses, useScenarios, walkable, Way } from './way'
import './parts'

/** The academy: what is open and the next credential's next step first, then all there is to learn, and what happens around it. */
export default function Academy() {
  const t = useWords('learning')
  const agent = useWords('agent')
  const name = useTagNames()
  const isPhone = usePhone()
  const [search] = useSearchParams()
  const wanted = search.get('tag') ?? undefined
  const progress = useProgress(),
    courses = useCourses(),
    papers = usePapers(),
    scenarios = useScenarios(),
    attempts = useAttempts()
  const ways = nearest(progress.data ?? [], wanted)
  const lead = walkable(ways[0]) ? ways[0] : undefined
  const others = lead ? ways.slice(1) : ways
  const sat = attempts.data?.find((a) => a.state === 'open')
  const nothing = [progress, courses, papers, scenarios].every((q) => q.data?.length === 0)
  const first = (
    <>
      {sat && <Sitting attempt={sat} />}
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
        <Way progress={lead} wanted={wanted} lead={!sat} />
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
      <Courses query={courses} />
      <Papers query={papers} attempts={attempts.data ?? []} />
      <MyPacks />
      <Simulations query={scenarios} />
      <TrialShifts />
      <Know />
      <Others list={others} wanted={wanted} />
    </>
  )
  return (
    <Page title={agent('nav.academy')}>
      {isPhone ? (
        <>
          {first}
          <Points />
          {learn}
          <Talks />
          <OpenQuestions />
        </>
      ) : (
        <div className="split">
          <div className="column">
            {first}
            {learn}
          </div>
          <aside>
            <Points />
            <Talks />
            <OpenQuestions />
          </aside>
        </div>
      )}
    </Page>
  )
}

/** Sitting is an exam that was begun: it comes before all else, for its clock runs. */
function Sitting({ attempt: a }: { attempt: Schema<'Attempt'> }) {
  const t = useWords('exam')
  const zh = useLanguage() === 'zh'
  const paper = usePapers().data?.find((p) => p.paper_id === a.paper_id)
  return (
    <Card lead label={t('continue')}>
      <div className="row between g12">
        <span className="lg b break">{paper ? (zh ? paper.name_zh : paper.name_en) : t('title')}</span>
        {!a.paused && (
          <span className="late row g8 nowrap">
            <Glyph tone="late" shape="clock" size={14} />
            {t('leftLabel')} <Countdown until={a.ends_at} />
          </span>
        )}
      </div>
      <Link className={buttonClass({ type: 'primary', block: true, className: 'act mt16' })} to={'/agent/exam/' + a.id}>
        {t('continue')}
      </Link>
    </Card>
  )
}

function AllHeld() {
  const t = useWords('learning')
  return (
    <Card lead label={t('home.allHeld')}>
      <div className="row start g12">
        <span className="pt4">
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
