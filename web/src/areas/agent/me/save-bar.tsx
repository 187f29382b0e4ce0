import { useNavigate, useSearchParams } from 'react-router'
import { Button } from '@/design/button'
import { useWords } from '@/words'

/** SaveBar stays in sight while something is not saved, and says when it is; then it leads back to the shift for which it was changed. */
export function SaveBar({
  dirty,
  busy,
  done,
  blocked,
  onSave,
  onUndo,
}: {
  dirty: boolean
  busy: boolean
  done: boolean
  blocked?: string
  onSave: () => void
  onUndo: () => void
}) {
  const t = useWords('agent')
  const common = useWords()
  const go = useNavigate()
  const shift = useSearchParams()[0].get('shift')
  return (
    <div className="savebar" role="status">
      {dirty ? (
        <>
          <span className={blocked ? 'grow sm late' : 'grow sm t2'}>{blocked ?? t('save.dirty')}</span>
          <Button onClick={onUndo}>{t('save.undo')}</Button>
          <Button type="primary" loading={busy} disabled={Boolean(blocked)} onClick={onSave}>
            {common('save')}
          </Button>
        </>
      ) : done ? (
        <>
          <span className="grow sm ok">{common('saved')}</span>
          {shift && (
            <Button type="primary" onClick={() => void go('/agent/shifts/' + shift, { replace: true })}>
              {t('save.back')}
            </Button>
          )}
        </>
      ) : null}
    </div>
  )
}
