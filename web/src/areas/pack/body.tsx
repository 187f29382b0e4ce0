import { lazy, Suspense } from 'react'
import { Skeleton } from '@/design/feedback'
import { Glyph } from '@/design/state'
import { useWords } from '@/words'
import type { PackBody } from './queries'

const Markdown = lazy(() => import('@/design/markdown'))

/** Body is a pack as agents read it: what must never be said comes first. */
export function Body({ pack }: { pack: PackBody }) {
  const t = useWords('pack')
  const text = (said: string) =>
    said.trim() === '' ? (
      <p className="sm t3">{t('read.none')}</p>
    ) : (
      <Suspense fallback={<Skeleton />}>
        <Markdown text={said} />
      </Suspense>
    )
  return (
    <div className="col g16">
      {pack.forbidden_promises.length > 0 && (
        <section className="soft" aria-label={t('part.forbidden_promises')}>
          <h3 className="mb8">{t('part.forbidden_promises')}</h3>
          <ul className="col g8">
            {pack.forbidden_promises.map((p) => (
              <li key={p} className="row start g8">
                <span className="pt4">
                  <Glyph tone="miss" />
                </span>
                <span>{p}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>{t('part.promotion_rules')}</h3>
        {text(pack.promotion_rules)}
      </section>
      {pack.facts.length > 0 && (
        <section>
          <h3>{t('part.facts')}</h3>
          <dl className="col g8 mt8">
            {pack.facts.map((f) => (
              <div key={f.question}>
                <dt className="m">{f.question}</dt>
                <dd className="t2">{f.answer}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {pack.quick_replies.length > 0 && (
        <section>
          <h3>{t('part.quick_replies')}</h3>
          <dl className="col g8 mt8">
            {pack.quick_replies.map((q) => (
              <div key={q.when + q.reply}>
                <dt className="sm t3">{q.when}</dt>
                <dd>{q.reply}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      <section>
        <h3>{t('part.product_sheet')}</h3>
        {text(pack.product_sheet)}
      </section>
    </div>
  )
}
