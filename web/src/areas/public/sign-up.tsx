import { Form, Input, Segmented } from 'antd'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { api, body, type Schema } from '@/api/client'
import { Problem } from '@/api/problem'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { Page } from '@/design/page'
import { areaOf, useSignIn } from '@/session/session'
import { useWords } from '@/words'

export default function SignUp() {
  const t = useWords('public')
  const common = useWords()
  const signIn = useSignIn()
  const go = useNavigate()
  const [query] = useSearchParams()
  const [kind, setKind] = useState<'merchant' | 'agent'>(query.get('kind') === 'agent' ? 'agent' : 'merchant')
  const [failed, setFailed] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const submit = async (v: Omit<Schema<'PostAccountInputBody'>, 'kind'>) => {
    setBusy(true)
    setFailed(undefined)
    try {
      await body(api.POST('/api/v1/accounts', { body: { ...v, kind } }))
      const me = await signIn(v.email, v.password)
      await go('/' + areaOf(me.role), { replace: true })
    } catch (cause) {
      setFailed(cause instanceof Problem ? cause : Problem.network(cause))
    } finally {
      setBusy(false)
    }
  }
  const of = (name: string) => ({ validateStatus: failed?.at('/' + name) ? ('error' as const) : undefined, help: failed?.at('/' + name) })
  return (
    <div className="narrow">
      <div className="panel entry">
        <Page title={t('signUp.title')}>
          <div className="sec m0 borderless">
            <Form layout="vertical" requiredMark={false} onFinish={(v: Omit<Schema<'PostAccountInputBody'>, 'kind'>) => void submit(v)}>
              <Form.Item label={t('signUp.kind')}>
                <Segmented<'merchant' | 'agent'>
                  block
                  value={kind}
                  onChange={setKind}
                  options={[
                    { value: 'merchant', label: t('signUp.merchant') },
                    { value: 'agent', label: t('signUp.agent') },
                  ]}
                />
              </Form.Item>
              {kind === 'merchant' && (
                <Form.Item name="organisation" label={t('signUp.organisation')} rules={[{ required: true }]} {...of('organisation')}>
                  <Input autoComplete="organization" maxLength={80} />
                </Form.Item>
              )}
              <Form.Item name="name" label={t('signUp.name')} extra={t('signUp.nameHint')} rules={[{ required: true }]} {...of('name')}>
                <Input autoComplete="name" maxLength={80} />
              </Form.Item>
              <Form.Item name="email" label={t('signIn.email')} rules={[{ required: true }]} {...of('email')}>
                <Input type="email" autoComplete="username" />
              </Form.Item>
              <Form.Item
                name="password"
                label={t('signUp.password')}
                extra={t('signUp.passwordHint')}
                rules={[{ required: true, min: 10 }]}
                {...of('password')}
              >
                <Input.Password autoComplete="new-password" />
              </Form.Item>
              {failed && failed.fields.length === 0 && <Failure problem={failed} kept />}
              <Button type="primary" htmlType="submit" loading={busy} block>
                {t('signUp.submit')}
              </Button>
            </Form>
            <p className="sm t2 mt16">
              {t('signUp.have')} <Link to="/sign-in">{common('signIn')}</Link>
            </p>
          </div>
        </Page>
      </div>
    </div>
  )
}
