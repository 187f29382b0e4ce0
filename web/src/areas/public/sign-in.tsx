import { Form, Input } from 'antd'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { Page } from '@/design/page'
import { areaOf, useSignIn } from '@/session/session'
import { useWords } from '@/words'
import { DemoPeople } from './demo-people'

export default function SignIn() {
  const t = useWords('public')
  const common = useWords()
  const signIn = useSignIn()
  const go = useNavigate()
  const [query] = useSearchParams()
  const [failed, setFailed] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const back = query.get('to')
  const submit = async (v: { email: string; password: string }) => {
    setBusy(true)
    setFailed(undefined)
    try {
      const me = await signIn(v.email, v.password)
      await go(back?.startsWith('/') && !back.startsWith('//') ? back : '/' + areaOf(me.role), { replace: true })
    } catch (cause) {
      setFailed(cause)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="narrow col g24">
      <div className="panel entry">
        <Page title={t('signIn.title')}>
          <div className="sec m0 borderless">
            <Form layout="vertical" requiredMark={false} onFinish={(v: { email: string; password: string }) => void submit(v)}>
              <Form.Item name="email" label={t('signIn.email')} rules={[{ required: true }]}>
                <Input type="email" autoComplete="username" autoFocus />
              </Form.Item>
              <Form.Item name="password" label={t('signIn.password')} rules={[{ required: true }]}>
                <Input.Password autoComplete="current-password" />
              </Form.Item>
              {failed !== undefined && <Failure problem={failed} />}
              <Button type="primary" htmlType="submit" loading={busy} block>
                {t('signIn.submit')}
              </Button>
            </Form>
            <p className="sm t2 mt16">
              {t('signIn.none')} <Link to="/sign-up">{common('signUp')}</Link>
            </p>
          </div>
        </Page>
      </div>
      <DemoPeople />
    </div>
  )
}
