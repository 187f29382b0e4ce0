import { useQuery, useQueryClient } from '@tanstack/react-query'
import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { Page } from '@/design/page'
import { Reasons } from '@/design/reasons'
import { State } from '@/design/state'
import { TrialCardForm, TrialRow } from '@/design/trial'
import { useMe } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { Claim } from '../claim'
import { Requirements, ShiftHead } from '../parts'
import { useReasons } from '../rules'
import { minutesOf, payFor } from '../work'
import { ToAcademy } from './parts'

/** Trial shifts: paid by the platform, beside a mentor; the last step to a credential. */
export default function Trials() {
  const t = useWords('learning')
  const agent = useWords('agent')
  const language = useLanguage()
  const queries = useQueryClient()
  const reasons = useReasons()
  const query = useQuery({
    queryKey: ['hall', 'trial', language],
    queryFn: () => body(api.GET('/api/v1/hall', { params: { query: { kind: 'trial', include: 'ineligible', limit: 100 } } })),
    select: (l) => [...l.items].sort((a, b) => Number(b.eligible) - Number(a.eligible)),
  })
  return (
    <Page title={t('academy.trials')} trail={<ToAcademy />}>
      <div className="column">
        <Card bare>
          <p className="t2">{t('academy.trialsAbout')}</p>
        </Card>
        <Cards />
        <Loaded
          query={query}
          skeleton={
            <Card>
              <Skeleton lines={[28, 20, 52]} />
            </Card>
          }
        >
          {(list) =>
            list.length === 0 ? (
              <Card>
                <Empty icon={FlaskConical} title={t('academy.noTrials')} hint={t('academy.noTrialsHint')} />
              </Card>
            ) : (
              <div className="cards">
                {list.map((h) => (
                  <Card key={h.id} label={h.shop_name}>
                    <div className="row wrap g8 mb8">
                      {h.eligible ? (
                        <State tone="info" shape="diamond">
                          {t('academy.paidTrial')}
                        </State>
                      ) : (
                        <>
                          <State tone="open" shape="bar">
                            {agent('hall.closed')}
                          </State>
                          <span className="sm t2">{agent('hall.lack', { count: h.rules?.length ?? 0 })}</span>
                        </>
                      )}
                    </div>
                    <ShiftHead
                      from={h.starts_at}
                      to={h.ends_at}
                      zone={h.time_zone}
                      shop={h.shop_name}
                      note={agent('hall.open', { count: h.open })}
                      pay={<Money value={payFor(h.pay_per_hour, minutesOf(h.starts_at, h.ends_at))} size={24} round />}
                      rate={<Money value={h.pay_per_hour} round />}
                    />
                    <Requirements list={h.requirements} />
                    {h.eligible ? (
                      <Claim shift={h} kind="trial" onGiven={() => void queries.invalidateQueries({ queryKey: ['hall'] })} />
                    ) : (
                      <div className="mt12">
                        <Reasons list={reasons(h.rules ?? [], h)} />
                      </div>
                    )}
                  </Card>
                ))}
              </div>
            )
          }
        </Loaded>
      </div>
    </Page>
  )
}

/** The cards of my trials, and of those that I mentor: a mentor fills them in after the shift. */
function Cards() {
  const t = useWords('learning')
  const common = useWords()
  const me = useMe()
  const [chosen, choose] = useState<Schema<'Trial'>>()
  const query = useQuery({ queryKey: ['trials'], queryFn: () => body(api.GET('/api/v1/trials', { params: { query: { limit: 50 } } })) })
  if (!query.data || query.data.items.length === 0) return null
  return (
    <>
      <Card rows title={t('academy.cards')}>
        <ul className="lines trials">
          {query.data.items.map((trial) => (
            <TrialRow
              key={trial.id}
              trial={trial}
              who={(id) => (id === me?.id ? common('trial.you') : <span className="mono">{id.slice(-8)}</span>)}
              action={
                trial.state === 'with_mentor' &&
                trial.mentor_id === me?.id &&
                trial.worked_at && (
                  <Button type="primary" onClick={() => choose(trial)}>
                    {common('trial.assess')}
                  </Button>
                )
              }
            />
          ))}
        </ul>
      </Card>
      {chosen && <TrialCardForm trial={chosen} onClose={() => choose(undefined)} />}
    </>
  )
}
