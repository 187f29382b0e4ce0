import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useWords } from '@/words'
import { Button } from './button'

/** Pager goes through a long list a page at a time, so that the window holds one page whatever the list holds. */
export function Pager({ pages }: { pages: { first: number; last: number; total?: number; busy: boolean; back?: () => void; on?: () => void } }) {
  const t = useWords()
  if (!pages.back && !pages.on) return null
  return (
    <nav aria-label={t('pager.label')} className="row wrap g8" style={{ marginTop: 12 }}>
      <Button aria-label={t('pager.back')} icon={<ChevronLeft size={16} aria-hidden />} disabled={!pages.back} onClick={pages.back} />
      <span role="status" className="num t2">{pages.total === undefined ? t('pager.here', { first: pages.first, last: pages.last }) : t('pager.of', { first: pages.first, last: pages.last, total: pages.total })}</span>
      <Button aria-label={t('pager.on')} icon={<ChevronRight size={16} aria-hidden />} disabled={!pages.on} loading={pages.busy} onClick={pages.on} />
    </nav>
  )
}
