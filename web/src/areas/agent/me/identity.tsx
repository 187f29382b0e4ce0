import { Form, Input } from 'antd'
import { Link } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Card } from '@/design/card'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { identityLook } from '@/design/identity-look'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useWords } from '@/words'
import { useIdentity } from '../queries'

type Identity = Schema<'IdentityBody'>
type Field = 'name' | 'number' | 'phone' | 'bank_account'

/** Who I am by law: given once, shown masked, verified by a person. */
export default function IdentityPage() {
  const t = useWords('agent')
  return (
    <Page title={t('identity.title')} trail={<Link to="/agent/me">{t('nav.me')}</Link>}>
      <div className="column">
        <Loaded
          framed
          query={useIdentity()}
          skeleton={
            <Card>
              <Skeleton lines={[24, 44, 44, 44, 44]} />
            </Card>
          }
        >
          {(i) => (
            <>
              <Standing identity={i} />
              <Give identity={i} key={i.version} />
            </>
          )}
        </Loaded>
      </div>
    </Page>
  )
}

function Standing({ identity: i }: { identity: Identity }) {
  const t = useWords('agent')
  return (
    <Card label={t('identity.title')}>
      <div className="row between start wrap g8">
        <h2>{t('identity.how')}</h2>
        <State {...identityLook[i.state]}>{t('identity.state.' + i.state)}</State>
      </div>
      <p className={i.state === 'refused' ? 'miss mt8' : 't2 mt8'} role="status">
        {i.state === 'refused' ? t('identity.refusal.' + (i.refusal ?? 'other')) : t('identity.about.' + i.state)}
      </p>
      {i.state !== 'none' && (
        <p className="sm t3 mt4">
          {i.decided_at ? (
            <When at={i.decided_at} showZone />
          ) : (
            i.given_at && (
              <>
                {t('identity.givenAt')} <When at={i.given_at} showZone />
              </>
            )
          )}
        </p>
      )}
      <p className="sm t2 mt12">{t('identity.sealed')}</p>
    </Card>
  )
}

const fields: { name: Field; autoComplete: string; inputMode: 'text' | 'tel' | 'numeric'; maxLength: number }[] = [
  { name: 'name', autoComplete: 'name', inputMode: 'text', maxLength: 80 },
  { name: 'number', autoComplete: 'off', inputMode: 'text', maxLength: 18 },
  { name: 'phone', autoComplete: 'tel', inputMode: 'tel', maxLength: 20 },
  { name: 'bank_account', autoComplete: 'off', inputMode: 'numeric', maxLength: 23 },
]

function Give({ identity: i }: { identity: Identity }) {
  const t = useWords('agent')
  const common = useWords()
  const first = i.state === 'none'
  const give = useAct(
    (v: Partial<Record<Field, string>>) => body(api.PUT('/api/v1/me/identity', { body: v })),
    [['identity'], ['progress']],
  )
  // What the server finds wrong stands at its field, as what the form finds does, until that is typed anew.
  const [form] = Form.useForm<Partial<Record<Field, string>>>()
  const send = (v: Partial<Record<Field, string>>) =>
    give.mutate(v, {
      onError: (problem) => {
        const wrong = fields.map(({ name }) => ({ name, errors: [problem.at('/' + name) ?? ''].filter(Boolean) }))
        form.setFields(wrong)
        const first = wrong.find((w) => w.errors.length > 0)
        if (first) (form.getFieldInstance(first.name) as HTMLElement | undefined)?.focus()
      },
    })
  return (
    <Card title={t(first ? 'identity.give' : 'identity.change')}>
      {!first && <p className="sm t2 mb12">{t('identity.changeHint')}</p>}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={send} className="formcol">
        {fields.map((f) => (
          <Form.Item
            key={f.name}
            name={f.name}
            label={t('identity.' + f.name)}
            rules={[{ required: first, message: t('identity.required') }]}
            extra={first ? t(`identity.${f.name}Hint`) : t('identity.onFile', { value: i[f.name] })}
          >
            <Input autoComplete={f.autoComplete} inputMode={f.inputMode} maxLength={f.maxLength} spellCheck={false} />
          </Form.Item>
        ))}
        {give.error && give.error.fields.length === 0 && <Failure problem={give.error} kept />}
        <Button type="primary" size="large" block htmlType="submit" loading={give.isPending}>
          {first ? t('identity.send') : common('save')}
        </Button>
      </Form>
    </Card>
  )
}
