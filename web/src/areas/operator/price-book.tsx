import type { ReactNode } from 'react'
import type { Schema } from '@/api/client'
import { Money } from '@/design/money'
import { Section } from '@/design/page'
import { useTagNames } from '@/design/skill-tag'
import { usePhone } from '@/design/theme'
import { useWords } from '@/words'

type Book = Schema<'PriceBookVersion'>

const yuan = (fen: number) => ({ amount: fen, currency: 'CNY' as const })
const times = (perTenThousand: number) => '×' + (perTenThousand / 10_000).toFixed(2)

/** Prices are what a version says: what an agent earns, what a merchant pays beside it, and what each skill adds. */
export function Prices({ book }: { book: Book }) {
  const t = useWords('operator')
  const hourly = (fen: number) => (
    <>
      <Money value={yuan(fen)} /> {t('prices.perHour')}
    </>
  )
  return (
    <>
      <div className="halves">
        <Section title={t('prices.pay')}>
          <dl className="pricelist">
            <Line label={t('prices.base')}>{hourly(book.base_per_hour)}</Line>
            <Line label={t('prices.night', { from: book.night.from, to: book.night.to })}>{times(book.night.multiplier)}</Line>
            <Line label={t('prices.weekend')}>{times(book.weekend)}</Line>
            <Line label={t('prices.holiday')}>{times(book.holiday)}</Line>
          </dl>
        </Section>
        <Section title={t('prices.charge')}>
          <dl className="pricelist">
            <Line label={t('prices.commission')}>{book.commission / 100}%</Line>
            <Line label={t('prices.priority')}>{hourly(book.priority_per_hour)}</Line>
            {book.lead_times.map((l) => (
              <Line key={l.under_hours} label={t('prices.lead', { hours: l.under_hours })}>
                {times(l.multiplier)}
              </Line>
            ))}
          </dl>
        </Section>
      </div>
      <Section title={t('prices.tags')} note={t('prices.tagsNote')}>
        <Skills tags={book.tags} />
      </Section>
      <Section title={t('prices.holidays')}>
        <Holidays dates={book.holidays} />
      </Section>
    </>
  )
}

const Line = ({ label, children }: { label: string; children: ReactNode }) => (
  <div>
    <dt>{label}</dt>
    <dd className="m num nowrap">{children}</dd>
  </div>
)

const levels = [1, 2, 3, 4, 5]

/** Skills are what each tag adds an hour, a line a tag and a column a level; a level that is not listed adds what the one below it does. */
function Skills({ tags }: { tags: Book['tags'] }) {
  const t = useWords('operator')
  const common = useWords()
  const name = useTagNames()
  const phone = usePhone()
  const lines = [...new Set(tags.map((x) => x.tag))]
  const adds = (tag: string, level: number) => tags.filter((x) => x.tag === tag && x.level <= level).sort((a, b) => b.level - a.level)[0]
  const saidOf = (tag: string) => {
    const [dimension, value] = tag.split('/')
    return value === '*' ? t('prices.anyOf', { dimension: t('taxonomy.dimension.' + dimension) }) : name(tag)
  }
  return (
    <table className="matrix">
      <thead>
        <tr>
          <th scope="col">{t('prices.tag')}</th>
          {levels.map((l) => (
            <th key={l} scope="col" className="num">
              {phone ? l + '+' : common('level', { level: l }) + '+'}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.map((tag) => (
          <tr key={tag}>
            <th scope="row">{saidOf(tag)}</th>
            {levels.map((l) => {
              const at = adds(tag, l)
              return (
                <td key={l} className="num">
                  {at ? (
                    <span className={at.level === l ? undefined : 't3'}>
                      <Money value={yuan(at.per_hour)} round={phone} />
                    </span>
                  ) : (
                    <span className="t3">–</span>
                  )}
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Holidays are by year, days that follow each other as one stretch: 02-16–02-19. */
function Holidays({ dates }: { dates: string[] }) {
  const t = useWords('operator')
  if (dates.length === 0) return <p className="t3">{t('prices.noHolidays')}</p>
  const days = [...dates].sort()
  const years = [...new Set(days.map((d) => d.slice(0, 4)))]
  return (
    <dl className="col g8">
      {years.map((year) => (
        <div key={year} className="row start g16">
          <dt className="t3 num">{year}</dt>
          <dd className="row wrap g4 holidays num">
            {stretches(days.filter((d) => d.startsWith(year))).map(([first, last]) => (
              <span key={first} className="nowrap">
                {first.slice(5)}
                {last !== first && '–' + last.slice(5)}
              </span>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  )
}

const nextDay = (date: string) => new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10)

function stretches(days: string[]) {
  const found: [string, string][] = []
  for (const d of days) {
    const last = found.at(-1)
    if (last && nextDay(last[1]) === d) last[1] = d
    else found.push([d, d])
  }
  return found
}
