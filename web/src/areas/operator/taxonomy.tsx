import { useQuery } from '@tanstack/react-query'
import { App, Checkbox, Form, Input, Select } from 'antd'
import { Plus } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page, Section } from '@/design/page'
import { Reason } from '@/design/reason'
import { State, type Tone } from '@/design/state'
import { Table } from '@/design/table'
import { usePhone } from '@/design/theme'
import { When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { Who } from '../official/who'

type Tag = Schema<'ManagedTag'>
type Terms = Pick<Tag, 'zh' | 'en' | 'levels'>
type Change = Schema<'TagChange'>

const dimensions: Tag['dimension'][] = ['channel', 'function', 'industry', 'language', 'system']
const stale = [['taxonomy'], ['tags']]
const changeTone: Record<Change['kind'], Tone> = { added: 'ok', renamed: 'info', explained: 'info', retired: 'open', restored: 'ok' }

/** The taxonomy: every tag, what its levels mean, who stands on it, and every version there was. A retired tag keeps its holders and its history. */
export default function Taxonomy() {
  const t = useWords('operator')
  const zh = useLanguage() === 'zh'
  const phone = usePhone()
  const [editing, edit] = useState<Tag | 'new'>()
  const [history, showHistory] = useState(false)
  const [text, setText] = useState('')
  const [retired, setRetired] = useState(false)
  const find = useDeferredValue(text.trim().toLowerCase())
  const query = useQuery({ queryKey: ['taxonomy'], queryFn: () => body(api.GET('/api/v1/taxonomy')) })
  const tags = query.data?.tags ?? []
  const gone = tags.filter((x) => x.retired).length
  return (
    <Page
      title={t('taxonomy.title')}
      note={
        query.data && (
          <span className="t3">
            {t('taxonomy.version', { version: query.data.version })} · {t('taxonomy.count', { count: tags.length - gone })}
            {gone > 0 && ' · ' + t('taxonomy.gone', { count: gone })}
          </span>
        )
      }
      actions={
        <>
          <Button onClick={() => showHistory(true)}>{t('taxonomy.history')}</Button>
          <Button type="primary" icon={<Plus size={14} aria-hidden />} onClick={() => edit('new')}>
            {t('taxonomy.add')}
          </Button>
        </>
      }
    >
      <div className="sec">
        <div className="row wrap g12">
          <Input
            allowClear
            aria-label={t('taxonomy.find')}
            placeholder={t('taxonomy.find')}
            className="w240"
            value={text}
            onChange={(e) => setText(e.target.value)}
          />
          <Checkbox checked={retired} onChange={(e) => setRetired(e.target.checked)}>
            {t('taxonomy.showRetired')}
          </Checkbox>
        </div>
      </div>
      <Loaded
        query={query}
        framed
        skeleton={
          <div className="sec">
            <Skeleton lines={[34, 34, 34, 34, 34]} />
          </div>
        }
      >
        {() => {
          const shown = tags.filter((x) => (retired || !x.retired) && (!find || `${x.tag} ${x.zh} ${x.en}`.toLowerCase().includes(find)))
          return shown.length === 0 ? (
            <div className="sec">
              <Empty title={t('taxonomy.nothing')} hint={t('taxonomy.nothingHint')} />
            </div>
          ) : (
            dimensions
              .filter((d) => shown.some((x) => x.dimension === d))
              .map((d) => (
                <Section key={d} title={t('taxonomy.dimension.' + d)} note={<span className="mono">{d}</span>}>
                  <Table<Tag>
                    aria-label={t('taxonomy.dimension.' + d)}
                    rowKey="tag"
                    size="small"
                    pagination={false}
                    dataSource={shown.filter((x) => x.dimension === d)}
                    scroll={{ x: phone ? 260 : 720 }}
                    columns={
                      phone
                        ? [
                            {
                              title: t('taxonomy.name'),
                              render: (_, x) => (
                                <span className="col">
                                  <button type="button" className="linkbtn" onClick={() => edit(x)}>
                                    {zh ? x.zh : x.en}
                                  </button>
                                  <span className="sm t3">
                                    {zh ? x.en : x.zh} <span className="mono">{x.value}</span>
                                  </span>
                                  {x.retired && (
                                    <State plain tone="open" shape="bar">
                                      {t('taxonomy.retired')}
                                    </State>
                                  )}
                                </span>
                              ),
                            },
                            {
                              title: t('taxonomy.holders'),
                              align: 'right',
                              width: 84,
                              render: (_, x) => (
                                <span className={x.holders === 0 ? 't3 num' : 'num'}>{x.holders.toLocaleString('en')}</span>
                              ),
                            },
                          ]
                        : [
                            {
                              title: t('taxonomy.name'),
                              width: '28%',
                              render: (_, x) => (
                                <button type="button" className="linkbtn" onClick={() => edit(x)}>
                                  {zh ? x.zh : x.en}
                                </button>
                              ),
                            },
                            { title: t('taxonomy.other'), width: '22%', render: (_, x) => <span className="t2">{zh ? x.en : x.zh}</span> },
                            { title: t('taxonomy.code'), width: '20%', render: (_, x) => <span className="mono t3">{x.value}</span> },
                            {
                              title: t('taxonomy.holders'),
                              align: 'right',
                              width: 110,
                              render: (_, x) => (
                                <span className={x.holders === 0 ? 't3 num' : 'num'}>{x.holders.toLocaleString('en')}</span>
                              ),
                            },
                            {
                              title: t('taxonomy.templates'),
                              align: 'right',
                              width: 110,
                              render: (_, x) => <span className={x.templates.length === 0 ? 't3 num' : 'num'}>{x.templates.length}</span>,
                            },
                            {
                              title: t('taxonomy.state'),
                              width: 110,
                              render: (_, x) =>
                                x.retired ? (
                                  <State plain tone="open" shape="bar">
                                    {t('taxonomy.retired')}
                                  </State>
                                ) : (
                                  <State plain tone="ok">
                                    {t('taxonomy.inUse')}
                                  </State>
                                ),
                            },
                          ]
                    }
                  />
                </Section>
              ))
          )
        }}
      </Loaded>
      {editing && (
        <Editor
          key={editing === 'new' ? 'new' : editing.tag}
          tag={editing === 'new' ? undefined : (tags.find((x) => x.tag === editing.tag) ?? editing)}
          next={(query.data?.version ?? 1) + 1}
          general={tags[0]?.levels}
          onClose={() => edit(undefined)}
        />
      )}
      {history && (
        <Dialog open width={680} title={t('taxonomy.history')} footer={null} onCancel={() => showHistory(false)}>
          <History />
        </Dialog>
      )}
    </Page>
  )
}

function Editor({ tag, next, general, onClose }: { tag?: Tag; next: number; general?: Schema<'LevelMeaning'>[]; onClose: () => void }) {
  const t = useWords('operator')
  const common = useWords()
  const zh = useLanguage() === 'zh'
  const { message } = App.useApp()
  const [form] = Form.useForm<Terms & { dimension: Tag['dimension']; value: string; reason: string }>()
  const [asking, ask] = useState(false)
  const save = useAct(
    ({ dimension, value, reason, ...terms }: Terms & { dimension: Tag['dimension']; value: string; reason: string }, headers) =>
      tag
        ? body(
            api.PUT('/api/v1/tags/{dimension}/{value}', {
              params: { path: { dimension: tag.dimension, value: tag.value }, header: { ...headers, 'If-Match': `"${tag.version}"` } },
              body: { ...terms, retired: tag.retired, reason },
            }),
          )
        : body(api.POST('/api/v1/tags', { params: { header: headers }, body: { dimension, value, ...terms, reason } })),
    stale,
  )
  const turn = useAct(
    (reason: string, headers) =>
      tag
        ? body(
            api.PUT('/api/v1/tags/{dimension}/{value}', {
              params: { path: { dimension: tag.dimension, value: tag.value }, header: { ...headers, 'If-Match': `"${tag.version}"` } },
              body: { zh: tag.zh, en: tag.en, levels: tag.levels, retired: !tag.retired, reason },
            }),
          )
        : Promise.reject(new Error('no tag')),
    stale,
  )
  const needed = { required: true, whitespace: true, message: t('taxonomy.needed') }
  const at = (pointer: string) => (save.error?.at(pointer) ? { help: save.error.at(pointer), validateStatus: 'error' as const } : {})
  const blank: Schema<'LevelMeaning'>[] = general ?? Array.from({ length: 5 }, () => ({ zh: '', en: '' }))
  const granted = (tag?.templates.length ?? 0) > 0
  return (
    <Dialog
      open
      width={720}
      title={tag ? (zh ? tag.zh : tag.en) : t('taxonomy.add')}
      onCancel={onClose}
      footer={
        <div className="row wrap g8 to-end">
          {tag && (
            <Button danger={!tag.retired} disabled={granted && !tag.retired} className="first" onClick={() => ask(true)}>
              {t(tag.retired ? 'taxonomy.restore' : 'taxonomy.retire')}
            </Button>
          )}
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
            {t('taxonomy.save', { version: next })}
          </Button>
        </div>
      }
    >
      {tag && (
        <p className="t2 mb12">
          <span className="mono">{tag.tag}</span> · {t('taxonomy.held', { count: tag.holders })} ·{' '}
          {tag.templates.length > 0 ? t('taxonomy.granted', { codes: tag.templates.join('、') }) : t('taxonomy.notGranted')} ·{' '}
          {t('taxonomy.since', { version: tag.version })} <When at={tag.changed_at} />
        </p>
      )}
      {tag && granted && !tag.retired && <p className="sm t3 mb12">{t('taxonomy.cannotRetire')}</p>}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={tag ?? { dimension: 'function', levels: blank }}
        onFinish={(v) =>
          save.mutate(v, {
            onSuccess: () => {
              void message.success(t('taxonomy.saved', { version: next }))
              onClose()
            },
          })
        }
      >
        <div className="fieldgrid">
          {!tag && (
            <Form.Item name="dimension" label={t('taxonomy.dimensionLabel')}>
              <Select options={dimensions.map((d) => ({ value: d, label: t('taxonomy.dimension.' + d) }))} />
            </Form.Item>
          )}
          {!tag && (
            <Form.Item
              name="value"
              label={t('taxonomy.code')}
              extra={t('taxonomy.codeHint')}
              rules={[{ required: true, pattern: /^[a-z0-9_]{1,40}$/, message: t('taxonomy.codeHint') }]}
              {...at('/value')}
            >
              <Input maxLength={40} />
            </Form.Item>
          )}
          <Form.Item name="zh" label={t('taxonomy.zh')} rules={[needed]} {...at('/zh')}>
            <Input maxLength={60} />
          </Form.Item>
          <Form.Item name="en" label={t('taxonomy.en')} rules={[needed]} {...at('/en')}>
            <Input maxLength={60} />
          </Form.Item>
        </div>
        <fieldset className="plainset">
          <legend className="m p0 mb8">{t('taxonomy.levels')}</legend>
          <div className="col g8">
            {[0, 1, 2, 3, 4].map((i) => (
              <div key={i} className="row start g8">
                <span className="nowrap t2 levelname">{common('level', { level: i + 1 })}</span>
                <div className="grow fieldgrid rowed">
                  <Form.Item name={['levels', i, 'zh']} rules={[needed]} className="m0">
                    <Input maxLength={200} aria-label={t('taxonomy.levelZh', { level: i + 1 })} />
                  </Form.Item>
                  <Form.Item name={['levels', i, 'en']} rules={[needed]} className="m0">
                    <Input maxLength={200} aria-label={t('taxonomy.levelEn', { level: i + 1 })} />
                  </Form.Item>
                </div>
              </div>
            ))}
          </div>
        </fieldset>
        <Form.Item
          name="reason"
          label={t('reason.label')}
          extra={t('taxonomy.reasonNote')}
          rules={[{ required: true, whitespace: true, message: t('reason.needed') }]}
        >
          <Input maxLength={500} />
        </Form.Item>
      </Form>
      {save.error && <Failure problem={save.error} kept />}
      {tag && (
        <details>
          <summary className="m clickable">{t('taxonomy.ofTag')}</summary>
          <History tag={tag.tag} />
        </details>
      )}
      {asking && tag && (
        <Reason
          title={t(tag.retired ? 'taxonomy.restore' : 'taxonomy.retire')}
          hint={t(tag.retired ? 'taxonomy.restoreHint' : 'taxonomy.retireHint', { count: tag.holders })}
          danger={!tag.retired}
          busy={turn.isPending}
          problem={turn.error}
          onClose={() => {
            turn.reset()
            ask(false)
          }}
          onGiven={(reason) =>
            turn.mutate(reason, {
              onSuccess: () => {
                void message.success(t('taxonomy.saved', { version: next }))
                onClose()
              },
            })
          }
        />
      )}
    </Dialog>
  )
}

function History({ tag }: { tag?: string }) {
  const t = useWords('operator')
  const query = usePages<Change>(['taxonomy', 'changes', tag], (cursor) =>
    body(api.GET('/api/v1/taxonomy/changes', { params: { query: { tag, limit: 50, cursor } } })),
  )
  return (
    <>
      <Loaded query={query}>
        {(list) =>
          list.length === 0 ? (
            <Empty title={t('taxonomy.noHistory')} hint={t('taxonomy.noHistoryHint')} />
          ) : (
            <ol>
              {list.map((c) => (
                <li key={c.version + c.tag} className="col g4 py12 topline">
                  <div className="row wrap g8">
                    <span className="t3 num">v{c.version}</span>
                    <State plain tone={changeTone[c.kind]} shape={c.kind === 'retired' ? 'bar' : undefined}>
                      {t('taxonomy.kind.' + c.kind)}
                    </State>
                    <span className="m">
                      {c.zh} · {c.en}
                    </span>
                    {!tag && <span className="mono sm t3">{c.tag}</span>}
                  </div>
                  {c.was && <p className="sm t2">{t('taxonomy.was', { name: c.was })}</p>}
                  <p className="t2 pre">{c.changed_by ? c.reason : t('taxonomy.first')}</p>
                  <div className="row wrap g8 sm t3">
                    <When at={c.changed_at} />
                    {c.changed_by && <Who id={c.changed_by} plain />}
                  </div>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
      <More query={query} />
    </>
  )
}
