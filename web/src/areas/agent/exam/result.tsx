import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { buttonClass } from '@/design/button'
import { Loaded } from '@/design/feedback'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { percent } from '../academy/papers'

/** Result is how an attempt went, by topic; neither questions nor keys. */
export function Result({ attempt: a }: { attempt: Schema<'Attempt'> }) {
  const t = useWords('agent')
  const language = useLanguage()
  const review = useQuery({
    queryKey: ['review', a.id],
    queryFn: () => body(api.GET('/api/v1/attempts/{id}/review', { params: { path: { id: a.id } } })),
    enabled: a.state === 'graded',
  })
  return (
    <div className="col g16">
      <div className="row between start g12">
        <h1>{t(a.state === 'submitted' ? 'exam.handedIn' : a.passed ? 'exam.passed' : 'exam.failed')}</h1>
        {a.state === 'graded' &&
          (a.passed ? (
            <State tone="ok">{t('exam.pass')}</State>
          ) : (
            <State tone="open" shape="ring">
              {t('exam.fail')}
            </State>
          ))}
      </div>
      <p className="t2">{t(a.state === 'submitted' ? 'exam.handedInHint' : a.passed ? 'exam.passedHint' : 'exam.failedHint')}</p>
      {a.state === 'graded' && (
        <section className="panel p16">
          <Loaded query={review}>
            {(r) => (
              <>
                <div className="row base between">
                  <span className="b" style={{ fontSize: 34, lineHeight: '42px' }}>
                    {percent(r.score)}
                  </span>
                  <span className="t2">{t('exam.need', { score: percent(r.pass_score) })}</span>
                </div>
                <ul className="rows">
                  {r.topics.map((x) => (
                    <li key={x.topic} className="stack">
                      <div className="row between g8">
                        <span className="m">{(language === 'en' && x.topic_en) || x.topic || t('exam.anyTopic')}</span>
                        <span className="num">{percent(x.score)}</span>
                      </div>
                      <div aria-hidden style={{ height: 6, borderRadius: 3, background: 'var(--sunken)', margin: '6px 0' }}>
                        <i
                          style={{
                            display: 'block',
                            height: 6,
                            borderRadius: 3,
                            width: x.score / 100 + '%',
                            background: x.score >= r.pass_score ? 'var(--ok)' : 'var(--late)',
                          }}
                        />
                      </div>
                      <div className="sm t3">
                        {[
                          ['right', x.right],
                          ['partly', x.partly],
                          ['wrong', x.wrong],
                          ['unanswered', x.unanswered],
                        ]
                          .filter(([, n]) => Number(n) > 0)
                          .map(([k, n]) => t('exam.topic.' + String(k), { n }))
                          .join(language === 'zh' ? '，' : ', ')}
                      </div>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </Loaded>
        </section>
      )}
      {a.closed_at && (
        <p className="sm t3">
          {t(a.closed_by === 'time' ? 'exam.byTime' : 'exam.byMe')} <When at={a.closed_at} seconds showZone />
        </p>
      )}
      <Link className={buttonClass()} style={{ alignSelf: 'start' }} to="/agent/academy">
        {t('exam.toAcademy')}
      </Link>
    </div>
  )
}
