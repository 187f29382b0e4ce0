import { Input } from 'antd'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { Reasons } from '@/design/reasons'
import { State } from '@/design/state'
import { useTagNames } from '@/design/skill-tag'
import { useWords } from '@/words'
import { Who } from '../official/who'

type Explanation = Schema<'Explanation'>

/** Explain answers why one agent, named by e-mail or by the id of their page, has no seat of a shift: rule by rule, and who was chosen instead. */
export function Explain({ shift }: { shift: string }) {
  const t = useWords('operator')
  const [whom, say] = useState('')
  const ask = useAct(async (said: string) => {
    const agent = said.includes('@') ? (await body(api.POST('/api/v1/accounts/lookup', { body: { email: said } }))).id : said
    return body(api.GET('/api/v1/shifts/{id}/explanation', { params: { path: { id: shift }, query: { agent_id: agent } } }))
  })
  return (
    <>
      <h3 className="mt16 mb8">{t('explain.title')}</h3>
      <form
        className="row g8"
        onSubmit={(e) => {
          e.preventDefault()
          if (whom.trim()) ask.mutate(whom.trim())
        }}
      >
        <Input
          allowClear
          aria-label={t('explain.whom')}
          placeholder={t('explain.whom')}
          value={whom}
          onChange={(e) => say(e.target.value)}
        />
        <Button htmlType="submit" loading={ask.isPending}>
          {t('explain.ask')}
        </Button>
      </form>
      <div aria-live="polite">
        {ask.error ? (
          ask.error.status === 404 || ask.error.status === 422 ? (
            <p className="mt8 t2">{t('explain.nobody')}</p>
          ) : (
            <Failure problem={ask.error} kept />
          )
        ) : (
          ask.data && <Answer of={ask.data} />
        )}
      </div>
    </>
  )
}

function Answer({ of: e }: { of: Explanation }) {
  const t = useWords('operator')
  const tagName = useTagNames()
  const no = e.rules.filter((r) => !r.passed)
  const held = e.standing?.state === 'held'
  return (
    <div className="col g8 mt12">
      <div className="row wrap g8">
        <Who id={e.agent_id} />
        <State plain tone={e.eligible ? 'ok' : 'miss'}>
          {e.eligible ? t('explain.able') : t('explain.unable', { count: no.length })}
        </State>
      </div>
      {no.length > 0 && (
        <Reasons
          list={no.map((r) => ({
            key: r.rule + (r.tag ?? ''),
            rule: t('rule.' + r.rule, { defaultValue: r.rule }) + (r.tag ? ' · ' + tagName(r.tag) : ''),
            value: r.value,
            needed: r.needed,
            hint: r.next_step,
          }))}
        />
      )}
      {e.barred && <p>{t('explain.barred.' + e.barred)}</p>}
      {e.standing && <p>{t('explain.standing.' + e.standing.state)}</p>}
      {e.standing?.ranking && e.standing.ranking.short_by > 0 && (
        <p className="t2">{t('explain.behind', { count: e.standing.ranking.short_by })}</p>
      )}
      {!held && e.chosen.length > 0 && (
        <>
          <p className="sm t3">{t('explain.chosen', { points: e.points })}</p>
          <ol className="col g4">
            {e.chosen.slice(0, 10).map((c) => (
              <li key={c.agent_id} className="row between g8">
                <Who id={c.agent_id} />
                <span className="sm t2 num">
                  {t('explain.class.' + c.class)} · {t('explain.points', { count: c.points })}
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  )
}
