import { useQuery } from '@tanstack/react-query'
import { App, Form, Input } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { Button, buttonClass } from '@/design/button'
import { Failure, Loaded } from '@/design/feedback'
import { Page, Section } from '@/design/page'
import { State } from '@/design/state'
import { Day, When } from '@/design/time'
import { useMe, useSignIn, useSignOut } from '@/session/session'
import { useWords } from '@/words'

export default function Profile() {
  const t = useWords('shared')
  const common = useWords()
  const me = useMe()
  if (!me) return null
  return (
    <Page title={t('title')}>
      <div className="settings">
        <Section title={t('account')}>
          <p className="mb16">
            {me.email}{' '}
            <span className="t3">
              · {t('since')} <Day at={me.created_at} />
            </span>
          </p>
          <Name name={me.name} />
        </Section>
        {me.organisations.length > 0 && (
          <Section title={t('organisations')} note={me.organisations.length > 1 ? t('enterHint') : undefined}>
            <ul className="col g8">
              {me.organisations.map((o) => (
                <li key={o.id + o.role} className="row wrap g12">
                  <span className="m">{o.name}</span>
                  <span className="t3">{common('role.' + o.role)}</span>
                  {o.id === me.organisation?.id ? (
                    <span className="sm ok">{t('current')}</span>
                  ) : (
                    <Switch email={me.email} organisation={o.id} />
                  )}
                </li>
              ))}
            </ul>
          </Section>
        )}
        <Section title={t('password')}>
          <Password />
        </Section>
        <Section title={t('data')}>
          <Data />
        </Section>
        <Section title={t('erase')} note={t('eraseHint')}>
          <Erase />
        </Section>
      </div>
    </Page>
  )
}

function Name({ name }: { name: string }) {
  const t = useWords('shared')
  const common = useWords()
  const { message } = App.useApp()
  const save = useAct((v: { name: string }) => body(api.PATCH('/api/v1/me', { body: v })), [['me']])
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      initialValues={{ name }}
      onFinish={(v: { name: string }) => save.mutate(v, { onSuccess: () => void message.success(common('saved')) })}
      className="formcol"
    >
      <Form.Item
        name="name"
        label={t('name')}
        rules={[{ required: true }]}
        help={save.error?.at('/name')}
        validateStatus={save.error?.at('/name') ? 'error' : undefined}
      >
        <Input maxLength={80} autoComplete="name" />
      </Form.Item>
      {save.error && save.error.fields.length === 0 && <Failure problem={save.error} kept />}
      <Form.Item>
        <Button htmlType="submit" loading={save.isPending}>
          {common('save')}
        </Button>
      </Form.Item>
    </Form>
  )
}

function Switch({ email, organisation }: { email: string; organisation: string }) {
  const t = useWords('shared')
  const signIn = useSignIn()
  const go = useNavigate()
  const [asked, setAsked] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  if (!asked)
    return (
      <button type="button" className="linkbtn" onClick={() => setAsked(true)}>
        {t('enter')}
      </button>
    )
  return (
    <span className="row wrap g8">
      <Input.Password
        aria-label={t('present')}
        placeholder={t('present')}
        autoComplete="current-password"
        autoFocus
        onPressEnter={(e) =>
          void signIn(email, e.currentTarget.value, organisation)
            .then(() => go('/'))
            .catch(setFailed)
        }
      />
      {failed !== undefined && <Failure problem={failed} />}
    </span>
  )
}

function Password() {
  const t = useWords('shared')
  const { message } = App.useApp()
  const [form] = Form.useForm<{ password: string; new_password: string }>()
  const change = useAct((v: { password: string; new_password: string }) => body(api.POST('/api/v1/me/password', { body: v })))
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      className="formcol"
      onFinish={(v) =>
        change.mutate(v, {
          onSuccess: () => {
            form.resetFields()
            void message.success(t('changed'))
          },
        })
      }
    >
      <Form.Item name="password" label={t('present')} rules={[{ required: true }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item name="new_password" label={t('fresh')} extra={t('freshHint')} rules={[{ required: true, min: 10 }]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      {change.error && <Failure problem={change.error} kept />}
      <Button htmlType="submit" loading={change.isPending}>
        {t('change')}
      </Button>
    </Form>
  )
}

function Data() {
  const t = useWords('shared')
  const query = useQuery({ queryKey: ['me', 'export'], queryFn: () => body(api.GET('/api/v1/me/export')) })
  return (
    <Loaded query={query}>
      {(data) => (
        <div className="col g12">
          <div>
            <a
              className={buttonClass()}
              href={URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }))}
              download="peakseat-me.json"
            >
              {t('export')}
            </a>
          </div>
          <div>
            <h3 className="mb4">{t('sessions')}</h3>
            <ul className="devices">
              {data.sessions.slice(0, 8).map((s) => (
                <li key={s.id} className="row wrap g8 t2">
                  <span>
                    {t('began')} <When at={s.began_at} />
                  </span>
                  {s.ended_at ? (
                    <span className="t3">
                      {t('ended')} <When at={s.ended_at} />
                    </span>
                  ) : (
                    <State plain tone="ok">
                      {t('live')}
                    </State>
                  )}
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </Loaded>
  )
}

function Erase() {
  const t = useWords('shared')
  const signOut = useSignOut()
  const go = useNavigate()
  const [asked, setAsked] = useState(false)
  const erase = useAct((password: string) => body(api.POST('/api/v1/me/erasure', { body: { password } })))
  if (!asked)
    return (
      <Button danger onClick={() => setAsked(true)}>
        {t('erase')}
      </Button>
    )
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      className="formcol"
      onFinish={(v: { password: string }) => erase.mutate(v.password, { onSuccess: () => void signOut().then(() => go('/')) })}
    >
      <Form.Item name="password" label={t('eraseSure')} rules={[{ required: true }]}>
        <Input.Password autoComplete="current-password" autoFocus />
      </Form.Item>
      {erase.error && <Failure problem={erase.error} />}
      <Button danger type="primary" htmlType="submit" loading={erase.isPending}>
        {t('eraseConfirm')}
      </Button>
    </Form>
  )
}
