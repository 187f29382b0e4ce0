import { Link } from 'react-router'
import type { Schema } from '@/api/client'
import { buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { Progress } from '@/design/progress'
import { Glyph, State } from '@/design/state'
import { When } from '@/design/time'
import { clock } from '../../../exam/remaining'
import { useLanguage, useWords } from '@/words'
import { percent } from '../papers'
import { useNext, useScenarios } from '../way'
import type { Run } from './run'

type Report = NonNullable<Run['score']>
type Part = Report['parts'][number]

/** Score is how a run went: the sum and its parts first, then each part with what was said. */
export function Score({ run }: { run: Run }) {
  const t = useWords('learning')
  const s = run.score
  return !s ? (
    <Card>
      <p className="t2">{t('sim.noScore')}</p>
    </Card>
  ) : (
    <>
      <Sum run={run} score={s} />
      {s.parts.map((p) => (
        <Findings key={p.part} part={p} run={run} />
      ))}
    </>
  )
}

function Sum({ run, score: s }: { run: Run; score: Report }) {
  const t = useWords('learning')
  const scenario = useScenarios().data?.find((x) => x.code === run.scenario)
  const next = useNext()
  const again = (
    <Link
      className={buttonClass({ type: s.passed ? undefined : 'primary', block: true, className: 'act' })}
      to={'/agent/academy/simulations/' + run.scenario}
    >
      {t('sim.again')}
    </Link>
  )
  return (
    <Card lead label={t('sim.score')}>
      <div className="row wrap between g8">
        <span className="figure">{percent(s.score)}</span>
        {s.passed ? (
          <State tone="ok">{t('sim.passed')}</State>
        ) : (
          <State tone="open" shape="ring">
            {scenario ? t('sim.failed', { pass: percent(scenario.pass) }) : t('sim.notPassed')}
          </State>
        )}
      </div>
      {run.ended_at && (
        <p className="sm t3">
          <When at={run.ended_at} showZone />
        </p>
      )}
      {s.red_line && (
        <p className="miss row g8 mt8">
          <Glyph tone="miss" />
          {t('sim.redLine')}
        </p>
      )}
      <ul className="rows mt8">
        {s.parts.map((p) => (
          <li key={p.part} className="stack col g8">
            <div className="row between g12">
              <span className="m">
                {t('sim.part.' + p.part)} <span className="sm t3">{t('sim.weight', { weight: p.weight })}</span>
              </span>
              <span className="num b">{percent(p.score)}</span>
            </div>
            <Progress value={p.score} of={10_000} tone={p.score >= (scenario?.pass ?? 7000) ? 'ok' : 'late'} />
          </li>
        ))}
      </ul>
      <div className="col g12 mt12">
        {s.passed && next?.to && (
          <Link className={buttonClass({ type: 'primary', block: true, className: 'act' })} to={next.to}>
            <span className="trunc">{t('home.go', { step: next.name })}</span>
          </Link>
        )}
        {again}
      </div>
    </Card>
  )
}

/** Findings are what made a part's score: what was missed first. */
function Findings({ part: p, run }: { part: Part; run: Run }) {
  const t = useWords('learning')
  const zh = useLanguage() === 'zh'
  const list = [...p.findings].sort((a, b) => Number(a.good) - Number(b.good) || (a.at_ms ?? 0) - (b.at_ms ?? 0))
  return (
    <Card rows title={t('sim.part.' + p.part)} aside={<span className="num">{percent(p.score)}</span>}>
      <p className="t2 py12">{zh ? p.zh : p.en}</p>
      <ul className="rows">
        {list.map((f, i) => (
          <li key={i} className="start">
            <span className="pt4">
              <Glyph tone={f.good ? 'ok' : 'late'} size={14} />
            </span>
            <Finding finding={f} who={run.dialogues.find((d) => d.id === f.dialogue)?.customer} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Finding({ finding: f, who }: { finding: Schema<'RunFinding'>; who?: string }) {
  const t = useWords('learning')
  const zh = useLanguage() === 'zh'
  return (
    <span className="grow break">
      <span className="hidden">{t(f.good ? 'sim.good' : 'sim.missed')} </span>
      {zh ? f.zh : f.en}
      {f.quote && <span className="t2 pre line">{zh ? `“${f.quote}”` : `“${f.quote}”`}</span>}
      {(who || f.at_ms !== undefined) && (
        <span className="sm t3 line num">
          {[who, f.at_ms !== undefined && clock(Math.round(f.at_ms / 1000))].filter(Boolean).join(' · ')}
        </span>
      )}
    </span>
  )
}
