import { CalendarPlus, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { Problem } from '@/api/problem'
import { Button } from '@/design/button'
import { credentialLook } from '@/design/credential-state'
import { Empty, Failure, Skeleton } from '@/design/feedback'
import { FillBar } from '@/design/fill-bar'
import { LiveFigure } from '@/design/live-figure'
import { Money } from '@/design/money'
import { Page } from '@/design/page'
import { Person } from '@/design/person'
import { ChanceBar, PricePanel } from '@/design/price-panel'
import { Reasons } from '@/design/reasons'
import { SeatLegend, SeatStrip, type SeatState } from '@/design/seat-strip'
import { TagLook } from '@/design/skill-tag'
import { State } from '@/design/state'
import { Span, useNow, When } from '@/design/time'
import { useWords } from '@/words'

// Forty-eight seats and five hundred, with some of each state among them.
const strip = (count: number): SeatState[] =>
  Array.from({ length: count }, (_, i) =>
    i % 48 === 5 ? 'late' : i % 96 === 17 ? 'missing' : i % 120 === 30 ? 'standby' : i % 60 === 41 ? 'open' : 'on',
  )
const cny = (amount: number) => ({ amount, currency: 'CNY' })
const name = ['云杉', '这个名字正好有四十个汉字那么长用来看一行里放不下的时候会不会把旁边的事实挤掉或者自己断开']

/** Gallery is every component of the design beside the others, in the reader's language and theme: for who builds or judges a page. */
export default function Gallery() {
  const t = useWords('public')
  const common = useWords()
  const now = useNow()
  const nothing = () => undefined
  return (
    <div className="narrow wide">
      <div className="panel">
        <Page title={t('gallery.title')}>
          <div className="gallery">
            <Part title={t('gallery.state')}>
              <div className="row wrap g8">
                {(Object.keys(credentialLook) as (keyof typeof credentialLook)[]).map((s) => (
                  <State key={s} {...credentialLook[s]}>
                    {common('credential.' + s)}
                  </State>
                ))}
                <State tone="info">{common('trial.is.with_mentor')}</State>
                <State tone="info" shape="diamond">
                  {common('seat.standby')}
                </State>
                <State plain tone="late">
                  {common('seat.late')}
                </State>
              </div>
            </Part>
            <Part title={t('gallery.strip')}>
              <SeatStrip seats={strip(48)} onPick={nothing} />
              <SeatStrip seats={strip(500)} />
              <SeatLegend states={['on', 'held', 'late', 'missing', 'standby', 'open', 'finished']} />
            </Part>
            <Part title={t('gallery.money')}>
              <div className="row wrap base g16">
                <Money value={cny(1835154)} size={24} />
                <Money value={cny(1835154)} />
                <Money value={cny(-101203)} />
                <Money value={cny(101203)} credit />
                <Money value={cny(17600)} size={20} round />
              </div>
            </Part>
            <Part title={t('gallery.time')}>
              <Span from="2026-11-10T12:00:00Z" to="2026-11-10T16:00:00Z" />
              <Span from="2026-11-10T14:00:00Z" to="2026-11-10T18:00:00Z" />
              <When at="2026-11-10T14:00:00Z" year seconds showZone />
            </Part>
            <Part title={t('gallery.person')}>
              {name.map((n) => (
                <Person key={n} name={n} fact={common('level', { level: 3 })} />
              ))}
              <div className="row wrap g8">
                <TagLook tag="channel/chat" name={t('gallery.chat')} level={2} dimension />
                <TagLook tag="industry/apparel" name={t('gallery.apparel')} level={3} atLeast dimension />
                <TagLook tag="function/presale" name={t('gallery.presale')} level={2} held={1} atLeast />
              </div>
            </Part>
            <Part title={t('gallery.figure')}>
              <div className="row start wrap g32">
                <LiveFigure label={t('gallery.first')} at={now - 8000} value="4.2" unit="s" target="≤ 5 s" onOpen={nothing} />
                <LiveFigure label={t('gallery.level')} at={now - 52_000} value="94.1" unit="%" target="95%" off="late" />
                <LiveFigure label={t('gallery.level')} at={now - 300_000} value="94.1" unit="%" />
              </div>
              <FillBar filled={34} seats={36} />
            </Part>
            <Part title={common('reasons.list')}>
              <Reasons
                list={[
                  {
                    key: 'level',
                    rule: t('gallery.presale'),
                    value: common('level', { level: 1 }),
                    needed: common('level', { level: 2 }),
                    hint: common('minutes', { count: 15 }),
                    action: { label: common('open'), start: nothing },
                  },
                  { key: 'rest', rule: t('gallery.rest'), value: '6.5 h', needed: '8 h' },
                ]}
              />
            </Part>
            <Part title={t('gallery.price')}>
              <PricePanel
                title={common('seats', { count: 2 })}
                lines={[
                  { key: 'a', label: t('gallery.presale'), rule: '2 × 4 h × ¥24.00', amount: cny(19200) },
                  { key: 'b', label: common('seat.standby'), amount: cny(-1600), credit: true },
                ]}
                total={cny(17600)}
                totalLabel={common('all')}
              >
                <ul className="col g4 mt8">
                  <ChanceBar label="20:00–22:00" share={0.98} />
                  <ChanceBar label="22:00–00:00" share={0.71} />
                </ul>
              </PricePanel>
            </Part>
            <Part title={t('gallery.button')}>
              <div className="row wrap g8">
                <Button type="primary" icon={<Plus size={16} aria-hidden />}>
                  {common('save')}
                </Button>
                <Button>{common('copy')}</Button>
                <Button type="text">{common('cancel')}</Button>
                <Button danger>{common('remove')}</Button>
                <Button loading>{common('save')}</Button>
                <Button disabled>{common('done')}</Button>
                <Button size="small">{common('retry')}</Button>
              </div>
            </Part>
            <Part title={t('gallery.empty')}>
              <Empty
                icon={CalendarPlus}
                title={t('landing.noneOpen')}
                hint={t('calculator.upload')}
                action={<Button type="primary">{common('open')}</Button>}
              />
              <Failure problem={Problem.network('gallery')} onRetry={nothing} />
              <Failure problem={new Problem({ status: 500, title: common('error.title'), request_id: '01a2039d-0fcb-79c1' })} kept />
            </Part>
            <Part title={common('loading')}>
              <Skeleton lines={[28, 20, 20]} />
            </Part>
          </div>
        </Page>
      </div>
    </div>
  )
}

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="col g12">
    <h2>{title}</h2>
    {children}
  </section>
)
