import { Segmented } from 'antd'
import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Empty, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { TrialCardForm, TrialRow } from '@/design/trial'
import { useWords } from '@/words'
import { Who } from '../official/who'

type Trial = Schema<'Trial'>
type TrialState = Trial['state']

/** Trial shifts: what mentors found, and the cards that no mentor filled in time. */
export default function Trials() {
  const t = useWords('trainer')
  const common = useWords()
  const [state, setState] = useState<TrialState>('with_trainer')
  const [chosen, choose] = useState<Trial>()
  const query = usePages<Trial>(['trials', state], (cursor) =>
    body(api.GET('/api/v1/trials', { params: { query: { limit: 50, cursor, state } } })),
  )
  return (
    <Page
      title={t('trials.title')}
      actions={
        <Segmented<TrialState>
          aria-label={t('trials.which')}
          value={state}
          onChange={setState}
          options={(['with_trainer', 'with_mentor', 'passed', 'failed'] as const).map((s) => ({
            value: s,
            label: common('trial.is.' + s),
          }))}
        />
      }
    >
      <div className="sec">
        <Loaded query={query} skeleton={<Skeleton lines={[72, 72]} />}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon={FlaskConical} title={t('trials.none.' + state)} hint={t('trials.noneHint.' + state)} />
            ) : (
              <ul className="lines">
                {list.map((trial) => (
                  <TrialRow
                    key={trial.id}
                    trial={trial}
                    who={(id) => <Who id={id} plain />}
                    action={
                      trial.state === 'with_trainer' && (
                        <Button type="primary" onClick={() => choose(trial)}>
                          {common('trial.assess')}
                        </Button>
                      )
                    }
                  />
                ))}
              </ul>
            )
          }
        </Loaded>
        <More query={query} />
      </div>
      {chosen && <TrialCardForm trial={chosen} onClose={() => choose(undefined)} />}
    </Page>
  )
}
