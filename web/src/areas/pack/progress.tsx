import type { Schema } from '@/api/client'
import { Loaded } from '@/design/feedback'
import { FillBar } from '@/design/fill-bar'
import { Section } from '@/design/page'
import { Person } from '@/design/person'
import { State, type Tone } from '@/design/state'
import { When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { usePackProgress } from './queries'

const tones: Record<Schema<'PackHolder'>['state'], Tone> = { waiting: 'late', passed: 'ok', released: 'miss' }

/** Progress is whom the newest quiz concerns, and who passed it. */
export function Progress({ shop }: { shop: string }) {
  const t = useWords('pack')
  const language = useLanguage()
  const progress = usePackProgress(shop)
  return (
    <Section title={progress.data?.version ? t('progress.title', { n: progress.data.version }) : t('progress.who')}>
      <Loaded query={progress}>
        {(p) =>
          !p.version ? (
            <p className="t2">{t('progress.noQuiz')}</p>
          ) : p.affected === 0 ? (
            <p className="t2">{t('progress.none')}</p>
          ) : (
            <div className="col g12">
              <div
                role="progressbar"
                aria-label={t('progress.bar', { done: p.passed, of: p.affected })}
                aria-valuemin={0}
                aria-valuemax={p.affected}
                aria-valuenow={p.passed}
              >
                <FillBar filled={p.passed} seats={p.affected} width={160} />
              </div>
              <p className="sm t2">
                {[
                  p.passed > 0 && t('progress.passed', { count: p.passed }),
                  p.waiting > 0 && t('progress.waiting', { count: p.waiting }),
                  p.released > 0 && t('progress.released', { count: p.released }),
                ]
                  .filter(Boolean)
                  .join(language === 'zh' ? '，' : ', ')}
              </p>
              <ul className="rows">
                {p.agents.map((a) => (
                  <li key={a.agent_id} className="stack">
                    <div className="row between g8">
                      <Person name={a.name} fact={t('progress.seats', { count: a.seats })} />
                      <State tone={tones[a.state]} plain>
                        {t('progress.state.' + a.state)}
                      </State>
                    </div>
                    <p className="sm t3">
                      {a.state === 'passed' && a.passed_at ? (
                        <When at={a.passed_at} />
                      ) : (
                        <>
                          {t('progress.due')} <When at={a.due_at} />
                        </>
                      )}
                    </p>
                  </li>
                ))}
              </ul>
              {p.affected > p.agents.length && <p className="sm t3">{t('progress.more', { count: p.affected - p.agents.length })}</p>}
            </div>
          )
        }
      </Loaded>
    </Section>
  )
}
