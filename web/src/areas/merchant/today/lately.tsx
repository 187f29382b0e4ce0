import { Stamp } from '@/design/live-figure'
import { Section } from '@/design/page'
import { Glyph } from '@/design/state'
import { clockTime } from '@/design/time'
import { useWords } from '@/words'
import type { Running } from './live'

/** So many are told; who came before them is in the rows. */
const most = 14

/** Lately is who checked in and out last, from the rosters. */
export function Lately({ running, at, zone }: { running: Running[]; at: number; zone: string }) {
  const t = useWords('merchant')
  const list = running
    .flatMap((r) =>
      r.roster.flatMap((e) => [
        ...(e.checked_in_at ? [{ what: e.late ? 'inLate' : 'in', at: e.checked_in_at, e, title: r.booking.title }] : []),
        ...(e.checked_out_at ? [{ what: 'out', at: e.checked_out_at, e, title: r.booking.title }] : []),
      ]),
    )
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
    .slice(0, most)
  return (
    <Section title={t('today.lately')} aside={<Stamp at={at} />}>
      {list.length === 0 ? (
        <p className="sm t2">{t('today.noEvents')}</p>
      ) : (
        <ol>
          {list.map(({ what, at: when, e, title }) => (
            <li key={e.assignment_id + what} className="row g8 start event">
              <time className="t3 sm num" dateTime={when}>
                {clockTime(when, zone, true)}
              </time>
              <span className="pt4">
                <Glyph tone={what === 'in' ? 'ok' : what === 'out' ? 'open' : 'late'} shape={what === 'out' ? 'bar' : undefined} />
              </span>
              <div className="grow">
                <div className="m">{t('today.' + what, { name: e.name })}</div>
                <div className="sm t3 trunc">{title}</div>
              </div>
            </li>
          ))}
        </ol>
      )}
    </Section>
  )
}
