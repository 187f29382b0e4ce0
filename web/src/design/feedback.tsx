import { onlineManager } from '@tanstack/react-query'
import { Inbox, RotateCw, type LucideIcon } from 'lucide-react'
import { useSyncExternalStore, type ReactNode } from 'react'
import { Problem } from '@/api/problem'
import { useWords } from '@/words'
import { Button } from './button'
import { Glyph } from './state'

/** Empty says the first thing to do, with the one button that does it. */
export function Empty({
  icon: Icon = Inbox,
  title,
  hint,
  action,
}: {
  icon?: LucideIcon
  title: ReactNode
  hint?: ReactNode
  action?: ReactNode
}) {
  return (
    <div className="empty row start g12">
      <Icon size={20} strokeWidth={1.5} color="var(--text3)" aria-hidden className="rigid" />
      <div className="col g8">
        <div>
          <div className="m">{title}</div>
          {hint && <div className="sm t2">{hint}</div>}
        </div>
        {action && <div>{action}</div>}
      </div>
    </div>
  )
}

/**
 * Failure says what happened, that input is kept, what to do, and the request's id. Trying again is offered where it may help: not for
 * what the reader may not see (403) or what is not there (404).
 */
export function Failure({ problem, onRetry, kept }: { problem: unknown; onRetry?: () => void; kept?: boolean }) {
  const t = useWords()
  const p = problem instanceof Problem ? problem : null
  const offline = !p || p.status === 0
  const final = p?.status === 403 || p?.status === 404
  const hint = offline
    ? t('error.networkHint')
    : p.retryAfter
      ? t('error.busyHint', { count: p.retryAfter })
      : final && onRetry
        ? t(p.status === 403 ? 'error.forbidden' : 'error.notFoundHint')
        : kept
          ? t('error.kept')
          : null
  return (
    <div role="alert" className="row start g12 py16">
      <span className="pt4">
        <Glyph tone="miss" size={14} />
      </span>
      <div className="col g8">
        <div>
          <div className="m">{offline ? t('error.network') : p.message || t('error.title')}</div>
          {p && p.fields.length > 0 && (
            <ul className="sm t2">
              {p.fields.map((f) => (
                <li key={f.pointer + f.message}>{f.message}</li>
              ))}
            </ul>
          )}
          {hint && <div className="sm t2">{hint}</div>}
          {p?.requestId && <div className="sm t3 break">{t('error.request', { id: p.requestId })}</div>}
        </div>
        {onRetry && (
          <div>
            {final ? (
              <a href="/">{t('error.home')}</a>
            ) : (
              <Button onClick={onRetry} icon={<RotateCw size={14} aria-hidden />}>
                {t('retry')}
              </Button>
            )}
          </div>
        )}
      </div>
    </div>
  )
}

/** Offline says that there is no network, for as long as there is none: what was asked for waits, and goes on by itself. */
export function Offline() {
  const t = useWords()
  const online = useSyncExternalStore(
    (changed) => onlineManager.subscribe(changed),
    () => onlineManager.isOnline(),
  )
  return (
    <div role="status">
      {!online && (
        <div className="offline sm m">
          <Glyph tone="late" size={14} />
          {t('error.offline')}
        </div>
      )}
    </div>
  )
}

/** Skeleton has the shape of what comes: one bar a line, of the heights given. */
export function Skeleton({ lines = [20, 20, 20], width = '100%' }: { lines?: number[]; width?: number | string }) {
  const t = useWords()
  return (
    <div role="status" aria-label={t('loading')} className="col g12" style={{ width }}>
      {lines.map((h, i) => (
        <div key={i} className="skeleton" style={{ height: h, width: i === lines.length - 1 && lines.length > 1 ? '62%' : '100%' }} />
      ))}
    </div>
  )
}

/** Loaded shows a query: its skeleton, its failure with a way back (framed: in a section of its own, where the content makes its own), or what it read. */
export function Loaded<T>({
  query,
  skeleton = <Skeleton />,
  framed,
  children,
}: {
  query: { data: T | undefined; error: unknown; refetch: () => unknown }
  skeleton?: ReactNode
  framed?: boolean
  children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  if (!query.error) return skeleton
  const failure = <Failure problem={query.error} onRetry={() => void query.refetch()} />
  return framed ? <div className="sec">{failure}</div> : failure
}
