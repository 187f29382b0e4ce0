import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { InputNumber } from 'antd'
import { useDeferredValue, useState } from 'react'
import { useNavigate } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import Antd from '@/design/antd'
import { Button } from '@/design/button'
import { Failure, Skeleton } from '@/design/feedback'
import { usePhone } from '@/design/theme'
import { useWords } from '@/words'

interface Inputs {
  contacts: number
  handling: number
  level: number
  patience: number
}

// What the curve asks: the seats for fewer and for more contacts than typed.
const shares = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]

const ask = (i: Inputs): Schema<'SeatPlanRequest'> => ({
  interval_minutes: 30,
  concurrency: 1,
  handling_seconds: i.handling,
  service_level: i.level / 100,
  threshold_seconds: 20,
  patience_seconds: i.patience,
  contacts: shares.map((share, at) => ({
    starts_at: new Date(Date.UTC(2026, 10, 11, 10, 30 * at)).toISOString(),
    contacts: Math.round(i.contacts * share),
  })),
})

/** SeatCalculator tries the seat planner that bookings use, for one half hour. */
export default () => (
  <Antd>
    <Calculator />
  </Antd>
)

function Calculator() {
  const t = useWords('public')
  const go = useNavigate()
  const [inputs, setInputs] = useState<Inputs>({ contacts: 120, handling: 240, level: 80, patience: 60 })
  const asked = useDeferredValue(inputs)
  const plan = useQuery({
    queryKey: ['calculator', asked],
    queryFn: () => body(api.POST('/api/v1/seat-plans', { body: ask(asked) })),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
  const typed = plan.data?.intervals[3]
  const field = (name: keyof Inputs, min: number, max: number, unit: string) => (
    <label>
      {t('calculator.' + name)}
      <InputNumber
        size="large"
        min={min}
        max={max}
        precision={0}
        controls={false}
        value={inputs[name]}
        suffix={unit}
        inputMode="numeric"
        onChange={(v) => {
          if (typeof v === 'number') setInputs({ ...inputs, [name]: v })
        }}
      />
    </label>
  )
  return (
    <section className="calculator col g16" aria-labelledby="calculator">
      <div className="row between base wrap g8">
        <h2 id="calculator" className="lg">
          {t('calculator.title')}
        </h2>
        <span className="sm t3">{t('calculator.same')}</span>
      </div>
      <fieldset className="four" aria-label={t('calculator.title')}>
        {field('contacts', 1, 10_000, t('calculator.times'))}
        {field('handling', 1, 3600, t('calculator.seconds'))}
        {field('level', 1, 99, t('calculator.within'))}
        {field('patience', 1, 3600, t('calculator.seconds'))}
      </fieldset>
      {plan.error ? (
        <Failure problem={plan.error} onRetry={() => void plan.refetch()} kept />
      ) : !plan.data ? (
        <Skeleton lines={[160, 40]} />
      ) : (
        <>
          <Curve plan={plan.data} />
          <hr className="rule" />
          <div className="row wrap between g12">
            <div className="outcome">
              <span className="figure num">{typed?.erlang_a?.seats}</span> <span className="md">{t('calculator.seats')}</span>
              <div className="sm t3">
                {t('calculator.outcome', {
                  level: ((typed?.erlang_a?.service_level ?? 0) * 100).toFixed(1),
                  abandon: ((typed?.erlang_a?.p_abandon ?? 0) * 100).toFixed(1),
                  c: typed?.erlang_c.seats,
                })}
              </div>
            </div>
            <Button onClick={() => void go('/sign-up?kind=merchant')}>{t('calculator.upload')}</Button>
          </div>
        </>
      )}
    </section>
  )
}

// On a phone the drawing is as narrow as its place, so that its words keep their size.
const boxOf = (isPhone: boolean) => ({ w: isPhone ? 320 : 550, h: 190, left: 34, right: 10, top: 26, bottom: 24 })

/** Seats by contacts: stepped, since there are no half seats. */
function Curve({ plan }: { plan: Schema<'SeatPlan'> }) {
  const t = useWords('public')
  const box = boxOf(usePhone())
  const points = plan.intervals.map((i) => ({ contacts: i.contacts, a: i.erlang_a?.seats ?? 0, c: i.erlang_c.seats }))
  const most = Math.max(...points.map((p) => p.c), 4)
  const rounded = [5, 10, 20, 25, 50, 100, 200, 250, 500, 1000].find((s) => most / s <= 5) ?? 2000
  const top = Math.ceil(most / rounded) * rounded
  const x = (i: number) => box.left + ((box.w - box.left - box.right) * i) / (points.length - 1)
  const y = (seats: number) => box.top + (box.h - box.top - box.bottom) * (1 - seats / top)
  const line = (key: 'a' | 'c') => points.map((p, i) => `${i ? 'L' : 'M'}${x(i).toFixed(1)} ${y(p[key]).toFixed(1)}`).join('')
  const chosen = points[3]
  return (
    <figure>
      <figcaption className="row wrap g12 between sm mb4">
        <span className="m">{t('calculator.curve')}</span>
        <span className="row g12 t2">
          <Key />
          {t('calculator.a')}
          <Key dashed />
          {t('calculator.c')}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${box.w} ${box.h}`}
        className="whole line"
        role="img"
        aria-label={points.map((p) => t('calculator.point', { contacts: p.contacts, a: p.a, c: p.c })).join('; ')}
        fontSize="11"
        fill="var(--text3)"
      >
        {Array.from({ length: top / rounded + 1 }, (_, i) => i * rounded).map((v) => (
          <g key={v}>
            <line x1={box.left} x2={box.w - box.right} y1={y(v)} y2={y(v)} stroke={v === 0 ? 'var(--line-strong)' : 'var(--grid)'} />
            <text x={box.left - 6} y={y(v) + 4} textAnchor="end">
              {v}
            </text>
          </g>
        ))}
        {points.map((p, i) => (
          <text
            key={i}
            x={x(i)}
            y={box.h - 6}
            textAnchor={i === 0 ? 'start' : i === points.length - 1 ? 'end' : 'middle'}
            fill={i === 3 ? 'var(--text)' : undefined}
            fontWeight={i === 3 ? 600 : 400}
          >
            {p.contacts}
          </text>
        ))}
        <path d={line('c')} fill="none" stroke="var(--text3)" strokeWidth="1.4" strokeDasharray="4 3" />
        <path d={line('a')} fill="none" stroke="var(--chart1)" strokeWidth="2" />
        {chosen && (
          <>
            <circle cx={x(3)} cy={y(chosen.a)} r="4.5" fill="var(--chart1)" stroke="var(--surface)" strokeWidth="1.5" />
            <text x={x(3) + 8} y={y(chosen.a) + 16} fontSize="12.5" fontWeight="600" fill="var(--accent-text)">
              {t('calculator.nSeats', { count: chosen.a })}
            </text>
            {chosen.c !== chosen.a && (
              <>
                <circle cx={x(3)} cy={y(chosen.c)} r="4" fill="var(--text3)" stroke="var(--surface)" strokeWidth="1.5" />
                <text x={x(3) - 8} y={y(chosen.c) - 8} textAnchor="end" fontSize="12.5" fontWeight="600" fill="var(--text2)">
                  {t('calculator.nSeats', { count: chosen.c })}
                </text>
              </>
            )}
          </>
        )}
      </svg>
    </figure>
  )
}

const Key = ({ dashed }: { dashed?: boolean }) => (
  <svg width="18" height="6" aria-hidden>
    <line
      x1="0"
      x2="18"
      y1="3"
      y2="3"
      stroke={dashed ? 'var(--text3)' : 'var(--chart1)'}
      strokeWidth={dashed ? 1.4 : 2}
      strokeDasharray={dashed ? '4 3' : undefined}
    />
  </svg>
)
