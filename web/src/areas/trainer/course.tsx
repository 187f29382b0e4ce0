import { useQuery } from '@tanstack/react-query'
import { App, Input, InputNumber, Segmented } from 'antd'
import { Plus } from 'lucide-react'
import { lazy, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { useLanguage, useWords } from '@/words'
import { LessonQuiz, QuizEditor } from './lesson-quiz'
import './course.css'

const Markdown = lazy(() => import('@/design/markdown'))

type Course = Schema<'Course'>
type Content = Schema<'CourseContent'>
type Lesson = Schema<'Lesson'>

/** A version of a course: its lessons as agents read them, and, of a draft, as trainers write them. */
export default function CoursePage() {
  const { id = '' } = useParams()
  const t = useWords('trainer')
  const fresh = id === 'new'
  const query = useQuery({
    queryKey: ['courses', id],
    enabled: !fresh,
    queryFn: () => body(api.GET('/api/v1/course-versions/{id}', { params: { path: { id } } })),
  })
  if (fresh) return <Editor />
  return (
    <Loaded
      query={query}
      skeleton={
        <div className="sec">
          <Skeleton lines={[28, 20, 320]} />
        </div>
      }
    >
      {(course) =>
        course.state === 'draft' ? (
          <Editor key={course.version_id} course={course} />
        ) : (
          <Reader course={course} trail={<Link to="/trainer/courses">{t('courses.title')}</Link>} />
        )
      }
    </Loaded>
  )
}

function Reader({ course, trail }: { course: Course; trail: React.ReactNode }) {
  const t = useWords('trainer')
  const zh = useLanguage() === 'zh'
  const go = useNavigate()
  const { message } = App.useApp()
  const [at, setAt] = useState(0)
  const next = useAct(
    (c: Content, headers) =>
      body(api.POST('/api/v1/courses/{id}/versions', { params: { path: { id: course.id }, header: headers }, body: c })),
    [['courses']],
  )
  const lesson = course.lessons[at]
  return (
    <Page
      title={zh ? course.name_zh : course.name_en}
      trail={trail}
      note={
        <>
          <State tone="ok">{t('papers.is.published')}</State>
          <span className="t3">v{course.version}</span>
        </>
      }
      actions={
        <Button
          loading={next.isPending}
          onClick={() =>
            next.mutate(contentOf(course), {
              onSuccess: (made) => void go('/trainer/courses/' + made.version_id),
              onError: (p) => void message.error(p.message),
            })
          }
        >
          {t('papers.next')}
        </Button>
      }
    >
      <div className="course">
        <Lessons lessons={course.lessons} at={at} onPick={setAt} />
        <article className="sec">{lesson && <LessonBody lesson={lesson} zh={zh} keys />}</article>
      </div>
    </Page>
  )
}

function Lessons({
  lessons,
  at,
  onPick,
  children,
}: {
  lessons: Lesson[]
  at: number
  onPick: (i: number) => void
  children?: React.ReactNode
}) {
  const t = useWords('trainer')
  const common = useWords()
  const zh = useLanguage() === 'zh'
  return (
    <nav aria-label={t('courses.lessons')} className="lessons">
      <ol>
        {lessons.map((l, i) => (
          <li key={i}>
            <button type="button" aria-current={i === at || undefined} onClick={() => onPick(i)}>
              <span className="t3 num">{i + 1}</span>
              <span className="grow">
                <span className="m">{(zh ? l.title_zh : l.title_en) || '…'}</span>
                <span className="sm t3 line">{common('minutes', { count: l.minutes })}</span>
              </span>
            </button>
          </li>
        ))}
      </ol>
      {children}
    </nav>
  )
}

function LessonBody({ lesson: l, zh, keys }: { lesson: Lesson; zh: boolean; keys?: boolean }) {
  return (
    <>
      <h2 className="mb12">{zh ? l.title_zh : l.title_en}</h2>
      <Markdown text={zh ? l.body_zh : l.body_en} title={zh ? l.title_zh : l.title_en} />
      <LessonQuiz lesson={l} keys={keys} />
    </>
  )
}

const contentOf = (c: Course): Content => ({
  name_zh: c.name_zh,
  name_en: c.name_en,
  about_zh: c.about_zh,
  about_en: c.about_en,
  lessons: c.lessons,
})
const emptyLesson = (n: number): Lesson => ({
  key: 'lesson_' + n,
  title_zh: '',
  title_en: '',
  body_zh: '',
  body_en: '',
  minutes: 10,
  quiz: [],
  quiz_pass: 0,
  videos: [],
  attachments: [],
})

function Editor({ course }: { course?: Course }) {
  const t = useWords('trainer')
  const common = useWords()
  const go = useNavigate()
  const { message } = App.useApp()
  const [content, setContent] = useState<Content>(() =>
    course ? contentOf(course) : { name_zh: '', name_en: '', about_zh: '', about_en: '', lessons: [emptyLesson(1)] },
  )
  const [code, setCode] = useState('')
  const [at, setAt] = useState(0)
  const [language, setLanguage] = useState<'zh' | 'en'>('zh')
  const [mode, setMode] = useState<'write' | 'read'>('write')
  const save = useAct(
    (c: Content, headers) =>
      course
        ? body(
            api.PUT('/api/v1/course-versions/{id}', {
              params: { path: { id: course.version_id }, header: { 'If-Match': `"${course.revision}"` } },
              body: c,
            }),
          )
        : body(api.POST('/api/v1/courses', { params: { header: headers }, body: { ...c, code } })),
    [['courses']],
  )
  const publish = useAct(
    (_: null, headers) =>
      body(api.POST('/api/v1/course-versions/{id}/publication', { params: { path: { id: course?.version_id ?? '' }, header: headers } })),
    [['courses']],
  )
  const lesson = content.lessons[at]
  const change = (l: Partial<Lesson>) =>
    setContent({ ...content, lessons: content.lessons.map((old, i) => (i === at ? { ...old, ...l } : old)) })
  const store = () =>
    save.mutate(content, {
      onSuccess: (saved) => {
        void message.success(common('saved'))
        if (!course) void go('/trainer/courses/' + saved.version_id, { replace: true })
      },
    })
  const text = (key: 'name_zh' | 'name_en' | 'about_zh' | 'about_en') => (
    <label className="col g4 grow" style={{ minWidth: 220 }}>
      <span className="sm t2">{t('courses.' + key)}</span>
      <Input
        value={content[key]}
        onChange={(e) => setContent({ ...content, [key]: e.target.value })}
        status={save.error?.at('/' + key) ? 'error' : undefined}
      />
    </label>
  )
  return (
    <Page
      title={content.name_zh || t('courses.add')}
      trail={<Link to="/trainer/courses">{t('courses.title')}</Link>}
      note={
        <>
          <State tone="open" shape="bar">
            {t('papers.is.draft')}
          </State>
          {course && <span className="t3">v{course.version}</span>}
        </>
      }
      actions={
        <>
          <Button onClick={store} loading={save.isPending}>
            {common('save')}
          </Button>
          {course && (
            <Button
              type="primary"
              loading={publish.isPending}
              onClick={() => publish.mutate(null, { onSuccess: () => void message.success(t('papers.is.published')) })}
            >
              {t('papers.publish')}
            </Button>
          )}
        </>
      }
    >
      <div className="sec">
        <div className="row wrap g16">
          {text('name_zh')}
          {text('name_en')}
          {!course && (
            <label className="col g4">
              <span className="sm t2">{t('banks.code')}</span>
              <Input value={code} onChange={(e) => setCode(e.target.value)} placeholder={t('codeHint')} />
            </label>
          )}
        </div>
        <div className="row wrap g16 mt12">
          {text('about_zh')}
          {text('about_en')}
        </div>
        {(save.error ?? publish.error) && <Failure problem={save.error ?? publish.error} kept />}
      </div>
      <div className="course">
        <Lessons lessons={content.lessons} at={at} onPick={setAt}>
          <Button
            type="text"
            icon={<Plus size={14} aria-hidden />}
            onClick={() => {
              setContent({ ...content, lessons: [...content.lessons, emptyLesson(content.lessons.length + 1)] })
              setAt(content.lessons.length)
            }}
          >
            {t('courses.addLesson')}
          </Button>
        </Lessons>
        {lesson && (
          <article className="sec col g12">
            <div className="row wrap g8">
              <Segmented<'zh' | 'en'>
                value={language}
                onChange={setLanguage}
                options={[
                  { value: 'zh', label: '中文' },
                  { value: 'en', label: 'English' },
                ]}
              />
              <Segmented<'write' | 'read'>
                value={mode}
                onChange={setMode}
                options={[
                  { value: 'write', label: t('courses.write') },
                  { value: 'read', label: t('courses.read') },
                ]}
              />
              <label className="row g8 end sm t2">
                {t('courses.minutes')}
                <InputNumber
                  min={1}
                  max={600}
                  precision={0}
                  value={lesson.minutes}
                  onChange={(m) => change({ minutes: m ?? 1 })}
                  style={{ width: 90 }}
                />
              </label>
            </div>
            {mode === 'read' ? (
              <LessonBody lesson={lesson} zh={language === 'zh'} keys />
            ) : (
              <>
                <Input
                  aria-label={t('courses.lessonTitle')}
                  placeholder={t('courses.lessonTitle')}
                  value={language === 'zh' ? lesson.title_zh : lesson.title_en}
                  onChange={(e) => change(language === 'zh' ? { title_zh: e.target.value } : { title_en: e.target.value })}
                />
                <Input.TextArea
                  aria-label={t('courses.body')}
                  placeholder={t('courses.body')}
                  autoSize={{ minRows: 14, maxRows: 30 }}
                  value={language === 'zh' ? lesson.body_zh : lesson.body_en}
                  onChange={(e) => change(language === 'zh' ? { body_zh: e.target.value } : { body_en: e.target.value })}
                  style={{ fontFamily: 'ui-monospace, monospace' }}
                />
                <QuizEditor
                  key={at}
                  lesson={lesson}
                  wrong={(pointer) => (save.error ?? publish.error)?.at(`/lessons/${at}${pointer}`)}
                  onChange={change}
                />
                {content.lessons.length > 1 && (
                  <div>
                    <Button
                      danger
                      type="text"
                      onClick={() => {
                        setContent({ ...content, lessons: content.lessons.filter((_, i) => i !== at) })
                        setAt(0)
                      }}
                    >
                      {t('courses.removeLesson')}
                    </Button>
                  </div>
                )}
              </>
            )}
          </article>
        )}
      </div>
    </Page>
  )
}
