import { useQuery } from '@tanstack/react-query'
import { App } from 'antd'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { contentOf, type Content } from './draft'
import { Editor } from './editor'
import { LessonBody, Lessons } from './lessons'
import './course.css'

/** A version of a course: its lessons as agents read them, and, of a draft, as trainers write them. */
export default function CoursePage() {
  const { id = '' } = useParams()
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
      framed
      skeleton={
        <div className="sec">
          <Skeleton lines={[28, 20, 320]} />
        </div>
      }
    >
      {(course) => (course.state === 'draft' ? <Editor key={course.version_id} course={course} /> : <Reader course={course} />)}
    </Loaded>
  )
}

function Reader({ course }: { course: Schema<'Course'> }) {
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
      trail={<Link to="/trainer/courses">{t('courses.title')}</Link>}
      note={
        <span className="row wrap g8">
          <State tone="ok">{t('papers.is.published')}</State>
          <span className="t3">
            v{course.version}
            {course.published_at && (
              <>
                {' · '}
                <When at={course.published_at} />
              </>
            )}
          </span>
        </span>
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
      <p className="sec t2 pre">{zh ? course.about_zh : course.about_en}</p>
      <div className="course">
        <Lessons lessons={course.lessons} at={at} onPick={setAt} />
        <article className="sec">{lesson && <LessonBody lesson={lesson} language={zh ? 'zh' : 'en'} />}</article>
      </div>
    </Page>
  )
}
