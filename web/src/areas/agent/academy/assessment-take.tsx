import { ChevronLeft, ChevronRight, ClipboardList } from 'lucide-react'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Progress } from '@/design/progress'
import { useMe } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { forgetKept, keep, kept } from './assessment-kept'
import { useForms, type Form } from './assessments'
import './parts'

/** perScreen is how many items stand together: one group is what a phone shows without getting lost. */
const perScreen = 5

export default function TakeAssessment() {
  const t = useWords('learning')
  const language = useLanguage()
  const me = useMe()
  const { form: code = '' } = useParams()
  const forms = useForms()
  const form = forms.data?.find((f) => f.code === code)
  const name = form ? (language === 'zh' ? form.name.zh : form.name.en) : t('assess.title')
  return (
    <Page title={name} trail={<Link to="/agent/academy/assessments">{t('assess.title')}</Link>}>
      <div className="column">
        <Loaded
          query={forms}
          skeleton={
            <Card>
              <Skeleton lines={[20, 96, 96, 96]} />
            </Card>
          }
        >
          {() =>
            form && me ? (
              <Items form={form} account={me.id} />
            ) : (
              <Card>
                <Empty icon={ClipboardList} title={t('assess.noForm')} />
              </Card>
            )
          }
        </Loaded>
      </div>
    </Page>
  )
}

function Items({ form: f, account }: { form: Form; account: string }) {
  const t = useWords('learning')
  const language = useLanguage()
  const go = useNavigate()
  const [answers, setAnswers] = useState(() => kept(localStorage, account, f.code, f.items.length, f.options.length))
  const groups = Math.ceil(f.items.length / perScreen)
  const [group, setGroup] = useState(() => Math.min(groups - 1, Math.floor(Math.max(0, answers.indexOf(-1)) / perScreen)))
  const [asked, setAsked] = useState(false) // the next group was asked for while items were missing
  const head = useRef<HTMLHeadingElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const send = useAct(
    (said: number[], header) => body(api.POST('/api/v1/assessments', { params: { header }, body: { form: f.code, answers: said } })),
    [['assessments']],
  )
  const here = f.items.map((item, i) => ({ item, i })).slice(group * perScreen, (group + 1) * perScreen)
  const done = answers.filter((a) => a >= 0).length
  const missing = here.filter(({ i }) => answers[i]! < 0)
  const pick = (i: number, option: number) => {
    const next = answers.map((a, k) => (k === i ? option : a))
    setAnswers(next)
    keep(localStorage, account, f.code, next)
  }
  const focus = (i: number) => list.current?.querySelector<HTMLElement>(`[data-item="${i}"] input`)?.focus()
  const first = useRef(true)
  useEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    window.scrollTo({ top: 0 })
    head.current?.focus({ preventScroll: true })
  }, [group])
  const step = (by: number) => {
    if (by > 0 && missing.length > 0) {
      setAsked(true)
      focus(missing[0]!.i)
      return
    }
    setAsked(false)
    if (group + by < groups) {
      setGroup(group + by)
      return
    }
    send.mutate(answers, {
      onSuccess: (r) => {
        forgetKept(localStorage, account, f.code)
        void go(`/agent/academy/assessments/${f.code}?result=${r.id}`, { replace: true })
      },
    })
  }
  const typed = (i: number) => (e: KeyboardEvent) => {
    const option = Number(e.key) - 1
    if (e.ctrlKey || e.metaKey || e.altKey || !Number.isInteger(option) || option < 0 || option >= f.options.length) return
    e.preventDefault()
    pick(i, option)
    if (here.some((x) => x.i === i + 1)) focus(i + 1)
    else list.current?.parentElement?.querySelector<HTMLElement>('[data-next]')?.focus()
  }
  return (
    <Card lead label={t('assess.take')}>
      <div className="row between g8 sm t2">
        <h2 ref={head} tabIndex={-1} className="quietfocus">
          {t('assess.group', { n: group + 1, of: groups })}
        </h2>
        <span className="num">{t('assess.answered', { n: done, of: f.items.length })}</span>
      </div>
      <div className="mt8">
        <Progress label={t('assess.answered', { n: done, of: f.items.length })} value={done} of={f.items.length} />
      </div>
      {group === 0 && <p className="t2 mt12">{language === 'zh' ? f.about.zh : f.about.en}</p>}
      <div ref={list} className="mt4">
        {here.map(({ item, i }) => (
          <fieldset key={i} data-item={i} className={asked && answers[i]! < 0 ? 'likert missing' : 'likert'} onKeyDown={typed(i)}>
            <legend>
              <span className="hidden">{t('assess.item', { n: i + 1 })} </span>
              {language === 'zh' ? item.zh : item.en}
            </legend>
            <div className="likertrow">
              {f.options.map((o, k) => (
                <label key={k} className={answers[i] === k ? 'on' : ''}>
                  <input type="radio" name={'item' + i} checked={answers[i] === k} onChange={() => pick(i, k)} />
                  <span>{language === 'zh' ? o.zh : o.en}</span>
                </label>
              ))}
            </div>
          </fieldset>
        ))}
      </div>
      <div role="alert">{asked && missing.length > 0 && <p className="miss mt8">{t('assess.missing', { count: missing.length })}</p>}</div>
      {send.error && <Failure problem={send.error} kept />}
      <div className="row g8 mt16">
        {group > 0 && (
          <Button className="act" icon={<ChevronLeft size={18} aria-hidden />} onClick={() => step(-1)}>
            {t('assess.before')}
          </Button>
        )}
        <Button data-next type="primary" className="act grow" loading={send.isPending} onClick={() => step(1)}>
          {t(group === groups - 1 ? 'assess.finish' : 'assess.after')}
          {group < groups - 1 && <ChevronRight size={18} aria-hidden />}
        </Button>
      </div>
      <p className="sm t3 mt12">
        <span className="deskonly">{t('assess.keys', { count: f.options.length })} </span>
        {t('assess.keptHere')}
      </p>
      <p className="sm t3 mt12 break" lang="en">
        {f.source}
      </p>
    </Card>
  )
}
