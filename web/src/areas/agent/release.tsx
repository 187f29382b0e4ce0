import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { Money, plainMoney } from '@/design/money'
import { Sheet } from '@/design/sheet'
import { Span, useNow } from '@/design/time'
import { useWords } from '@/words'
import { useMoment } from './parts'
import { minutesOf, payFor, type Mine } from './work'

/** Release names what giving a seat back costs before it is done. */
export function Release({ mine, open, onClose, onDone }: { mine: Mine; open: boolean; onClose: () => void; onDone?: () => void }) {
  const t = useWords('agent')
  const common = useWords()
  const moment = useMoment()
  const free = useNow(15_000) < Date.parse(mine.release_free_until)
  const pay = payFor(mine.pay_per_hour, minutesOf(mine.starts_at, mine.ends_at))
  const release = useAct(
    (_: 'release', header) => body(api.POST('/api/v1/assignments/{id}/release', { params: { path: { id: mine.id }, header } })),
    [['mine'], ['hall'], ['shift'], ['offers']],
  )
  return (
    <Sheet open={open} title={t('release.title')} onClose={onClose}>
      <div className="col g12">
        <div>
          <div className="m">
            <Span from={mine.starts_at} to={mine.ends_at} zone={mine.time_zone} />
          </div>
          <div className="sm t2">{mine.shop_name}</div>
        </div>
        <ul className="col g8 t2" style={{ listStyle: 'disc', paddingLeft: 18 }}>
          <li>
            {free
              ? t('release.free', { until: moment(mine.release_free_until, mine.time_zone) })
              : t('release.notFree', { until: moment(mine.release_free_until, mine.time_zone) })}
          </li>
          <li>
            {t('release.pay')} <Money value={pay} />
          </li>
          <li>{t('release.back')}</li>
        </ul>
        {release.error && <Failure problem={release.error} />}
        <Button
          danger
          block
          size="large"
          loading={release.isPending}
          onClick={() =>
            release.mutate('release', {
              onSuccess: () => {
                onClose()
                onDone?.()
              },
            })
          }
        >
          {t('release.do', { pay: plainMoney(pay, pay.amount % 100 !== 0) })}
        </Button>
        <Button block size="large" onClick={onClose}>
          {common('cancel')}
        </Button>
      </div>
    </Sheet>
  )
}
