import { ClipboardList } from 'lucide-react'
import { useState } from 'react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Sheet } from '@/design/sheet'
import { SkillTag, useTagNames } from '@/design/skill-tag'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useMe } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { kept } from './assessment-kept'
import { minutesFor, Privacy, useForms, useResults, type Form, type Result } from './assessments'
import './parts'

/** One questionnaire: what it is, and what came of it, ?result= an earlier time. */
export default function Assessment() {
  const t = useWords('learning')
  const language = useLanguage()
  const { form: code = '' } = useParams()
  const [search] = useSearchParams()
  const forms = useForms(),
    results = useResults()
  const form = forms.data?.find((f) => f.code === code)
  const mine = results.data?.filter((r) => r.form === code)
  const result = mine?.find((r) => r.id === search.get('result')) ?? mine?.[0]
  const name = form ? (language === 'zh' ? form.name.zh : form.name.en) : t('assess.title')
  return (
    <Page title={name} trail={<Link to="/agent/academy/assessments">{t('assess.title')}</Link>}>
      <div className="column">
        <Loaded
          query={forms}
          skeleton={
            <Card>
              <Skeleton lines={[20, 20, 52]} />
            </Card>
          }
        >
          {() =>
            !form ? (
              <Card>
                <Empty icon={ClipboardList} title={t('assess.noForm')} />
              </Card>
            ) : (
              <Loaded
                query={results}
                skeleton={
                  <Card>
                    <Skeleton lines={[20, 240, 52]} />
                  </Card>
                }
              >
                {() => (
                  <>
                    {result ? <Came form={form} result={result} latest={result === mine?.[0]} /> : <Door form={form} />}
                    {mine && mine.length > 1 && (
                      <Card rows title={t('assess.earlier')}>
                        <ul className="rows">
                          {mine.map((r) => (
                            <li key={r.id}>
                              <Link className="rowlink" to={'?result=' + r.id} aria-current={r === result || undefined}>
                                <span className="grow">
                                  <When at={r.completed_at} />
                                </span>
                                {r === result ? (
                                  <State tone="info" shape="diamond">
                                    {t('assess.latest')}
                                  </State>
                                ) : null}
                              </Link>
                            </li>
                          ))}
                        </ul>
                      </Card>
                    )}
                    <Privacy />
                    <Card title={t('assess.scored')}>
                      <p className="t2">{t('assess.bandHint')}</p>
                      <details className="mt12">
                        <summary>{t('assess.source')}</summary>
                        <p className="sm t2 mt8 break" lang="en">
                          {form.scoring}
                        </p>
                        <p className="sm t2 mt8 break" lang="en">
                          {form.source}
                        </p>
                      </details>
                    </Card>
                  </>
                )}
              </Loaded>
            )
          }
        </Loaded>
      </div>
    </Page>
  )
}

function Door({ form: f }: { form: Form }) {
  const t = useWords('learning')
  const language = useLanguage()
  return (
    <Card lead label={t('assess.take')}>
      <p className="t2">{language === 'zh' ? f.about.zh : f.about.en}</p>
      <p className="sm t3 mt8">{t('assess.items', { count: f.items.length, minutes: minutesFor(f) })}</p>
      <Take form={f} />
    </Card>
  )
}

function Take({ form: f, again }: { form: Form; again?: boolean }) {
  const t = useWords('learning')
  const go = useNavigate()
  const me = useMe()
  const begun = me ? kept(localStorage, me.id, f.code, f.items.length, f.options.length).filter((a) => a >= 0).length : 0
  return (
    <>
      {begun > 0 && <p className="soft sm mt12">{t('assess.kept', { count: begun })}</p>}
      <Button type={again ? 'default' : 'primary'} block className="act mt16" onClick={() => void go('take')}>
        {t(begun > 0 ? 'assess.go' : again ? 'assess.again' : 'assess.take')}
      </Button>
    </>
  )
}

const share = (s: Schema<'ScaleScore'>) => (s.score - s.least) / (s.most - s.least)

/** Came is a result: a hexagon where the scales are six interests, and every scale with its third. */
function Came({ form: f, result: r, latest }: { form: Form; result: Result; latest: boolean }) {
  const t = useWords('learning')
  const language = useLanguage()
  const tagName = useTagNames()
  const [asking, ask] = useState(false)
  const zh = language === 'zh'
  const forget = useAct((id: string) => body(api.DELETE('/api/v1/assessments/{id}', { params: { path: { id } } })), [['assessments']])
  return (
    <>
      <Card lead title={t('assess.profile')} aside={<When at={r.completed_at} />}>
        <div className={f.scales.length === 6 ? 'profile' : undefined}>
          {f.scales.length === 6 && <Hexagon form={f} result={r} />}
          <ul className="rows">
            {r.scores.map((s) => (
              <li key={s.scale} className="stack">
                <div className="row between g8">
                  <span className="m">{zh ? s.name.zh : s.name.en}</span>
                  <span className="row g8">
                    <span className="num t2">{t('assess.of', { score: s.score, most: s.most })}</span>
                    <span className="sm bandname">{t('assess.band.' + s.band)}</span>
                  </span>
                </div>
                <progress className="progress thirds" aria-hidden max={1} value={Math.max(0.02, share(s))} />
                <p className="sm t3">{zh ? s.about.zh : s.about.en}</p>
              </li>
            ))}
          </ul>
        </div>
        <p className="soft sm t2 mt16">{zh ? r.note.zh : r.note.en}</p>
        {latest && <Take form={f} again />}
        <div className="center mt12">
          <button type="button" className="linkbtn miss" onClick={() => ask(true)}>
            {t('assess.forget')}
          </button>
        </div>
      </Card>
      <Card rows title={t('assess.suggest')}>
        {r.suggestions.length === 0 ? (
          <p className="t2 py16">{t('assess.noSuggest')}</p>
        ) : (
          <ul className="rows">
            {r.suggestions.map((s) => (
              <li key={s.tags.join()} className="stack">
                <p className="mb8">{zh ? s.why.zh : s.why.en}</p>
                <div className="row wrap g8">
                  {s.tags.map((tag) => (
                    <Link
                      key={tag}
                      className="chip hit"
                      to={'/agent/academy?tag=' + encodeURIComponent(tag)}
                      aria-label={t('assess.learn', { tag: tagName(tag) })}
                    >
                      <SkillTag tag={tag} />
                    </Link>
                  ))}
                </div>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Sheet open={asking} title={t('assess.forget')} onClose={() => ask(false)}>
        <div className="col g12">
          <p className="t2">{t('assess.forgetSure')}</p>
          {forget.error && <Failure problem={forget.error} />}
          <Button danger block size="large" loading={forget.isPending} onClick={() => forget.mutate(r.id, { onSuccess: () => ask(false) })}>
            {t('assess.forgetDo')}
          </Button>
          <Button block size="large" onClick={() => ask(false)}>
            {t('assess.keep')}
          </Button>
        </div>
      </Sheet>
    </>
  )
}

/** Hexagon is Holland's: the six areas in his order, neighbours alike, thirds as rings. The list beside it says the same in words. */
function Hexagon({ form: f, result: r }: { form: Form; result: Result }) {
  const t = useWords('learning')
  const zh = useLanguage() === 'zh'
  const names = (s: { name: { zh: string; en: string } }) => (zh ? s.name.zh : s.name.en)
  const at = (i: number, far: number) => {
    const a = (Math.PI / 3) * i - Math.PI / 2
    return [140 + Math.cos(a) * far * 88, 124 + Math.sin(a) * far * 88] as const
  }
  const ring = (far: number) => f.scales.map((_, i) => at(i, far).join()).join(' ')
  const of = (code: string) => r.scores.find((s) => s.scale === code)
  return (
    <svg
      viewBox="0 0 280 248"
      width="100%"
      role="img"
      aria-label={t('assess.hexagon', { scales: r.scores.map((s) => `${names(s)} ${s.score}`).join(zh ? '，' : ', ') })}
    >
      {[1 / 3, 2 / 3, 1].map((far) => (
        <polygon
          key={far}
          points={ring(far)}
          fill="none"
          stroke="var(--line-strong)"
          strokeWidth={far === 1 ? 1.2 : 1}
          strokeDasharray={far === 1 ? undefined : '3 3'}
        />
      ))}
      {f.scales.map((s, i) => {
        const [x, y] = at(i, 1)
        return <line key={s.code} x1="140" y1="124" x2={x} y2={y} stroke="var(--line)" />
      })}
      <polygon
        points={f.scales.map((s, i) => at(i, Math.max(0.02, share(of(s.code)!))).join()).join(' ')}
        fill="var(--band)"
        stroke="var(--chart1)"
        strokeWidth="2"
        strokeLinejoin="round"
      />
      {f.scales.map((s, i) => {
        const [x, y] = at(i, share(of(s.code)!))
        return <circle key={s.code} cx={x} cy={y} r="4" fill="var(--chart1)" stroke="var(--surface)" strokeWidth="1.5" />
      })}
      {f.scales.map((s, i) => {
        const [x, y] = at(i, 1.2)
        return (
          <text key={s.code} x={x} y={y + 4} textAnchor="middle" fontSize="12" fill="var(--text2)">
            {names(s)}
          </text>
        )
      })}
    </svg>
  )
}
