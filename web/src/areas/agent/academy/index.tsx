import { BookOpen, ChevronRight, FlaskConical, GraduationCap, ListChecks, MessagesSquare } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'react-router'
import { Card } from '@/design/card'
import { Empty, Failure, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { useTagNames } from '@/design/skill-tag'
import { State } from '@/design/state'
import { useLanguage, useWords } from '@/words'
import { useProgress } from '../queries'
import { percent, usePapers } from './papers'
import { useCourses, useScenarios, Way } from './way'

export default function Academy() {
  const t = useWords('agent')
  const name = useTagNames()
  const [search] = useSearchParams()
  const wanted = search.get('tag') ?? undefined
  const progress = useProgress(), courses = useCourses(), papers = usePapers(), scenarios = useScenarios()
  const ways = (progress.data ?? []).filter((p) => p.state !== 'held').sort((a, b) => Number(grants(b, wanted)) - Number(grants(a, wanted)))
  const nothing = [progress, courses, papers, scenarios].every((q) => q.data?.length === 0)
  return (
    <Page title={t('nav.academy')}>
      <div className="column">
        {wanted && <Card bare><p className="t2">{t(ways.some((p) => grants(p, wanted)) ? 'academy.wanted' : 'academy.wantedNone', { tag: name(wanted) })}</p></Card>}
        {progress.error ? <Card><Failure problem={progress.error} onRetry={() => void progress.refetch()} /></Card> : progress.data === undefined && <Card><Skeleton lines={[24, 44, 44]} /></Card>}
        {ways.map((p) => <Way key={p.template_id} progress={p} wanted={wanted} />)}
        {nothing && <Card><Empty icon={GraduationCap} title={t('academy.none')} hint={t('academy.noneHint')} /></Card>}
        <Courses list={courses.data} error={courses.error} />
        <Papers list={papers.data} error={papers.error} />
        <Simulations list={scenarios.data} error={scenarios.error} />
        <Card rows title={t('academy.trials')}><ul className="rows"><Row to="/agent/academy/trials" icon={<FlaskConical size={20} strokeWidth={1.75} />} name={t('academy.toTrials')} note={t('academy.trialsHint')} /></ul></Card>
      </div>
    </Page>
  )
}

const grants = (p: { grants: { tag: string }[] }, tag?: string) => p.grants.some((g) => g.tag === tag)

function Row({ to, icon, name, note, end }: { to: string; icon: ReactNode; name: string; note: ReactNode; end?: ReactNode }) {
  return <li><Link className="rowlink" to={to}><span aria-hidden style={{ color: 'var(--text2)', display: 'flex', flex: 'none' }}>{icon}</span><span className="grow"><span className="m" style={{ display: 'block' }}>{name}</span><span className="sm t3">{note}</span></span>{end}<ChevronRight size={18} color="var(--text3)" aria-hidden style={{ flex: 'none' }} /></Link></li>
}

type Said<Hook extends () => { data: unknown; error: unknown }> = { list: ReturnType<Hook>['data']; error: unknown }

function Courses({ list, error }: Said<typeof useCourses>) {
  const t = useWords('agent')
  const language = useLanguage()
  if (error) return <Card title={t('academy.courses')}><Failure problem={error} /></Card>
  return list && list.length > 0 && (
    <Card rows title={t('academy.courses')}>
      <ul className="rows">{list.map((c) => (
        <Row key={c.id} to={'/agent/academy/courses/' + c.id} icon={<BookOpen size={20} strokeWidth={1.75} />} name={language === 'zh' ? c.name_zh : c.name_en} note={t('academy.lessons', { count: c.lessons, minutes: c.minutes })}
          end={c.completed ? <State tone="ok">{t('academy.done')}</State> : c.enrolled ? <State tone="info">{c.lessons_done} / {c.lessons}</State> : null} />
      ))}</ul>
    </Card>
  )
}

function Papers({ list, error }: Said<typeof usePapers>) {
  const t = useWords('agent')
  const language = useLanguage()
  if (error) return <Card title={t('academy.exams')}><Failure problem={error} /></Card>
  return list && list.length > 0 && (
    <Card rows title={t('academy.exams')}>
      <ul className="rows">{list.map((p) => (
        <Row key={p.id} to={'/agent/academy/papers/' + p.paper_id} icon={<ListChecks size={20} strokeWidth={1.75} />} name={language === 'zh' ? p.name_zh : p.name_en} note={t('academy.paper', { minutes: p.minutes, count: p.blueprint.reduce((s, c) => s + c.count, 0), score: percent(p.pass_score) })} />
      ))}</ul>
    </Card>
  )
}

function Simulations({ list, error }: Said<typeof useScenarios>) {
  const t = useWords('agent')
  const language = useLanguage()
  if (error) return <Card title={t('academy.simulations')}><Failure problem={error} /></Card>
  return list && list.length > 0 && (
    <Card rows title={t('academy.simulations')}>
      <ul className="rows">{list.map((s) => (
        <Row key={s.id} to={'/agent/academy/simulations/' + s.code} icon={<MessagesSquare size={20} strokeWidth={1.75} />} name={language === 'zh' ? s.name_zh : s.name_en} note={t('academy.scenario', { count: s.dialogues, minutes: Math.ceil(s.seconds / 60) })}
          end={s.passed ? <State tone="ok">{percent(s.best ?? 0)}</State> : s.best !== undefined ? <State tone="late">{percent(s.best)}</State> : null} />
      ))}</ul>
    </Card>
  )
}
