import { App } from 'antd'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import type { Problem } from '@/api/problem'
import { Button } from '@/design/button'
import { useWords } from '@/words'
import { termsOf, type Terms, type Version } from './terms'

/** NextVersion makes a draft that says what a published version says. */
export function NextVersion({ version: v, onMade }: { version: Version; onMade: (version: number) => void }) {
  const t = useWords('trainer')
  const { message } = App.useApp()
  const make = useAct(
    (terms: Terms, headers) =>
      body(api.POST('/api/v1/papers/{id}/versions', { params: { path: { id: v.paper_id }, header: headers }, body: terms })),
    [['papers']],
  )
  return (
    <Button
      loading={make.isPending}
      onClick={() => make.mutate(termsOf(v), { onSuccess: (made) => onMade(made.version), onError: (p) => void message.error(p.message) })}
    >
      {t('papers.next')}
    </Button>
  )
}

/** Publish makes a draft what examinees sit, for good; what it lacks is listed where it is refused. */
export function Publish({ version: v }: { version: Version }) {
  const t = useWords('trainer')
  const { message, modal } = App.useApp()
  const refused = (p: Problem) =>
    void modal.error({
      title: p.message,
      content: (
        <ul>
          {p.fields.map((f) => (
            <li key={f.message}>{f.message}</li>
          ))}
        </ul>
      ),
    })
  const publish = useAct(
    (_: null, headers) =>
      body(
        api.POST('/api/v1/papers/{id}/versions/{version}/publication', {
          params: { path: { id: v.paper_id, version: v.version }, header: headers },
        }),
      ),
    [['papers']],
  )
  const ask = () =>
    void modal.confirm({
      title: t('papers.publishSure', { version: v.version }),
      content: t('papers.publishHint'),
      okText: t('papers.publish'),
      onOk: () => publish.mutateAsync(null).then(() => void message.success(t('papers.is.published')), refused),
    })
  return (
    <Button type="primary" onClick={ask} loading={publish.isPending}>
      {t('papers.publish')}
    </Button>
  )
}
