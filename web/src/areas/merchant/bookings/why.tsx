import { useQuery } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import { Loaded, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { useTagNames } from '@/design/skill-tag'
import { Glyph } from '@/design/state'
import { Span } from '@/design/time'
import { useWords } from '@/words'
import type { Shift } from './shifts'
import { softer } from './softer'

/** Why says where the agents are lost, rule by rule, and what would help. */
export function Why({ shift, zone }: { shift: Shift; zone: string }) {
  const t = useWords('merchant')
  const name = useTagNames()
  const query = useQuery({
    queryKey: ['gaps', shift.id],
    queryFn: () => body(api.GET('/api/v1/shifts/{id}/gaps', { params: { path: { id: shift.id } } })),
  })
  const ruleName = (rule: string, tag?: string) => (rule === 'tag' ? name(tag ?? '') : t('rule.' + rule))
  return (
    <Loaded query={query} skeleton={<Skeleton lines={[20, 20]} />}>
      {(g) => {
        const lost = g.rules.filter((r) => (r.lost ?? 0) > 0)
        return (
          <div className="soft col g8">
            <div className="row wrap g8">
              <h3>{t('why.title', { count: g.unfilled })}</h3>
              <span className="sm t2">
                {g.bottleneck
                  ? g.bottleneck.rule === 'asked'
                    ? t('why.asked')
                    : t('why.at', { rule: ruleName(g.bottleneck.rule, g.bottleneck.tag) })
                  : t('why.enough')}
              </span>
            </div>
            {lost.length > 0 && (
              <ul className="row wrap g16 sm">
                {lost.map((r) => (
                  <li key={r.rule + (r.tag ?? '')} className="row g4">
                    <Glyph tone="miss" size={11} />
                    {ruleName(r.rule, r.tag)} <b className="m num">{t('why.lost', { count: r.lost })}</b>
                  </li>
                ))}
              </ul>
            )}
            <p className="sm t3">
              {[
                g.agents !== undefined && t('why.agents', { count: g.agents }),
                g.eligible !== undefined && t('why.eligible', { count: g.eligible }),
                g.asked ? t('why.askedCount', { count: g.asked }) : '',
                g.refused ? t('why.refused', { count: g.refused }) : '',
                g.offered > 0 && t('why.offered', { count: g.offered }),
              ]
                .filter(Boolean)
                .join(t('list')) || t('why.few')}
            </p>
            {g.remedies && g.remedies.length > 0 && (
              <ul className="col g4">
                {g.remedies.map((r, i) => (
                  <li key={i} className="row g8 sm start">
                    <span className="pt2">
                      <Glyph tone={r.enough ? 'ok' : 'open'} />
                    </span>
                    <span>
                      {r.kind === 'level' ? (
                        t('remedy.level', { what: softer(shift.requirements, r.requirements ?? [], name, t).join(t('list')) })
                      ) : r.kind === 'pay' ? (
                        <>
                          {t('remedy.pay')} {r.pay_per_hour && <Money value={r.pay_per_hour} />}
                        </>
                      ) : r.kind === 'window' ? (
                        <>
                          {t('remedy.window')}{' '}
                          {r.starts_at && r.ends_at && <Span from={r.starts_at} to={r.ends_at} zone={zone} showZone={false} />}
                        </>
                      ) : (
                        t('remedy.agents')
                      )}{' '}
                      <span className="t3">{r.enough ? t('remedy.enough') : t('remedy.some')}</span>
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </div>
        )
      }}
    </Loaded>
  )
}
