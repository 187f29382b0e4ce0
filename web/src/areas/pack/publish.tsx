import { App, Input } from 'antd'
import { useState } from 'react'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { Sheet } from '@/design/sheet'
import { useWords } from '@/words'
import { usePackProgress, type PackDraft } from './queries'

const leastQuestions = 3

/** Publish says what a new version does before it is made for good. */
export function Publish({ draft, onClose }: { draft: PackDraft; onClose: () => void }) {
  const t = useWords('pack')
  const common = useWords()
  const { message } = App.useApp()
  const holders = usePackProgress(draft.shop_id).data
  const [note, setNote] = useState('')
  const [editorial, setEditorial] = useState(false)
  const [at, setAt] = useState('')
  const n = draft.newest + 1
  const few = !editorial && draft.quiz.questions.length < leastQuestions
  const publish = useAct(
    (said: { note: string; editorial: boolean; in_force_at?: string }, headers) =>
      body(
        api.POST('/api/v1/shops/{id}/pack/versions', {
          params: { path: { id: draft.shop_id }, header: headers },
          body: { ...said, revision: draft.revision },
        }),
      ),
    [['packs', draft.shop_id]],
  )
  const go = () =>
    publish.mutate(
      { note, editorial, in_force_at: at ? new Date(at).toISOString() : undefined },
      {
        onSuccess: () => {
          void message.success(t('publish.done', { n }))
          onClose()
        },
      },
    )
  return (
    <Sheet open title={t('publish.title', { n })} onClose={onClose}>
      <form
        className="col g16"
        onSubmit={(e) => {
          e.preventDefault()
          go()
        }}
      >
        <label className="col g4">
          <span>{t('publish.note')}</span>
          <Input.TextArea
            autoSize={{ minRows: 2 }}
            maxLength={500}
            value={note}
            placeholder={t('publish.noteHint')}
            onChange={(e) => setNote(e.target.value)}
          />
        </label>
        <label className="row start g8">
          <input type="checkbox" checked={editorial} onChange={(e) => setEditorial(e.target.checked)} className="mt4" />
          <span>
            <span className="line">{t('publish.editorial')}</span>
            <span className="sm t3">{t('publish.editorialHint')}</span>
          </span>
        </label>
        <fieldset className="col g8">
          <legend>{t('publish.when')}</legend>
          <label className="row g8">
            <input type="radio" name="when" checked={!at} onChange={() => setAt('')} />
            {t('publish.now')}
          </label>
          <label className="row g8">
            <input type="radio" name="when" checked={Boolean(at)} onChange={() => setAt(soon())} />
            {t('publish.later')}
          </label>
          {at && (
            <input
              type="datetime-local"
              aria-label={t('publish.at')}
              value={at}
              onChange={(e) => setAt(e.target.value)}
              style={{
                padding: 8,
                borderRadius: 8,
                border: '1px solid var(--line-strong)',
                background: 'var(--surface)',
                color: 'var(--text)',
              }}
            />
          )}
        </fieldset>
        {!editorial && holders && (
          <div className="soft col g4">
            <p className="m">{holders.holders_now > 0 ? t('publish.holders', { count: holders.holders_now }) : t('publish.nobody')}</p>
            {holders.holders_now > 0 && (
              <p className="sm t2">
                {t('publish.keeps', { deadline: holders.deadline_minutes / 60, notice: holders.notice_minutes / 60 })}
              </p>
            )}
            <p className="sm t2">{t('publish.claims')}</p>
          </div>
        )}
        {few && (
          <p role="status" className="late">
            {t('publish.few')}
          </p>
        )}
        {publish.error && <Failure problem={publish.error} kept />}
        <div className="row g8">
          <Button htmlType="submit" type="primary" loading={publish.isPending} disabled={few}>
            {t('publish.confirm')}
          </Button>
          <Button onClick={onClose}>{common('cancel')}</Button>
        </div>
      </form>
    </Sheet>
  )
}

/** soon is tomorrow's midnight as the field wants it, by the reader's own clock. */
function soon() {
  const d = new Date()
  d.setDate(d.getDate() + 1)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T00:00`
}
