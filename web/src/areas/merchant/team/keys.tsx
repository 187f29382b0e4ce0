import { useQuery } from '@tanstack/react-query'
import { DatePicker, Input, Select } from 'antd'
import dayjs from 'dayjs'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Loaded } from '@/design/feedback'
import { Page, Section } from '@/design/page'
import { Table } from '@/design/table'
import { When } from '@/design/time'
import { useWords } from '@/words'
import { Field } from '../new-booking/field'
import { Once } from './once'
import { titled } from './role'

const roles = ['owner', 'booker', 'finance', 'viewer'] as const
const scopes = ['matcher', 'billing', 'account', 'notice'].flatMap((c) => [c + ':read', c + ':write'])

/** Keys are how the merchant's own systems call the API. */
export default function Keys() {
  const t = useWords('merchant')
  const common = useWords()
  const [deleting, setDeleting] = useState<Schema<'ApiKeyBody'>>()
  const keys = useQuery({ queryKey: ['keys'], queryFn: async () => (await body(api.GET('/api/v1/api-keys'))).items })
  const remove = useAct((id: string) => api.DELETE('/api/v1/api-keys/{id}', { params: { path: { id } } }), [['keys']])
  return (
    <Page title={t('nav.keys')}>
      <div className="split">
        <div className="col">
          <Section
            title={t('keys.list')}
            aside={
              <a href="/openapi.json" target="_blank" rel="noreferrer">
                {t('keys.document')}
              </a>
            }
          >
            <Loaded query={keys}>
              {(list) =>
                list.length === 0 ? (
                  <Empty icon={KeyRound} title={t('keys.none')} hint={t('keys.noneHint')} />
                ) : (
                  <Table<Schema<'ApiKeyBody'>>
                    size="small"
                    rowKey="id"
                    dataSource={list}
                    pagination={list.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
                    scroll={{ x: 760 }}
                    columns={[
                      {
                        title: t('keys.name'),
                        render: (_, k) => (
                          <span>
                            <span className="m">{k.name}</span> <span className="mono t3">…{k.hint}</span>
                          </span>
                        ),
                      },
                      { title: t('team.role'), width: 90, render: (_, k) => titled(common('role.' + k.role)) },
                      {
                        title: t('keys.scopes'),
                        render: (_, k) => (
                          <span className="sm t2">
                            {k.scopes.map((s) => t('keys.scope.' + s.replace(':', '_'), { defaultValue: s })).join(t('list'))}
                          </span>
                        ),
                      },
                      {
                        title: t('keys.used'),
                        width: 150,
                        render: (_, k) => (k.used_at ? <When at={k.used_at} /> : <span className="t3">{t('keys.never')}</span>),
                      },
                      {
                        title: t('keys.expires'),
                        width: 150,
                        render: (_, k) => (k.expires_at ? <When at={k.expires_at} /> : <span className="t3">{t('keys.forever')}</span>),
                      },
                      {
                        title: <span className="hidden">{t('keys.delete')}</span>,
                        width: 70,
                        align: 'right',
                        render: (_, k) => (
                          <Button size="small" type="text" danger onClick={() => setDeleting(k)}>
                            {t('keys.delete')}
                          </Button>
                        ),
                      },
                    ]}
                  />
                )
              }
            </Loaded>
          </Section>
        </div>
        <aside>
          <Section title={t('keys.make')}>
            <Make />
          </Section>
        </aside>
      </div>
      {deleting && (
        <Dialog
          open
          title={t('keys.deleteTitle', { name: deleting.name })}
          onCancel={() => setDeleting(undefined)}
          footer={
            <div className="row wrap g8 to-end">
              <Button onClick={() => setDeleting(undefined)}>{common('cancel')}</Button>
              <Button
                danger
                loading={remove.isPending}
                onClick={() => remove.mutate(deleting.id, { onSuccess: () => setDeleting(undefined) })}
              >
                {t('keys.deleteButton')}
              </Button>
            </div>
          }
        >
          <p>{t('keys.deleteHint')}</p>
          {remove.error && <Failure problem={remove.error} />}
        </Dialog>
      )}
    </Page>
  )
}

function Make() {
  const t = useWords('merchant')
  const common = useWords()
  const [name, setName] = useState('')
  const [role, setRole] = useState<(typeof roles)[number]>('viewer')
  const [chosen, setChosen] = useState<string[]>(['matcher:read'])
  const [until, setUntil] = useState<dayjs.Dayjs | null>(null)
  const act = useAct((b: Schema<'PostAPIKeyInputBody'>) => body(api.POST('/api/v1/api-keys', { body: b })), [['keys']])
  return (
    <form
      className="col g12"
      onSubmit={(e) => {
        e.preventDefault()
        act.mutate(
          { name: name.trim(), role, scopes: chosen, expires_at: until?.endOf('day').toISOString() },
          { onSuccess: () => setName('') },
        )
      }}
    >
      <Field label={t('keys.name')} error={act.error?.at('/name')}>
        <Input required maxLength={80} value={name} placeholder={t('keys.nameHint')} onChange={(e) => setName(e.target.value)} />
      </Field>
      <Field label={t('keys.actsAs')}>
        <Select
          aria-label={t('keys.actsAs')}
          value={role}
          onChange={setRole}
          options={roles.map((r) => ({ value: r, label: titled(common('role.' + r)) }))}
        />
      </Field>
      <Field label={t('keys.scopes')} error={act.error?.at('/scopes')}>
        <Select
          aria-label={t('keys.scopes')}
          mode="multiple"
          value={chosen}
          onChange={setChosen}
          options={scopes.map((s) => ({ value: s, label: t('keys.scope.' + s.replace(':', '_')) }))}
        />
      </Field>
      <Field label={t('keys.expires')} error={act.error?.at('/expires_at')}>
        <DatePicker
          aria-label={t('keys.expires')}
          value={until}
          minDate={dayjs()}
          onChange={setUntil}
          placeholder={t('keys.forever')}
          className="whole"
        />
      </Field>
      <Button type="primary" htmlType="submit" disabled={name.trim() === '' || chosen.length === 0} loading={act.isPending}>
        {t('keys.make')}
      </Button>
      {act.error && act.error.fields.length === 0 && <Failure problem={act.error} kept />}
      {act.data && <Once value={act.data.key} hint={t('keys.once')} />}
    </form>
  )
}
