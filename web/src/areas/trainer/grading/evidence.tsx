import type { Schema } from '@/api/client'
import { useWords } from '@/words'

/** Evidence is what was seen, in words and as two bars that a person can compare. */
export function Evidence({ flag: f }: { flag: Schema<'ExamFlag'> }) {
  const t = useWords('trainer')
  const l = f.evidence.likeness,
    h = f.evidence.haste
  const bar = (label: string, value: number, most: number, tone: string, unit: string) => (
    <div className="compared">
      <span className="sm t2">{label}</span>
      <span className="bar-line" aria-hidden>
        <i style={{ width: `${Math.min(100, (100 * value) / Math.max(most, 0.1))}%`, background: tone }} />
      </span>
      <span className="sm num">{unit}</span>
    </div>
  )
  return (
    <div className="col g4">
      {l && (
        <>
          <p>{t('grading.likeness', { same: l.same_wrong, wrong: l.both_wrong, expected: l.expected.toFixed(1) })}</p>
          <p className="sm t2">
            {t('grading.chance')}{' '}
            {l.chance < 1e-6 ? t('grading.chanceTiny') : t('grading.chanceOf', { n: Math.round(1 / l.chance).toLocaleString('en') })}
            {f.evidence.seconds_together ? ' · ' + t('grading.together', { minutes: Math.round(f.evidence.seconds_together / 60) }) : null}
          </p>
        </>
      )}
      {h && (
        <>
          <p>{t('grading.haste', { own: h.seconds_per_answer.toFixed(1), median: h.median_seconds_per_answer.toFixed(1) })}</p>
          {h.median_seconds_per_answer > 0 ? (
            <>
              {bar(
                t('grading.own'),
                h.seconds_per_answer,
                h.median_seconds_per_answer,
                'var(--late)',
                `${h.seconds_per_answer.toFixed(1)} s`,
              )}
              {bar(
                t('grading.others'),
                h.median_seconds_per_answer,
                h.median_seconds_per_answer,
                'var(--chart-muted)',
                `${h.median_seconds_per_answer.toFixed(1)} s`,
              )}
            </>
          ) : (
            <p className="sm t3">{t('grading.fewOthers')}</p>
          )}
        </>
      )}
    </div>
  )
}
