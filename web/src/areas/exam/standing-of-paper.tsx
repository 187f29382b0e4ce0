import { useQuery } from '@tanstack/react-query'
import { api, body, type Schema } from '@/api/client'
import { Glyph } from '@/design/state'
import { Countdown, useNow, When } from '@/design/time'
import { useLanguage, useWords } from '@/words'

/** useStanding is whether I may begin a paper now; why not is said in the reader's language. */
export function useStanding(paper: string, enabled = true) {
  const language = useLanguage()
  return useQuery({
    queryKey: ['standing', paper, language],
    queryFn: () => body(api.GET('/api/v1/papers/{id}/standing', { params: { path: { id: paper } } })),
    enabled,
  })
}

const day = 86_400_000

/** Refused is why a paper cannot be begun now, and when it can: the time until then is counted on its last day. */
export function Refused({ standing: s }: { standing: Schema<'PaperStanding'> }) {
  const t = useWords('exam')
  const now = useNow(60_000)
  const from = s.retry_at ?? s.opens_at
  const ahead = from !== undefined && Date.parse(from) > now
  return (
    <div className="soft row start g8">
      <span className="pt4">
        <Glyph tone="late" shape="clock" />
      </span>
      <div className="col g4">
        <p className="m">{s.reason}</p>
        {ahead && (
          <p className="sm t2">
            {t('from')} <When at={from} showZone />
            {Date.parse(from) - now < day && (
              <>
                {' · '}
                <Countdown until={from} />
              </>
            )}
          </p>
        )}
        {ahead && s.closes_at && Date.parse(s.closes_at) > now && (
          <p className="sm t2">
            {t('until')} <When at={s.closes_at} />
          </p>
        )}
        {s.attempts_left > 0 && <p className="sm t2">{t('attemptsLeft', { count: s.attempts_left })}</p>}
      </div>
    </div>
  )
}
