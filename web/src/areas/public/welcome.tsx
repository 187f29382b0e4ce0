import { useQuery } from '@tanstack/react-query'
import { Form, Input } from 'antd'
import { Unlink } from 'lucide-react'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { api, body } from '@/api/client'
import { Problem } from '@/api/problem'
import { Button } from '@/design/button'
import { Empty, Failure, Loaded } from '@/design/feedback'
import { Page } from '@/design/page'
import { When } from '@/design/time'
import { areaOf, useSignIn } from '@/session/session'
import { useWords } from '@/words'

/** Welcome is where a one-time link leads: it joins an organisation or sets a new password. The token stands behind the # and goes to no log. */
export default function Welcome() {
  const t = useWords('public')
  const common = useWords()
  const signIn = useSignIn()
  const go = useNavigate()
  const [token] = useState(() => location.hash.slice(1))
  const [failed, setFailed] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const link = useQuery({
    queryKey: ['link', token],
    queryFn: () => body(api.POST('/api/v1/invitations/inspection', { body: { token } })),
    retry: false,
    staleTime: Infinity,
  })
  const submit = async (v: { name?: string; password: string }) => {
    setBusy(true)
    setFailed(undefined)
    try {
      const { organisation_id } = await body(
        api.POST('/api/v1/invitations/acceptance', { body: { token, name: v.name, password: v.password } }),
      )
      const me = await signIn(link.data?.email ?? '', v.password, organisation_id)
      await go('/' + areaOf(me.role), { replace: true })
    } catch (cause) {
      setFailed(cause instanceof Problem ? cause : Problem.network(cause))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="narrow">
      <div className="panel entry">
        <Page title={link.data?.purpose === 'reset' ? t('welcome.reset') : t('welcome.join')}>
          <div className="sec m0 borderless">
            {link.error instanceof Problem && link.error.status === 404 ? (
              <Empty
                icon={Unlink}
                title={link.error.message}
                hint={t('welcome.gone')}
                action={<Link to="/sign-in">{common('signIn')}</Link>}
              />
            ) : (
              <Loaded query={link}>
                {(l) => (
                  <Form layout="vertical" requiredMark={false} onFinish={(v: { name?: string; password: string }) => void submit(v)}>
                    {l.organisation && (
                      <p className="md mb16">
                        {t('welcome.to', { organisation: l.organisation.name, role: common('role.' + l.organisation.role) })}
                      </p>
                    )}
                    <Form.Item label={t('signIn.email')}>
                      <Input value={l.email} readOnly autoComplete="username" />
                    </Form.Item>
                    {!l.has_account && (
                      <Form.Item name="name" label={t('signUp.name')} rules={[{ required: true }]}>
                        <Input autoComplete="name" maxLength={80} />
                      </Form.Item>
                    )}
                    <Form.Item
                      name="password"
                      label={l.has_account && l.purpose === 'invitation' ? t('welcome.present') : t('signUp.password')}
                      extra={l.has_account && l.purpose === 'invitation' ? undefined : t('signUp.passwordHint')}
                      rules={[{ required: true }]}
                    >
                      <Input.Password autoComplete={l.has_account && l.purpose === 'invitation' ? 'current-password' : 'new-password'} />
                    </Form.Item>
                    {failed && <Failure problem={failed} kept />}
                    <Button type="primary" htmlType="submit" block loading={busy}>
                      {l.purpose === 'reset' ? t('welcome.set') : t('welcome.accept')}
                    </Button>
                    <p className="sm t3 mt12">
                      {t('welcome.until')} <When at={l.expires_at} showZone />
                    </p>
                  </Form>
                )}
              </Loaded>
            )}
          </div>
        </Page>
      </div>
    </div>
  )
}
