import { useQuery } from '@tanstack/react-query'
import { api, body, type Schema } from '@/api/client'
import { Loaded } from '@/design/feedback'
import { Money } from '@/design/money'
import { Section } from '@/design/page'
import { SkillTag } from '@/design/skill-tag'
import { State } from '@/design/state'
import { Span } from '@/design/time'
import { useWords } from '@/words'

/** Gaps is why a shift's seats are open: the agents lost at each rule, where the bottleneck is, and the smallest change that would fill it. */
export function Gaps({ shift }: { shift: string }) {
  const t = useWords('operator')
  const query = useQuery({
    queryKey: ['gaps', shift],
    queryFn: () => body(api.GET('/api/v1/shifts/{id}/gaps', { params: { path: { id: shift } } })),
  })
  return (
    <Loaded
      query={query}
      skeleton={
        <Section>
          <span className="t3">…</span>
        </Section>
      }
    >
      {(g) => (
        <Section
          title={t('gaps.title', { count: g.unfilled })}
          aside={<State tone={g.unfilled > 0 ? 'miss' : 'ok'}>{t('gaps.of', { open: g.unfilled, seats: g.seats })}</State>}
        >
          {g.bottleneck && <p className="mb12">{t('gaps.bottleneck', { rule: t('rule.' + g.bottleneck.rule) })}</p>}
          {!g.bottleneck && g.unfilled > 0 && (g.eligible ?? 0) >= g.unfilled && <p className="mb12">{t('gaps.waiting')}</p>}
          <Funnel gaps={g} />
          {(g.remedies?.length ?? 0) > 0 && (
            <>
              <h3 className="mt16">{t('gaps.remedies')}</h3>
              <ul>
                {g.remedies?.map((r, i) => (
                  <RemedyLine key={i} remedy={r} />
                ))}
              </ul>
            </>
          )}
        </Section>
      )}
    </Loaded>
  )
}

function Funnel({ gaps }: { gaps: Schema<'Gaps'> }) {
  const t = useWords('operator')
  const all = gaps.agents ?? 0
  let left = all
  const lines = gaps.rules
    .filter((r) => (r.lost ?? 0) > 0)
    .map((r) => {
      left -= r.lost ?? 0
      return { ...r, left }
    })
  const bar = (n: number, tone: string) => (
    <div className="bar-track" aria-hidden>
      <i style={{ width: `${(100 * n) / Math.max(all, 1)}%`, background: tone }} />
    </div>
  )
  const worst = Math.max(...lines.map((l) => l.lost ?? 0))
  return (
    <ul className="col g8">
      <li>
        <div className="row between">
          <span>{t('gaps.everybody')}</span>
          <span className="num m">{all.toLocaleString('en')}</span>
        </div>
        {bar(all, 'var(--chart-muted)')}
      </li>
      {lines.map((l) => (
        <li key={l.rule + (l.tag ?? '')}>
          <div className="row between g8">
            <span className="row g4">
              {t('rule.' + l.rule)} {l.tag && <SkillTag tag={l.tag} />}
            </span>
            <span className="nowrap">
              <span className={l.lost === worst ? 'sm miss b' : 'sm t3'}>−{(l.lost ?? 0).toLocaleString('en')}</span>{' '}
              <span className="num m">{l.left.toLocaleString('en')}</span>
            </span>
          </div>
          {bar(l.left, 'var(--chart-muted)')}
        </li>
      ))}
      <li>
        <div className="row between">
          <span>{t('gaps.eligible')}</span>
          <span className="num b">{(gaps.eligible ?? 0).toLocaleString('en')}</span>
        </div>
        {bar(gaps.eligible ?? 0, 'var(--ok)')}
      </li>
      {gaps.asked !== undefined && <li className="sm t2">{t('gaps.asked', { asked: gaps.asked, refused: gaps.refused ?? 0 })}</li>}
    </ul>
  )
}

function RemedyLine({ remedy: r }: { remedy: Schema<'Remedy'> }) {
  const t = useWords('operator')
  return (
    <li className="row between g12 py8 topline">
      <span>
        {t('gaps.kind.' + r.kind)} {r.kind === 'window' && r.starts_at && r.ends_at && <Span from={r.starts_at} to={r.ends_at} />}
        {r.pay_per_hour && <Money value={r.pay_per_hour} />}
        <span className="row wrap g4">
          {r.requirements?.map((q) => (
            <SkillTag key={q.tag} tag={q.tag} level={q.level} atLeast />
          ))}
        </span>
      </span>
      <span className="nowrap">
        {r.agents !== undefined && <span className="ok b">+{r.agents}</span>}{' '}
        {r.enough && (
          <State plain tone="ok">
            {t('gaps.enough')}
          </State>
        )}
      </span>
    </li>
  )
}
