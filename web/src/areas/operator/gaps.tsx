import { useQuery } from '@tanstack/react-query'
import { api, body, type Schema } from '@/api/client'
import { Loaded, Skeleton } from '@/design/feedback'
import { Money } from '@/design/money'
import { Section } from '@/design/page'
import { SkillTag } from '@/design/skill-tag'
import { State } from '@/design/state'
import { Span } from '@/design/time'
import { useWords } from '@/words'
import { Explain } from './explain'
import { ShiftTime, type ShortShift } from './short-shifts'

type GapsOf = Schema<'Gaps'>

/**
 * Gaps is why a shift's seats are open: the agents lost at each rule, where the bottleneck is, the smallest changes that would fill it, and
 * why one agent is not there. bare leaves the section out, where a sheet has the title already.
 */
export function Gaps({ shift, bare }: { shift: ShortShift; bare?: boolean }) {
  const t = useWords('operator')
  const query = useQuery({
    queryKey: ['gaps', shift.shift_id],
    queryFn: () => body(api.GET('/api/v1/shifts/{id}/gaps', { params: { path: { id: shift.shift_id } } })),
  })
  const g = query.data
  const content = (
    <>
      <p className="t2 mb12">
        <span className="break">{shift.shop_name}</span>
        <span className="line num">
          <ShiftTime shift={shift} />
        </span>
      </p>
      <Loaded query={query} skeleton={<Skeleton lines={[20, 28, 28, 28, 28, 28]} />}>
        {(gaps) => (
          <>
            <Verdict gaps={gaps} />
            <Funnel gaps={gaps} />
            <Remedies gaps={gaps} />
          </>
        )}
      </Loaded>
      <Explain key={shift.shift_id} shift={shift.shift_id} />
    </>
  )
  if (bare) return content
  const open = g?.unfilled ?? shift.open
  return (
    <Section
      title={t('gaps.title', { count: open })}
      aside={<State tone={open > 0 ? 'miss' : 'ok'}>{t('gaps.of', { open, seats: g?.seats ?? shift.seats })}</State>}
    >
      {content}
    </Section>
  )
}

/** Verdict is the answer in a sentence. */
function Verdict({ gaps: g }: { gaps: GapsOf }) {
  const t = useWords('operator')
  const waiting = g.unfilled - g.offered
  const said = !g.bottleneck
    ? g.unfilled === 0
      ? ''
      : waiting <= 0
        ? t('gaps.offered', { count: g.offered })
        : (g.eligible ?? 0) >= g.unfilled && t('gaps.waiting')
    : g.bottleneck.rule === 'asked'
      ? t('gaps.allAsked', { count: g.eligible ?? 0 })
      : t('gaps.bottleneck', { rule: t('rule.' + g.bottleneck.rule), left: (g.eligible ?? 0).toLocaleString('en'), count: waiting })
  return said ? <p className="mb12">{said}</p> : null
}

/** Funnel is the agents who are left after each rule. Its bars are as wide as those who hold the skills, so that the rules after them can be told apart. */
function Funnel({ gaps: g }: { gaps: GapsOf }) {
  const t = useWords('operator')
  const all = g.agents ?? 0
  const losing = g.rules.filter((r) => (r.lost ?? 0) > 0)
  const lines = losing.map((r, i) => ({
    ...r,
    lost: r.lost ?? 0,
    left: losing.slice(0, i + 1).reduce((left, l) => left - (l.lost ?? 0), all),
    worst: r.rule === g.bottleneck?.rule && r.tag === g.bottleneck.tag,
  }))
  const skilled = lines.findLast((l) => l.rule === 'tag')?.left ?? 0
  const width = skilled || all
  return (
    <ul className="funnel">
      <li>
        <span>{t('gaps.everybody')}</span>
        <span className="num m">{all.toLocaleString('en')}</span>
      </li>
      {lines.map((l) => (
        <li key={l.rule + (l.tag ?? '')} className={l.worst ? 'worst' : undefined}>
          <span className="row wrap g4">
            {t('rule.' + l.rule)} {l.tag && <SkillTag tag={l.tag} />}
          </span>
          <span className="lost num">−{l.lost.toLocaleString('en')}</span>
          <span className="num m">{l.left.toLocaleString('en')}</span>
          {(l.rule !== 'tag' || l.left === skilled) && <Bar left={l.left} lost={l.lost} width={width} />}
        </li>
      ))}
      <li className="able">
        <span>{t('gaps.eligible')}</span>
        <span className="num b">{(g.eligible ?? 0).toLocaleString('en')}</span>
        <Bar left={g.eligible ?? 0} lost={0} width={width} />
      </li>
      {g.asked !== undefined && (
        <li className="sm t3">
          {t('gaps.asked', { count: g.asked, n: g.asked.toLocaleString('en'), refused: (g.refused ?? 0).toLocaleString('en') })}
        </li>
      )}
      {skilled > 0 && skilled < all && <li className="xs t3">{t('gaps.scale', { count: skilled, n: skilled.toLocaleString('en') })}</li>}
    </ul>
  )
}

/** Bar is those who are left, and beside them those whom the rule took away. */
function Bar({ left, lost, width }: { left: number; lost: number; width: number }) {
  const share = (n: number) => `${(100 * n) / Math.max(width, 1)}%`
  return (
    <div className="bar-track" aria-hidden>
      <i className="left" style={{ width: share(Math.min(left, width)) }} />
      <i className="gone" style={{ width: share(Math.max(0, Math.min(left + lost, width) - left)) }} />
    </div>
  )
}

function Remedies({ gaps: g }: { gaps: GapsOf }) {
  const t = useWords('operator')
  if (!g.remedies?.length) return null
  return (
    <>
      <h3 className="mt16 mb4">{t('gaps.remedies')}</h3>
      <ul>
        {g.remedies.map((r, i) => (
          <li key={i} className="row between g12 py8 topline">
            <span className="col g4 min0">
              <span className="m">
                {t('gaps.kind.' + r.kind)} {r.pay_per_hour && <Money value={r.pay_per_hour} />}
              </span>
              {r.kind === 'window' && r.starts_at && r.ends_at && (
                <span className="sm t2">
                  <Span from={r.starts_at} to={r.ends_at} showZone={false} />
                </span>
              )}
              {(r.requirements?.length ?? 0) > 0 && (
                <span className="row wrap g4">
                  {r.requirements?.map((q) => (
                    <SkillTag key={q.tag} tag={q.tag} level={q.level} atLeast />
                  ))}
                </span>
              )}
            </span>
            <span className="col g4 right nowrap">
              {r.agents !== undefined && (
                <span className="ok b num">{t('gaps.more', { count: r.agents, n: r.agents.toLocaleString('en') })}</span>
              )}
              {r.enough ? (
                <State plain tone="ok">
                  {t('gaps.enough')}
                </State>
              ) : (
                <span className="sm t3">{t('gaps.notEnough')}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
