import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useRef } from 'react'
import { useWords } from '@/words'
import { Button } from './button'

const figure = (n: number) => n.toLocaleString('en')

/** Pager goes through a long list a page at a time, so that the window holds one page whatever the list holds. Each begins at its top. */
export function Pager({
  pages,
}: {
  pages: { first: number; last: number; total?: number; busy: boolean; back?: () => void; on?: () => void }
}) {
  const t = useWords()
  const box = useRef<HTMLElement>(null)
  if (!pages.back && !pages.on) return null
  const turn = (to?: () => void) => {
    to?.()
    box.current?.parentElement?.scrollIntoView({ block: 'start' })
  }
  return (
    <nav ref={box} aria-label={t('pager.label')} className="row wrap g8 mt12">
      <Button
        aria-label={t('pager.back')}
        icon={<ChevronLeft size={16} aria-hidden />}
        disabled={!pages.back}
        onClick={() => turn(pages.back)}
      />
      <span role="status" className="num t2">
        {pages.total === undefined
          ? t('pager.here', { first: figure(pages.first), last: figure(pages.last) })
          : t('pager.of', { first: figure(pages.first), last: figure(pages.last), total: figure(pages.total) })}
      </span>
      <Button
        aria-label={t('pager.on')}
        icon={<ChevronRight size={16} aria-hidden />}
        disabled={!pages.on}
        loading={pages.busy}
        onClick={() => turn(pages.on)}
      />
    </nav>
  )
}
