import { Flag } from 'lucide-react'
import { useState } from 'react'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useWords } from '@/words'
import { Who } from '../../official/who'
import { Evidence } from './evidence'
import { Judge } from './judge'

type ExamFlag = Schema<'ExamFlag'>

/** Flags are what looks odd in an exam; a person judges it, and nothing follows by itself. */
export function Flags() {
  const t = useWords('trainer')
  const [chosen, choose] = useState<ExamFlag>()
  const query = usePages<ExamFlag>(['flags'], (cursor) => body(api.GET('/api/v1/exam-flags', { params: { query: { limit: 50, cursor } } })))
  return (
    <>
      <Loaded query={query} skeleton={<Skeleton lines={[72, 72]} />}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon={Flag} title={t('grading.noFlags')} hint={t('grading.noFlagsHint')} />
          ) : (
            <ul className="lines">
              {list.map((f) => (
                <li key={f.id} className="row wrap start g16">
                  <div className="grow fillrow col g8">
                    <div className="row wrap g8">
                      {f.decision ? (
                        <State tone={f.decision.founded ? 'miss' : 'ok'}>
                          {t(f.decision.founded ? 'grading.founded' : 'grading.unfounded')}
                        </State>
                      ) : (
                        <State tone="late">{t('grading.kind.' + f.kind)}</State>
                      )}
                      {f.involved.map((id) => (
                        <Who key={id} id={id} />
                      ))}
                      <span className="sm t3">
                        <When at={f.raised_at} />
                      </span>
                    </div>
                    <Evidence flag={f} />
                    {f.decision && (
                      <p className="t2 pre">
                        {f.decision.reason}{' '}
                        <span className="sm t3">
                          <When at={f.decision.decided_at} /> <Who id={f.decision.decided_by} plain />
                        </span>
                      </p>
                    )}
                    <details>
                      <summary className="sm t3 clickable">{t('grading.method')}</summary>
                      <p className="sm t3">{f.evidence.method}</p>
                    </details>
                  </div>
                  {!f.decision && <Button onClick={() => choose(f)}>{t('grading.judge')}</Button>}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More query={query} />
      {chosen && <Judge flag={chosen} onClose={() => choose(undefined)} />}
    </>
  )
}
