import { useQuery } from '@tanstack/react-query'
import { Check, ChevronLeft, ChevronRight, FileDown, Play } from 'lucide-react'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Glyph, State } from '@/design/state'
import { useLanguage, useWords } from '@/words'
import { DrawnQuiz } from './drawn-quiz'
import '../exam/exam.css'

const Markdown = lazy(() => import('@/design/markdown'))

type Course = Schema<'Course'>
type Lesson = Schema<'Lesson'>

export default function CoursePage() {
  const t = useWords('agent')
  const language = useLanguage()
  const { id = '' } = useParams()
  const query = useQuery({ queryKey: ['course', id], queryFn: () => body(api.GET('/api/v1/courses/{id}', { params: { path: { id } } })) })
  const name = query.data ? (language === 'zh' ? query.data.name_zh : query.data.name_en) : t('academy.course')
  const [search] = useSearchParams()
  const lesson = query.data?.lessons.find((l) => l.key === search.get('lesson'))
  return (
    <Page
      title={lesson ? (language === 'zh' ? lesson.title_zh : lesson.title_en) : name}
      trail={lesson ? <Link to={'/agent/academy/courses/' + id}>{name}</Link> : <Link to="/agent/academy">{t('nav.academy')}</Link>}
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

const stale = [['course'], ['courses'], ['progress']]
const quizLength = (l: Lesson) => l.quiz?.length || l.draw?.questions || 0
const doneOf = (c: Course, key: string) => c.progress?.lessons.find((l) => l.key === key)?.done_at !== undefined

function Contents({ course: c }: { course: Course }) {
  const t = useWords('agent')
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
          <>
            <div className="row between sm t2 mt16">
              <span>{t('academy.lessonsDone', { done, of: c.lessons.length })}</span>
              {c.progress.completed_at && <State tone="ok">{t('academy.done')}</State>}
            </div>
            <div className="exambar" style={{ height: 6, borderRadius: 3, marginTop: 6, overflow: 'hidden' }}>
              <i style={{ height: 6, width: (done / c.lessons.length) * 100 + '%' }} />
            </div>
          </>
        )}
        {enrol.error && <Failure problem={enrol.error} />}
        <Button
          type="primary"
          block
          className="act"
          style={{ marginTop: 16 }}
          loading={enrol.isPending}
          onClick={() => (c.progress ? open(next?.key) : enrol.mutate('enrol', { onSuccess: () => open(c.lessons[0]?.key) }))}
        >
          {t(!c.progress ? 'academy.enrol' : c.progress.completed_at ? 'academy.again' : 'academy.goOn')}
        </Button>
      </Card>
      <Card rows title={t('academy.contents')}>
        <ol className="rows">
          {c.lessons.map((l, i) => (
            <li key={l.key}>
              {c.progress ? (
                <Link className="rowlink" to={'?lesson=' + l.key}>
                  <Item lesson={l} n={i + 1} done={doneOf(c, l.key)} />
                  <ChevronRight size={18} color="var(--text3)" aria-hidden />
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

function Item({ lesson: l, n, done }: { lesson: Lesson; n: number; done: boolean }) {
  const t = useWords('agent')
  const language = useLanguage()
  return (
    <>
      <span className="num center t2" style={{ width: 24, flex: 'none' }}>
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
        <span className="m line">{language === 'zh' ? l.title_zh : l.title_en}</span>
        <span className="sm t3">
          {t('academy.minutes', { count: l.minutes })}
          {quizLength(l) > 0 && ' · ' + t('academy.withQuiz', { count: quizLength(l) })}
        </span>
      </span>
    </>
  )
}

/** Reader is one lesson: what to read and see, its quiz, and the way on. It remembers where one left. */
function Reader({ course: c, lesson: l }: { course: Course; lesson: Lesson }) {
  const t = useWords('agent')
  const language = useLanguage()
  const [, setSearch] = useSearchParams()
  const at = c.lessons.findIndex((x) => x.key === l.key)
  const next = c.lessons[at + 1],
    before = c.lessons[at - 1]
  const progress = c.progress?.lessons.find((x) => x.key === l.key)
  const finish = useAct(
    (lesson: string, header) =>
      body(api.POST('/api/v1/courses/{id}/lessons-done', { params: { path: { id: c.id }, header }, body: { lesson } })),
    stale,
  )
  usePlace(c, l.key)
  const needsQuiz = quizLength(l) > 0 && !progress?.quiz_passed
  const on = () => (next ? setSearch({ lesson: next.key }) : setSearch({}))
  return (
    <>
      <Card lead label={t('academy.lesson')}>
        <Suspense fallback={<Skeleton lines={[20, 20, 20, 20]} />}>
          <Markdown text={language === 'zh' ? l.body_zh : l.body_en} title={language === 'zh' ? l.title_zh : l.title_en} />
        </Suspense>
        {(l.videos ?? []).map((v) => (
          <a key={v.url} className="pill mt12" href={v.url} target="_blank" rel="noreferrer">
            <Play size={16} aria-hidden />
            {language === 'zh' ? v.title_zh : v.title_en}
          </a>
        ))}
        {(l.attachments ?? []).map((id) => (
          <Attached key={id} id={id} />
        ))}
      </Card>
      {l.draw && <DrawnQuiz course={c.id} lesson={l.key} passed={Boolean(progress?.quiz_passed)} stale={stale} />}
      {(l.quiz?.length ?? 0) > 0 && <Quiz course={c} lesson={l} passed={Boolean(progress?.quiz_passed)} />}
      <Card bare>
        {finish.error && <Failure problem={finish.error} />}
        <div className="row g8">
          {before && (
            <Button
              className="act"
              icon={<ChevronLeft size={18} aria-hidden />}
              aria-label={t('academy.before')}
              onClick={() => setSearch({ lesson: before.key })}
            />
          )}
          {progress?.done_at ? (
            <Button type="primary" className="act grow" onClick={on}>
              {t(next ? 'academy.next' : 'academy.toContents')}
            </Button>
          ) : (
            <Button
              type="primary"
              className="act grow"
              disabled={needsQuiz}
              icon={<Check size={18} aria-hidden />}
              loading={finish.isPending}
              onClick={() => finish.mutate(l.key, { onSuccess: on })}
            >
              {t(needsQuiz ? 'academy.quizFirst' : next ? 'academy.finish' : 'academy.finishLast')}
            </Button>
          )}
        </div>
        <p className="mt16">
          <Link
            to={
              '/agent/academy/questions/new?about=' +
              encodeURIComponent(
                `[${(language === 'zh' ? l.title_zh : l.title_en).replace(/[[\]]/g, '')}](/agent/academy/courses/${c.id}?lesson=${l.key})`,
              )
            }
          >
            {t('academy.askAbout')}
          </Link>
        </p>
      </Card>
    </>
  )
}

/** usePlace tells the server where in a lesson one is, now and then and when leaving it. */
function usePlace(c: Course, lesson: string) {
  const said = useRef(-1)
  const enrolled = c.progress !== undefined
  const start = c.progress?.place.lesson === lesson ? c.progress.place.at : 0
  useEffect(() => {
    if (!enrolled) return
    const root = document.documentElement
    if (start > 50 && start < 950) window.scrollTo({ top: (start / 1000) * (root.scrollHeight - innerHeight) })
    const tell = () => {
      const room = root.scrollHeight - innerHeight
      const at = room <= 0 ? 0 : Math.round(Math.min(1, scrollY / room) * 1000)
      if (at === said.current) return
      said.current = at
      void api.PUT('/api/v1/courses/{id}/place', { params: { path: { id: c.id } }, body: { lesson, at } }).catch(() => undefined) // no harm: it is told again
    }
    const timer = setInterval(tell, 10_000)
    return () => {
      clearInterval(timer)
      tell()
    }
  }, [c.id, lesson, enrolled]) // eslint-disable-line
}

function Attached({ id }: { id: string }) {
  const t = useWords('agent')
  const read = useAct((_: 'file') => body(api.GET('/api/v1/course-attachments/{id}', { params: { path: { id } } })))
  const save = () =>
    read.mutate('file', {
      onSuccess: (file) => {
        const link = document.createElement('a')
        link.href = URL.createObjectURL(
          new Blob([Uint8Array.from(atob(file.content ?? ''), (c) => c.charCodeAt(0))], { type: file.media_type }),
        )
        link.download = file.name
        link.click()
        URL.revokeObjectURL(link.href)
      },
    })
  return (
    <div className="mt12">
      <Button icon={<FileDown size={16} aria-hidden />} loading={read.isPending} onClick={save}>
        {t('academy.file')}
      </Button>
      {read.error && <Failure problem={read.error} />}
    </div>
  )
}

function Quiz({ course: c, lesson: l, passed }: { course: Course; lesson: Lesson; passed: boolean }) {
  const t = useWords('agent')
  const language = useLanguage()
  const items = l.quiz ?? []
  const [picked, setPicked] = useState<number[][]>(() => items.map(() => []))
  const answer = useAct(
    (answers: number[][], header) =>
      body(api.POST('/api/v1/courses/{id}/quiz-answers', { params: { path: { id: c.id }, header }, body: { lesson: l.key, answers } })),
    stale,
  )
  const result = answer.data
  const pick = (q: number, o: number, many: boolean) => {
    if (result) return
    setPicked((p) => p.map((x, i) => (i !== q ? x : many ? (x.includes(o) ? x.filter((y) => y !== o) : [...x, o].sort()) : [o])))
  }
  return (
    <Card
      title={t('academy.quiz')}
      aside={passed ? <State tone="ok">{t('academy.quizPassed')}</State> : t('academy.quizPass', { score: l.quiz_pass ?? 0 })}
    >
      <ol className="col g24">
        {items.map((item, q) => {
          const told = result?.items[q]
          return (
            <li key={q}>
              <div className="m" id={'quiz' + q}>
                {q + 1}. {language === 'zh' ? item.text_zh : item.text_en}
              </div>
              <div role={item.kind === 'single_choice' ? 'radiogroup' : 'group'} aria-labelledby={'quiz' + q} className="col g8 mt8">
                {item.options.map((o, i) => {
                  const on = picked[q]!.includes(i),
                    right = told?.right.includes(i)
                  return (
                    <label key={i} className={on ? 'option on' : 'option'} style={{ minHeight: 44, padding: '10px 14px' }}>
                      <input
                        type={item.kind === 'single_choice' ? 'radio' : 'checkbox'}
                        name={'quiz' + q}
                        checked={on}
                        disabled={Boolean(result)}
                        onChange={() => pick(q, i, item.kind === 'multiple_choice')}
                      />
                      <span className="grow">{language === 'zh' ? o.zh : o.en}</span>
                      {told &&
                        (right ? (
                          <State plain tone="ok">
                            {t('academy.right')}
                          </State>
                        ) : on ? (
                          <State plain tone="miss">
                            {t('academy.wrong')}
                          </State>
                        ) : null)}
                    </label>
                  )
                })}
              </div>
              {told && (language === 'zh' ? told.why_zh : told.why_en) && (
                <p className="soft sm t2 mt8">{language === 'zh' ? told.why_zh : told.why_en}</p>
              )}
            </li>
          )
        })}
      </ol>
      {answer.error && <Failure problem={answer.error} kept />}
      <div role="status" className="mt16">
        {result && (
          <p className="row g8 m">
            <Glyph tone={result.passed ? 'ok' : 'late'} size={16} />
            {t(result.passed ? 'academy.quizOk' : 'academy.quizNot', { right: result.correct, of: items.length })}
          </p>
        )}
      </div>
      {result ? (
        !result.passed && (
          <Button
            block
            size="large"
            style={{ marginTop: 12 }}
            onClick={() => {
              answer.reset()
              setPicked(items.map(() => []))
            }}
          >
            {t('academy.quizAgain')}
          </Button>
        )
      ) : (
        <Button
          type={passed ? 'default' : 'primary'}
          block
          size="large"
          style={{ marginTop: 12 }}
          disabled={picked.some((p) => p.length === 0)}
          loading={answer.isPending}
          onClick={() => answer.mutate(picked)}
        >
          {t('academy.quizSend')}
        </Button>
      )}
    </Card>
  )
}
