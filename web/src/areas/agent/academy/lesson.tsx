import { ChevronLeft, ExternalLink, FileDown } from 'lucide-react'
import { lazy, Suspense, useEffect, useEffectEvent, useRef } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Failure, Skeleton } from '@/design/feedback'
import { useLanguage, useWords } from '@/words'
import { LessonQuiz } from './lesson-quiz'
import { Steps } from './parts'

const Markdown = lazy(() => import('@/design/markdown'))

type Course = Schema<'Course'>
type Lesson = Schema<'Lesson'>

/** What is read again once something of a course was done. */
export const stale = [['course'], ['courses'], ['progress'], ['play']]
export const quizLength = (l: Lesson) => l.quiz?.length || l.draw?.questions || 0
export const doneOf = (c: Course, key: string) => c.progress?.lessons.find((l) => l.key === key)?.done_at !== undefined

/** Reader is one lesson: what to read and see, its quiz, and the way on. It remembers where one left. */
export function Reader({ course: c, lesson: l }: { course: Course; lesson: Lesson }) {
  const t = useWords('learning')
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
  const title = language === 'zh' ? l.title_zh : l.title_en
  const needsQuiz = quizLength(l) > 0 && !progress?.quiz_passed
  const on = () => (next ? setSearch({ lesson: next.key }) : setSearch({}))
  return (
    <>
      <Card lead label={t('academy.lesson')}>
        <div className="col g8 mb16">
          <span className="sm t2 num">{t('academy.lessonOf', { n: at + 1, of: c.lessons.length, minutes: l.minutes })}</span>
          <Steps done={c.lessons.map((x) => doneOf(c, x.key))} at={at} />
        </div>
        <Suspense fallback={<Skeleton lines={[20, 20, 20, 20]} />}>
          <Markdown text={language === 'zh' ? l.body_zh : l.body_en} title={title} />
        </Suspense>
        <Attachments lesson={l} />
      </Card>
      {quizLength(l) > 0 && <LessonQuiz course={c.id} lesson={l} passed={Boolean(progress?.quiz_passed)} stale={stale} />}
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
          {needsQuiz ? (
            <p className="t2">{t(next ? 'academy.quizFirst' : 'academy.quizLast')}</p>
          ) : progress?.done_at ? (
            <Button type="primary" className="act grow" onClick={on}>
              {t(next ? 'academy.next' : 'academy.toContents')}
            </Button>
          ) : (
            <Button type="primary" className="act grow" loading={finish.isPending} onClick={() => finish.mutate(l.key, { onSuccess: on })}>
              {t(next ? 'academy.finish' : 'academy.finishLast')}
            </Button>
          )}
        </div>
        <p className="mt16">
          <Link
            className="hit"
            to={
              '/agent/academy/questions/new?about=' +
              encodeURIComponent(`[${title.replace(/[[\]]/g, '')}](/agent/academy/courses/${c.id}?lesson=${l.key})`)
            }
          >
            {t('academy.askAbout')}
          </Link>
        </p>
      </Card>
    </>
  )
}

/** Attachments are the lesson's videos and files. */
function Attachments({ lesson: l }: { lesson: Lesson }) {
  const language = useLanguage()
  if (!l.videos?.length && !l.attachments?.length) return null
  return (
    <ul className="col g8 mt16">
      {(l.videos ?? []).map((v) => (
        <li key={v.url}>
          <a className="attached" href={v.url} target="_blank" rel="noreferrer noopener">
            <ExternalLink size={16} aria-hidden className="rigid" />
            <span className="break">{language === 'zh' ? v.title_zh : v.title_en}</span>
          </a>
        </li>
      ))}
      {(l.attachments ?? []).map((id) => (
        <li key={id}>
          <Attached id={id} />
        </li>
      ))}
    </ul>
  )
}

function Attached({ id }: { id: string }) {
  const t = useWords('learning')
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
    <>
      <Button icon={<FileDown size={16} aria-hidden />} loading={read.isPending} onClick={save}>
        {t('academy.file')}
      </Button>
      {read.error && <Failure problem={read.error} />}
    </>
  )
}

/** usePlace tells the server where in a lesson one is, now and then and when leaving it. */
function usePlace(c: Course, lesson: string) {
  const said = useRef(-1)
  const enrolled = c.progress !== undefined
  const start = c.progress?.place.lesson === lesson ? c.progress.place.at : 0
  const goOn = useEffectEvent((root: HTMLElement) => {
    if (start > 50 && start < 950) window.scrollTo({ top: (start / 1000) * (root.scrollHeight - innerHeight) })
  })
  useEffect(() => {
    if (!enrolled) return
    const root = document.documentElement
    goOn(root)
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
  }, [c.id, lesson, enrolled])
}
