import { App, Input, InputNumber, Segmented } from 'antd'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { Page } from '@/design/page'
import { Glyph, State } from '@/design/state'
import { useWords } from '@/words'
import { Labelled, Moves } from '../question/parts'
import { useUnsaved } from '../unsaved'
import { blankContent, blankLesson, contentOf, lacks, tidy, type Content, type Lack, type Language, type Lesson } from './draft'
import { LessonBody, Lessons } from './lessons'
import { QuizEditor } from './quiz'
import './course.css'

/** Editor writes a course, or a draft version of one: its lessons one at a time, in one language at a time. */
export function Editor({ course }: { course?: Schema<'Course'> }) {
  const t = useWords('trainer')
  const common = useWords()
  const go = useNavigate()
  const { message, modal } = App.useApp()
  const [content, setContent] = useState<Content>(() => (course ? contentOf(course) : blankContent()))
  const [code, setCode] = useState('')
  const [at, setAt] = useState(0)
  const [language, setLanguage] = useState<Language>('zh')
  const [mode, setMode] = useState<'write' | 'read'>('write')
  const [touched, touch] = useState(false)
  const [tried, setTried] = useState(false)
  const pass = useUnsaved(touched)
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
  const missing = lacks(content)
  const noCode = !course && !/^[a-z0-9_]{1,40}$/.test(code)
  const lesson = content.lessons[at]
  const change = (c: Partial<Content>) => {
    touch(true)
    setContent((old) => ({ ...old, ...c }))
  }
  const changeLesson = (l: Partial<Lesson>) => change({ lessons: content.lessons.map((old, i) => (i === at ? { ...old, ...l } : old)) })
  const store = () => {
    setTried(true)
    if (missing.length > 0 || noCode) return
    save.mutate(tidy(content), {
      onSuccess: (saved) => {
        pass()
        touch(false)
        setTried(false)
        void message.success(common('saved'))
        if (!course) void go('/trainer/courses/' + saved.version_id, { replace: true })
      },
    })
  }
  const sure = () =>
    void modal.confirm({
      title: t('courses.publishSure', { version: course?.version ?? 1 }),
      content: t('courses.publishHint'),
      okText: t('papers.publish'),
      onOk: () =>
        publish.mutateAsync(null).then(
          () => void message.success(t('papers.is.published')),
          () => undefined,
        ),
    })
  const show = (l: Lack) => {
    setMode('write')
    if (l.language) setLanguage(l.language)
    if (l.lesson !== undefined) setAt(l.lesson)
  }
  const text = (key: 'name_zh' | 'name_en' | 'about_zh' | 'about_en', most: number) => (
    <Labelled label={t('courses.' + key)} error={save.error?.at('/' + key)}>
      {(id) => (
        <Input.TextArea
          id={id}
          autoSize={{ minRows: key.startsWith('about') ? 2 : 1, maxRows: 6 }}
          maxLength={most}
          value={content[key]}
          onChange={(e) => change({ [key]: key.startsWith('name') ? e.target.value.replaceAll('\n', ' ') : e.target.value })}
        />
      )}
    </Labelled>
  )
  const failed = save.error ?? publish.error
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
          {course && touched && <span className="sm t3">{t('unsaved.note')}</span>}
        </>
      }
      actions={
        <>
          <Button type={!course || touched ? 'primary' : 'default'} onClick={store} loading={save.isPending}>
            {common('save')}
          </Button>
          {course && !touched && (
            <Button type="primary" loading={publish.isPending} onClick={sure}>
              {t('papers.publish')}
            </Button>
          )}
        </>
      }
    >
      <div className="sec">
        <div className="fields wide">
          {text('name_zh', 100)}
          {text('name_en', 100)}
          {text('about_zh', 2000)}
          {text('about_en', 2000)}
          {!course && (
            <Labelled label={t('banks.code')} hint={t('codeHint')} error={tried && noCode && t('codeNeeded')}>
              {(id) => <Input id={id} maxLength={40} value={code} onChange={(e) => setCode(e.target.value)} />}
            </Labelled>
          )}
        </div>
        {tried && <Lacking list={missing} onShow={show} />}
        {failed && <Failure problem={failed} kept />}
      </div>
      <div className="course">
        <Lessons lessons={content.lessons} at={at} lacking={tried ? new Set(missing.map((m) => m.lesson)) : undefined} onPick={setAt}>
          <Button
            type="text"
            icon={<Plus size={14} aria-hidden />}
            onClick={() => {
              change({ lessons: [...content.lessons, blankLesson(content.lessons)] })
              setAt(content.lessons.length)
            }}
          >
            {t('courses.addLesson')}
          </Button>
        </Lessons>
        {lesson && (
          <article className="sec col g12">
            <div className="row wrap g8">
              <Segmented<Language>
                aria-label={t('courses.language')}
                value={language}
                onChange={setLanguage}
                options={[
                  { value: 'zh', label: '中文' },
                  { value: 'en', label: 'English' },
                ]}
              />
              <Segmented<'write' | 'read'>
                aria-label={t('courses.mode')}
                value={mode}
                onChange={setMode}
                options={[
                  { value: 'write', label: t('courses.write') },
                  { value: 'read', label: t('courses.read') },
                ]}
              />
              {content.lessons.length > 1 && (
                <span className="row end">
                  <Moves
                    list={content.lessons}
                    at={at}
                    onMove={(lessons) => {
                      change({ lessons })
                      setAt(lessons.indexOf(lesson))
                    }}
                  />
                </span>
              )}
            </div>
            {mode === 'read' ? (
              <LessonBody lesson={lesson} language={language} />
            ) : (
              <>
                <div className="row wrap start g16">
                  <div className="grow fillrow">
                    <Labelled label={t('courses.lessonTitle')}>
                      {(id) => (
                        <Input
                          id={id}
                          maxLength={100}
                          placeholder={language === 'zh' ? lesson.title_en : lesson.title_zh}
                          value={lesson[`title_${language}`]}
                          onChange={(e) => changeLesson({ [`title_${language}`]: e.target.value })}
                        />
                      )}
                    </Labelled>
                  </div>
                  <Labelled label={t('courses.length')}>
                    {(id) => (
                      <InputNumber
                        id={id}
                        className="w116"
                        min={1}
                        max={240}
                        precision={0}
                        suffix={t('papers.unit.minutes')}
                        value={lesson.minutes}
                        onChange={(m) => changeLesson({ minutes: m ?? 1 })}
                      />
                    )}
                  </Labelled>
                </div>
                <Labelled label={t('courses.body')}>
                  {(id) => (
                    <Input.TextArea
                      id={id}
                      className="code"
                      maxLength={20_000}
                      autoSize={{ minRows: 12, maxRows: 30 }}
                      value={lesson[`body_${language}`]}
                      onChange={(e) => changeLesson({ [`body_${language}`]: e.target.value })}
                    />
                  )}
                </Labelled>
                <QuizEditor
                  key={lesson.key}
                  lesson={lesson}
                  language={language}
                  wrong={(pointer) => failed?.at(`/lessons/${at}${pointer}`)}
                  onChange={changeLesson}
                />
                {content.lessons.length > 1 && (
                  <div>
                    <Button
                      danger
                      type="text"
                      onClick={() => {
                        change({ lessons: content.lessons.filter((_, i) => i !== at) })
                        setAt(Math.max(at - 1, 0))
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

/** Lacking is what is still to be written, each a way to its place. */
function Lacking({ list, onShow }: { list: Lack[]; onShow: (l: Lack) => void }) {
  const t = useWords('trainer')
  if (list.length === 0) return null
  return (
    <div role="alert" className="mt16">
      <p className="row g8 m">
        <Glyph tone="late" />
        {t('courses.lackCount', { count: list.length })}
      </p>
      <ul className="pills mt8">
        {list.map((l, i) => (
          <li key={i}>
            <button type="button" className="pill" onClick={() => onShow(l)}>
              {l.lesson !== undefined && t('courses.lessonN', { n: l.lesson + 1 })}
              {l.n !== undefined && ` ${t('courses.quizItem', { n: l.n })}`} {t('courses.lacks.' + l.what)}
              {l.language && <span className="t3">{l.language === 'zh' ? '中文' : 'English'}</span>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
