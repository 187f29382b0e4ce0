import { App, DatePicker, Form, Input, InputNumber, Switch } from 'antd'
import { CalendarClock } from 'lucide-react'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { Sheet } from '@/design/sheet'
import { State } from '@/design/state'
import { Table } from '@/design/table'
import { Span, useNow, zoneName } from '@/design/time'
import { useLanguage, useWords } from '@/words'

type Talk = Schema<'Talk'>
type Terms = Schema<'TalkTerms'>

/** Talks: announce one, see who signed up, and note who was there. */
export default function Talks() {
  const t = useWords('learning')
  const zh = useLanguage() === 'zh'
  const now = useNow(15_000)
  const [adding, add] = useState(false)
  const [chosen, choose] = useState<Talk>()
  const query = usePages<Talk>(['talks'], (cursor) => body(api.GET('/api/v1/talks', { params: { query: { limit: 50, cursor } } })))
  const button = (
    <Button type="primary" onClick={() => add(true)}>
      {t('talk.add')}
    </Button>
  )
  return (
    <Page title={t('talk.title')} actions={button}>
      <div className="sec">
        <Loaded query={query} skeleton={<Skeleton lines={[34, 34, 34]} />}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon={CalendarClock} title={t('talk.noneForTrainer')} hint={t('talk.noneForTrainerHint')} action={button} />
            ) : (
              <Table<Talk>
                rowKey="id"
                size="small"
                dataSource={list}
                pagination={false}
                scroll={{ x: 720 }}
                columns={[
                  { title: t('talk.one'), render: (_, x) => <span className="m break">{zh ? x.title_zh : x.title_en}</span> },
                  { title: t('talk.by'), render: (_, x) => <span className="break">{x.speaker}</span> },
                  {
                    title: t('talk.when'),
                    render: (_, x) => (
                      <span className="row wrap g8">
                        <Span from={x.starts_at} to={x.ends_at} />
                        {Date.parse(x.starts_at) <= now && now < Date.parse(x.ends_at) && <State tone="info">{t('talk.live')}</State>}
                      </span>
                    ),
                  },
                  {
                    title: t('talk.signedUp'),
                    align: 'right',
                    render: (_, x) => (
                      <>
                        {x.signed_up}
                        <span className="t3"> / {x.capacity}</span>
                      </>
                    ),
                  },
                  {
                    title: <span className="hidden">{t('talk.guests')}</span>,
                    align: 'right',
                    render: (_, x) => (
                      <button type="button" className="linkbtn nowrap" onClick={() => choose(x)}>
                        {t(Date.parse(x.starts_at) <= now ? 'talk.note' : 'talk.guests')}
                      </button>
                    ),
                  },
                ]}
              />
            )
          }
        </Loaded>
        <More query={query} />
      </div>
      {adding && <Announce onClose={() => add(false)} />}
      <Sheet open={chosen !== undefined} title={chosen ? (zh ? chosen.title_zh : chosen.title_en) : ''} onClose={() => choose(undefined)}>
        {chosen && <Guests talk={chosen} begun={Date.parse(chosen.starts_at) <= now} />}
      </Sheet>
    </Page>
  )
}

type Typed = Omit<Terms, 'starts_at' | 'ends_at'> & { when: [Dayjs, Dayjs] }

function Announce({ onClose }: { onClose: () => void }) {
  const t = useWords('learning')
  const common = useWords()
  const language = useLanguage()
  const { message } = App.useApp()
  const [form] = Form.useForm<Typed>()
  const make = useAct((v: Terms, headers) => body(api.POST('/api/v1/talks', { params: { header: headers }, body: v })), [['talks']])
  const needed = [{ required: true, message: t('talk.needed') }]
  const of = (name: string) => ({
    validateStatus: make.error?.at('/' + name) ? ('error' as const) : undefined,
    help: make.error?.at('/' + name),
  })
  const when = make.error?.at('/starts_at') ?? make.error?.at('/ends_at')
  const submit = ({ when: [from, to], ...v }: Typed) =>
    make.mutate(
      { ...v, starts_at: from.toISOString(), ends_at: to.toISOString() },
      {
        onSuccess: () => {
          void message.success(t('talk.announced'))
          onClose()
        },
      },
    )
  return (
    <Dialog
      open
      title={t('talk.add')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('talk.add')}
      cancelText={common('cancel')}
      confirmLoading={make.isPending}
    >
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ capacity: 100 }} onFinish={submit}>
        <Form.Item name="title_zh" label={t('talk.title_zh')} rules={needed} {...of('title_zh')}>
          <Input maxLength={200} autoFocus />
        </Form.Item>
        <Form.Item name="title_en" label={t('talk.title_en')} rules={needed} {...of('title_en')}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="speaker" label={t('talk.by')} rules={needed} {...of('speaker')}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item
          name="when"
          label={t('talk.when')}
          extra={zoneName(Intl.DateTimeFormat().resolvedOptions().timeZone, language)}
          rules={needed}
          validateStatus={when ? 'error' : undefined}
          help={when}
        >
          <DatePicker.RangePicker
            showTime={{ format: 'HH:mm', minuteStep: 5 }}
            format="YYYY-MM-DD HH:mm"
            minDate={dayjs()}
            className="whole"
          />
        </Form.Item>
        <Form.Item
          name="link"
          label={t('talk.url')}
          extra={t('talk.urlHint')}
          rules={[{ required: true, pattern: /^https:\/\//, message: t('talk.urlHint') }]}
          {...of('link')}
        >
          <Input type="url" maxLength={500} placeholder="https://" />
        </Form.Item>
        <Form.Item name="capacity" label={t('talk.capacity')} rules={needed} {...of('capacity')}>
          <InputNumber min={1} max={100_000} precision={0} />
        </Form.Item>
      </Form>
      {make.error && make.error.fields.length === 0 && <Failure problem={make.error} kept />}
    </Dialog>
  )
}

type Guest = Schema<'Guest'>

/** Guests are those who signed up; once the talk has begun, a switch each says who is there. */
function Guests({ talk, begun }: { talk: Talk; begun: boolean }) {
  const t = useWords('learning')
  const query = usePages<Guest>(['guests', talk.id], (cursor) =>
    body(api.GET('/api/v1/talks/{id}/guests', { params: { path: { id: talk.id }, query: { limit: 100, cursor } } })),
  )
  const note = useAct(
    (v: { agent_id: string; attended: boolean }, headers) =>
      body(api.PUT('/api/v1/talks/{id}/attendance', { params: { path: { id: talk.id }, header: headers }, body: v })),
    [['guests', talk.id], ['talks']],
  )
  return (
    <>
      <p className="sm t2">{t(begun ? 'talk.guestsHint' : 'talk.guestsLater')}</p>
      {note.error && <Failure problem={note.error} />}
      <Loaded query={query} skeleton={<Skeleton lines={[34, 34]} />}>
        {(list) =>
          list.length === 0 ? (
            <p className="t2 py16">{t('talk.noGuests')}</p>
          ) : (
            <>
              {begun && (
                <p className="m num mt12" role="status">
                  {t('talk.attendedOf', { here: list.filter((g) => g.attended).length, of: list.length })}
                </p>
              )}
              <ul className="rows">
                {list.map((g) => (
                  <li key={g.agent_id}>
                    <label className="row g12 grow py4">
                      <span className="mono grow">{g.handle}</span>
                      {begun && (
                        <Switch
                          aria-label={`${t('talk.note')} ${g.handle}`}
                          checked={g.attended}
                          loading={note.isPending && note.variables.agent_id === g.agent_id}
                          onChange={(attended) => note.mutate({ agent_id: g.agent_id, attended })}
                        />
                      )}
                    </label>
                  </li>
                ))}
              </ul>
            </>
          )
        }
      </Loaded>
      <More query={query} />
    </>
  )
}
