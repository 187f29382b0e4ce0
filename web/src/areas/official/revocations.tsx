import { Award } from 'lucide-react'
import { Link } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Empty, Loaded } from '@/design/feedback'
import { More } from '@/design/more'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useMe } from '@/session/session'
import { useLanguage, useWords } from '@/words'
import { Who } from './who'

/** Revocations wait for a second person, who reads the whole record before confirming: hence a link and not a button. */
export function Revocations() {
  const t = useWords('official')
  const me = useMe()
  const zh = useLanguage() === 'zh'
  const query = usePages<Schema<'RevocationRequest'>>(['revocations', 'list'], (cursor) =>
    body(api.GET('/api/v1/revocation-requests', { params: { query: { limit: 50, cursor } } })),
  )
  return (
    <>
      <Loaded query={query}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon={Award} title={t('board.noRevocations')} hint={t('board.noRevocationsHint')} />
          ) : (
            <ul className="lines">
              {list.map((r) => (
                <li key={r.id} className="row wrap start g16">
                  <div className="grow fillrow col g4">
                    <div className="row wrap g8">
                      <span className="m">{zh ? r.name_zh : r.name_en}</span>
                      <Who id={r.agent_id} />
                      <State tone="late" shape="clock">
                        {t('credential.grounds.' + r.reason_code, { defaultValue: r.reason_code })}
                      </State>
                    </div>
                    <p className="pre">{r.reason}</p>
                    <p className="row wrap g4 sm t2">
                      {t('credential.askedBy')} <Who id={r.requested_by} plain /> <When at={r.requested_at} />
                      <span className="t3">
                        {t('credential.waitingUntil')} <When at={r.lapses_at} />
                      </span>
                    </p>
                    {r.requested_by === me?.id && <p className="sm t3">{t('credential.ownRequest')}</p>}
                  </div>
                  <Link to={r.credential_id} className="m">
                    {t('board.review')}
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More query={query} />
    </>
  )
}
