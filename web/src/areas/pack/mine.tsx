import { ChevronRight, ShoppingBag } from 'lucide-react'
import { Link } from 'react-router'
import type { Schema } from '@/api/client'
import { Card } from '@/design/card'
import { Failure } from '@/design/feedback'
import { Glyph, State } from '@/design/state'
import { dayName, clockTime, When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { useMyPacks } from './queries'

/** MyPacks are the quizzes that open shops' shifts: those that a seat of mine waits for come first. */
export function MyPacks() {
  const t = useWords('pack')
  const packs = useMyPacks()
  if (packs.error)
    return (
      <Card title={t('mine.title')}>
        <Failure problem={packs.error} />
      </Card>
    )
  return (
    packs.data &&
    packs.data.length > 0 && (
      <Card rows title={t('mine.title')}>
        <ul className="rows">
          {packs.data.map((p) => (
            <Row key={p.shop_id} pack={p} />
          ))}
        </ul>
      </Card>
    )
  )
}

function Row({ pack: p }: { pack: Schema<'MyPack'> }) {
  const t = useWords('pack')
  const language = useLanguage()
  const next = p.next && p.next.quiz_version > p.passed_version && p.next.quiz_version > p.quiz_version ? p.next : undefined
  const version = next?.version ?? 0
  const facts = [
    p.open_shifts > 0 && t('mine.open', { count: p.open_shifts }),
    p.seats.length > 0 && t('mine.seats', { count: p.seats.length }),
    next && t('mine.next', { n: next.version, at: dayName(next.in_force_at, language) + ' ' + clockTime(next.in_force_at) }),
  ].filter(Boolean)
  return (
    <li>
      <Link className="rowlink" to={'/agent/packs/' + p.shop_id + (version ? '?version=' + version : '')}>
        <span aria-hidden style={{ color: 'var(--text2)', display: 'flex', flex: 'none' }}>
          <ShoppingBag size={20} strokeWidth={1.75} />
        </span>
        <span className="grow">
          <span className="m line break">{p.shop_name}</span>
          <span className="sm t3">{facts.join(language === 'zh' ? '，' : ', ')}</span>
          {p.due_at && (
            <span className="sm late line">
              {t('mine.due')} <When at={p.due_at} />
            </span>
          )}
        </span>
        {p.quiz_version === 0 && !next ? (
          <span className="sm t3">{t('mine.noQuiz')}</span>
        ) : p.passed ? (
          <State tone="ok">{t('mine.passed')}</State>
        ) : (
          <State tone="late">{t('mine.take')}</State>
        )}
        <ChevronRight size={18} color="var(--text3)" aria-hidden className="rigid" />
      </Link>
    </li>
  )
}

/** PackOfSeat leads from a seat to its shop's pack, and says by when its quiz must be passed. */
export function PackOfSeat({ assignment }: { assignment: string }) {
  const t = useWords('pack')
  const pack = useMyPacks().data?.find((p) => p.seats.some((s) => s.assignment_id === assignment))
  const due = pack?.seats.find((s) => s.assignment_id === assignment)?.due_at
  return (
    pack && (
      <Link className="soft row between g8 mt12" to={'/agent/packs/' + pack.shop_id}>
        <span className="row g8">
          {due && <Glyph tone="late" />}
          <span className="m">
            {due ? (
              <>
                {t('read.mustPass')} <When at={due} />
              </>
            ) : (
              t('read.of')
            )}
          </span>
        </span>
        <ChevronRight size={18} color="var(--text3)" aria-hidden className="rigid" />
      </Link>
    )
  )
}
