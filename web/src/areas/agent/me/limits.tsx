import { Checkbox, InputNumber, Select } from 'antd'
import { useState, type ReactNode } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Card } from '@/design/card'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { defaultZone } from '@/design/time'
import { useWords } from '@/words'
import { useProfile } from '../queries'
import { SaveBar } from './save-bar'

type Profile = Schema<'Profile'>

export default function Limits() {
  const t = useWords('agent')
  return (
    <Page title={t('limits.title')} trail={<Link to="/agent/me">{t('nav.me')}</Link>}>
      <div className="column">
        <Loaded
          framed
          query={useProfile()}
          skeleton={
            <Card>
              <Skeleton lines={[44, 44, 44, 44]} />
            </Card>
          }
        >
          {(p) => <Editor saved={p} />}
        </Loaded>
      </div>
    </Page>
  )
}

const needs = ['no_voice', 'screen_reader', 'keyboard_only', 'extra_breaks', 'captions'] as const

function Editor({ saved }: { saved: Profile }) {
  const t = useWords('agent')
  const [search] = useSearchParams()
  const at = search.get('at')
  const [p, setP] = useState(saved)
  const set = (part: Partial<Profile>) => setP((old) => ({ ...old, ...part }))
  const save = useAct((next: Profile) => body(api.PUT('/api/v1/profile', { body: next })), [['profile'], ['hall'], ['shift']])
  const hours = (name: 'max_day_minutes' | 'max_week_minutes' | 'longest_shift_minutes', most: number) => (
    <InputNumber
      controls={false}
      id={name}
      min={0}
      max={most}
      step={0.5}
      value={p[name] / 60}
      onChange={(v) => set({ [name]: Math.round((v ?? 0) * 60) })}
      formatter={(v, { userTyping, input }) => (userTyping ? input : v === undefined ? '' : String(v))}
      suffix={t('limits.hours')}
      className="amount"
      autoFocus={at !== null && rule[at] === name}
    />
  )
  return (
    <>
      <Card rows title={t('limits.time')}>
        <ul className="rows">
          <Field id="max_day_minutes" at={at === 'own_day_hours'} name={t('limits.day')} hint={t('limits.dayHint')}>
            {hours('max_day_minutes', 24)}
          </Field>
          <Field id="max_week_minutes" at={at === 'own_week_hours'} name={t('limits.week')} hint={t('limits.weekHint')}>
            {hours('max_week_minutes', 168)}
          </Field>
          <Field id="longest_shift_minutes" at={at === 'longest_shift'} name={t('limits.longest')} hint={t('limits.longestHint')}>
            {hours('longest_shift_minutes', 24)}
          </Field>
          <Field id="blocks" name={t('limits.blocks')} hint={t('limits.blocksHint')}>
            <InputNumber
              controls={false}
              id="blocks"
              min={1}
              max={4}
              precision={0}
              value={p.blocks_a_day ?? 1}
              onChange={(v) => set({ blocks_a_day: v ?? 1 })}
              className="amount"
            />
          </Field>
          <Field id="zone" name={t('limits.zone')} hint={t('limits.zoneHint')}>
            <Select
              id="zone"
              showSearch
              value={p.time_zone ?? defaultZone}
              onChange={(time_zone) => set({ time_zone })}
              options={Intl.supportedValuesOf('timeZone').map((value) => ({ value, label: value.replaceAll('_', ' ') }))}
              popupMatchSelectWidth={false}
              className="zoned"
            />
          </Field>
        </ul>
      </Card>
      <Card rows title={t('limits.pay')}>
        <ul className="rows">
          <Field id="least_pay" at={at === 'least_pay'} name={t('limits.least')} hint={t('limits.leastHint')}>
            <InputNumber
              controls={false}
              id="least_pay"
              min={0}
              max={9999}
              precision={2}
              prefix="¥"
              value={p.least_pay.amount / 100}
              onChange={(v) => set({ least_pay: { ...p.least_pay, amount: Math.round((v ?? 0) * 100) } })}
              autoFocus={at === 'least_pay'}
              className="amount"
            />
          </Field>
        </ul>
      </Card>
      <Card title={t('limits.needs')}>
        <p className="sm t2 mb8">{t('limits.needsHint')}</p>
        <div className="choices" role="group" aria-label={t('limits.needs')}>
          {needs.map((n) => (
            <Checkbox
              key={n}
              checked={p.needs.includes(n)}
              onChange={(e) => set({ needs: e.target.checked ? [...p.needs, n] : p.needs.filter((x) => x !== n) })}
            >
              <Choice name={t(`limits.need.${n}`)} how={t(`limits.needHow.${n}`)} />
            </Checkbox>
          ))}
        </div>
      </Card>
      <Card title={t('limits.mentor')}>
        <div className="choices">
          <Checkbox checked={p.mentors ?? false} onChange={(e) => set({ mentors: e.target.checked })}>
            <Choice name={t('limits.mentorYes')} how={t('limits.mentorHow')} />
          </Checkbox>
        </div>
      </Card>
      {save.error && (
        <Card>
          <Failure problem={save.error} kept />
        </Card>
      )}
      <SaveBar
        dirty={JSON.stringify(p) !== JSON.stringify(saved)}
        busy={save.isPending}
        done={save.isSuccess}
        onSave={() => save.mutate(p)}
        onUndo={() => setP(saved)}
      />
    </>
  )
}

const Choice = ({ name, how }: { name: string; how: string }) => (
  <>
    <span className="m">{name}</span> <span className="sm t3 line">{how}</span>
  </>
)

const rule: Record<string, string> = {
  own_day_hours: 'max_day_minutes',
  own_week_hours: 'max_week_minutes',
  longest_shift: 'longest_shift_minutes',
}

const Field = ({ id, name, hint, at, children }: { id: string; name: string; hint: string; at?: boolean; children: ReactNode }) => (
  <li className={at ? 'wrap limit asked' : 'wrap limit'}>
    <label htmlFor={id} className="grow">
      <span className="m line">{name}</span>
      <span className="sm t3">{hint}</span>
    </label>
    {children}
  </li>
)
