import type { Schema } from '@/api/client'
import { State } from '@/design/state'
import { useWords } from '@/words'

export const inputs = ['training', 'exam', 'simulation', 'trial'] as const

/** InputState is how much of one of the four inputs is met, or a dash where the path asks for none. */
export function InputState({ input: i }: { input: Schema<'Input'> }) {
  return i.of === 0 ? (
    <span className="t3">–</span>
  ) : (
    <State plain tone={i.met >= i.of ? 'ok' : i.met > 0 ? 'late' : 'open'}>
      {i.met} / {i.of}
    </State>
  )
}

/** Inputs is what somebody's credential stands on: training, exam, simulation and trial, and each requirement with its best. */
export function Inputs({ way }: { way: Pick<Schema<'Candidate'>, 'inputs' | 'requirements'> }) {
  const t = useWords('official')
  return (
    <>
      <dl className="fields tight mb12">
        {inputs.map((p) => (
          <div key={p} className="py4 topline">
            <dt className="sm t3">{t('input.' + p)}</dt>
            <dd className="m">
              <InputState input={way.inputs[p]} />
            </dd>
          </div>
        ))}
      </dl>
      <Requirements list={way.requirements} />
    </>
  )
}

/** Requirements is each thing to have done, with the best result and what to do next. */
export function Requirements({ list }: { list: Schema<'RequirementView'>[] }) {
  const t = useWords('official')
  return (
    <ul>
      {list.map((r) => (
        <li key={r.kind + r.ref} className="py8 topline">
          <div className="row between g8">
            <State plain tone={r.met ? 'ok' : 'open'}>
              {t('requirement.' + r.kind)} <span className="mono">{r.ref}</span>
            </State>
            <span className="nowrap num">
              {r.best !== undefined && <span className="m">{r.best}%</span>}
              {r.score ? <span className="t3"> / {r.score}%</span> : null}
              {(r.count ?? 1) > 1 && (
                <span className="t3">
                  {' '}
                  {r.have} / {r.count}
                </span>
              )}
            </span>
          </div>
          {!r.met && r.next && <p className="sm t2">{r.next}</p>}
        </li>
      ))}
    </ul>
  )
}
