import { CalendarClock, ExternalLink } from 'lucide-react'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { usePages } from '@/api/pages'
import { Button, buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { More } from '@/design/more'
import { Page } from '@/design/page'
import { State } from '@/design/state'
import { Span, useNow } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { DayOf } from '../parts'
import { ToAcademy } from './parts'

type Talk = Schema<'Talk'>

export const useTalks = () =>
  usePages<Talk>(['talks'], (cursor) => body(api.GET('/api/v1/talks', { params: { query: { limit: 100, cursor } } })))

/** ahead are the talks that are not over, the soonest first. */
export const ahead = (list: Talk[], now: number) =>
  list.filter((x) => Date.parse(x.ends_at) > now).sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at))

/** Talks by experts: sign up while there are seats, and later whether one was noted as there. */
export default function Talks() {
  const t = useWords('learning')
  const now = useNow(15_000)
  const query = useTalks()
  return (
    <Page title={t('talk.title')} trail={<ToAcademy />}>
      <div className="column">
        <Loaded
          query={query}
          skeleton={
            <Card>
              <Skeleton lines={[64, 64, 64]} />
            </Card>
          }
        >
          {(list) => {
            const soon = ahead(list, now),
              past = list.filter((x) => !soon.includes(x)).sort((a, b) => Date.parse(b.starts_at) - Date.parse(a.starts_at))
            return (
              <>
                <Card rows title={t('talk.ahead')} aside={soon.length > 0 ? t('talk.points') : undefined}>
                  {soon.length === 0 ? (
                    <Empty icon={CalendarClock} title={t('talk.none')} hint={t('talk.noneHint')} />
                  ) : (
                    <ul className="rows">
                      {soon.map((x) => (
                        <TalkRow key={x.id} talk={x} now={now} />
                      ))}
                    </ul>
                  )}
                </Card>
                {past.length > 0 && (
                  <Card rows title={t('talk.past')}>
                    <ul className="rows">
                      {past.map((x) => (
                        <TalkRow key={x.id} talk={x} now={now} />
                      ))}
                    </ul>
                  </Card>
                )}
              </>
            )
          }}
        </Loaded>
        <More query={query} />
      </div>
    </Page>
  )
}

/** TalkRow is a talk in a list, with what can be done about it now. */
export function TalkRow({ talk: x, now }: { talk: Talk; now: number }) {
  const t = useWords('learning')
  const language = useLanguage()
  const sign = useAct(
    (coming: boolean, header) => body(api.PUT('/api/v1/talks/{id}/sign-up', { params: { path: { id: x.id }, header }, body: { coming } })),
    [['talks']],
  )
  const begun = Date.parse(x.starts_at) <= now,
    over = Date.parse(x.ends_at) <= now
  const left = Math.max(0, x.capacity - x.signed_up)
  return (
    <li className="start wrap">
      <DayOf at={x.starts_at} />
      <div className="grow hint">
        <div className="m break">{language === 'zh' ? x.title_zh : x.title_en}</div>
        <div className="sm t3">
          <Span from={x.starts_at} to={x.ends_at} day={false} />
        </div>
        <div className="sm t3">
          {t('talk.speaker', { speaker: x.speaker })}
          {!begun && ' · ' + (left > 0 ? t('talk.seats', { count: left }) : t('talk.full'))}
        </div>
        {sign.error && <Failure problem={sign.error} />}
      </div>
      <div className="row wrap g8 end">
        {over ? (
          x.coming &&
          (x.attended ? (
            <State tone="ok">{t('talk.attended')}</State>
          ) : (
            <State tone="open" shape="ring">
              {t('talk.missed')}
            </State>
          ))
        ) : begun ? (
          <State tone="info">{t('talk.live')}</State>
        ) : x.coming ? (
          <>
            <State tone="ok">{t('talk.coming')}</State>
            <Button loading={sign.isPending} onClick={() => sign.mutate(false)}>
              {t('talk.leave')}
            </Button>
          </>
        ) : left > 0 ? (
          <Button loading={sign.isPending} onClick={() => sign.mutate(true)}>
            {t('talk.join')}
          </Button>
        ) : (
          <State tone="open" shape="bar">
            {t('talk.full')}
          </State>
        )}
        {x.coming && !over && (
          <a className={buttonClass()} href={x.link} target="_blank" rel="noreferrer noopener">
            <ExternalLink size={16} aria-hidden />
            {t('talk.link')}
          </a>
        )}
      </div>
    </li>
  )
}
