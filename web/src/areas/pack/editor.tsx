import { App, Input } from 'antd'
import { useEffect, useState } from 'react'
import { Link, useParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { Button } from '@/design/button'
import { Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page, Section } from '@/design/page'
import { State } from '@/design/state'
import { When, useClock } from '@/design/time'
import type { Me } from '@/session/session'
import { useWords } from '@/words'
import { Body } from './body'
import { Progress } from './progress'
import { Publish } from './publish'
import { usePackDraft, usePackVersions, type PackBody, type PackDraft } from './queries'
import { Quiz } from './quiz'
import { Rows } from './rows'

type Terms = Pick<PackDraft, 'body' | 'quiz'>
const parts = ['forbidden_promises', 'facts', 'promotion_rules', 'product_sheet', 'quick_replies', 'quiz', 'look'] as const
type Part = (typeof parts)[number]

const termsOf = (d: PackDraft): Terms => ({ body: d.body, quiz: d.quiz })

/** Pack is a shop's brand pack: the draft, whom its newest quiz concerns, and what was published. */
export default function Pack({ me }: { me: Me }) {
  const t = useWords('pack')
  const merchant = useWords('merchant')
  const { id = '' } = useParams()
  const draft = usePackDraft(id)
  const writes = me.role === 'owner' || me.role === 'booker'
  return (
    <Page
      title={draft.data?.shop_name ?? t('title')}
      trail={<Link to="/merchant/shops">{merchant('nav.shops')}</Link>}
      note={
        <span className="sm t3">
          {t('title')}
          {draft.data && ' · ' + (draft.data.newest > 0 ? t('version', { n: draft.data.newest }) : t('firstNote'))}
        </span>
      }
    >
      <div className="split">
        <div className="col min0">
          <Loaded
            query={draft}
            skeleton={
              <div className="sec">
                <Skeleton lines={[28, 20, 240]} />
              </div>
            }
          >
            {(d) => <Draft draft={d} writes={writes} reread={async () => (await draft.refetch()).data} />}
          </Loaded>
        </div>
        <aside>
          <Progress shop={id} />
          <Versions shop={id} />
        </aside>
      </div>
    </Page>
  )
}

function Draft({ draft, writes, reread }: { draft: PackDraft; writes: boolean; reread: () => Promise<PackDraft | undefined> }) {
  const t = useWords('pack')
  const common = useWords()
  const { message } = App.useApp()
  const [terms, setTerms] = useState<Terms>(() => termsOf(draft))
  const [part, setPart] = useState<Part>(writes ? 'forbidden_promises' : 'look')
  const [publishing, setPublishing] = useState(false)
  const dirty = JSON.stringify(terms) !== JSON.stringify(termsOf(draft))
  const save = useAct(
    (said: Terms) =>
      body(
        api.PUT('/api/v1/shops/{id}/pack/draft', {
          params: { path: { id: draft.shop_id }, header: { 'If-Match': `"${draft.revision}"` } },
          body: said,
        }),
      ),
    [['packs', draft.shop_id]],
  )
  useEffect(() => {
    if (!dirty) return
    const stay = (e: BeforeUnloadEvent) => e.preventDefault()
    window.addEventListener('beforeunload', stay)
    return () => window.removeEventListener('beforeunload', stay)
  }, [dirty])
  const change = (more: Partial<PackBody>) => setTerms({ ...terms, body: { ...terms.body, ...more } })
  // What the server kept is what is shown, so that nothing seems changed.
  const store = () =>
    save.mutate(terms, {
      onSuccess: (kept) => {
        setTerms(termsOf(kept))
        void message.success(t('saved'))
      },
    })
  const takeNewest = async () => {
    const newest = await reread()
    if (newest) {
      setTerms(termsOf(newest))
      save.reset()
    }
  }
  const count: Record<Part, number | undefined> = {
    forbidden_promises: terms.body.forbidden_promises.length,
    facts: terms.body.facts.length,
    quick_replies: terms.body.quick_replies.length,
    quiz: terms.quiz.questions.length,
    promotion_rules: undefined,
    product_sheet: undefined,
    look: undefined,
  }
  return (
    <>
      <section className="sec col g12">
        <div className="row wrap g8">
          <div className="pills" role="group" aria-label={t('parts')}>
            {parts
              .filter((p) => writes || p === 'look' || p === 'quiz')
              .map((p) => (
                <button key={p} type="button" className="pill" aria-pressed={part === p} onClick={() => setPart(p)}>
                  {p === 'look' ? t('look') : t('part.' + p)}
                  {count[p] !== undefined && <span className="num t3">{count[p]}</span>}
                </button>
              ))}
          </div>
        </div>
        {writes && (
          <div className="row wrap g8">
            <span className="sm t3 grow" role="status">
              {dirty
                ? t('unsaved')
                : draft.changed_at && (
                    <>
                      {t('draft')} · <When at={draft.changed_at} />
                    </>
                  )}
            </span>
            <Button onClick={store} loading={save.isPending} disabled={!dirty}>
              {common('save')}
            </Button>
            <Button
              type="primary"
              disabled={dirty || draft.revision === 0}
              title={dirty ? t('publish.saveFirst') : undefined}
              onClick={() => setPublishing(true)}
            >
              {t('publish.do')}
            </Button>
          </div>
        )}
        {save.error && (
          <div>
            <Failure problem={save.error} kept />
            {save.error.status === 412 && <Button onClick={() => void takeNewest()}>{t('reload')}</Button>}
          </div>
        )}
      </section>
      <section className="sec col g12 grow">
        {part === 'look' ? (
          <>
            <h2>{t('preview')}</h2>
            <Body pack={terms.body} />
          </>
        ) : (
          <>
            <div>
              <h2>{t('part.' + part)}</h2>
              {writes && <p className="sm t3">{t('hint.' + part)}</p>}
            </div>
            {(part === 'product_sheet' || part === 'promotion_rules') && (
              <Input.TextArea
                aria-label={t('part.' + part)}
                autoSize={{ minRows: 14, maxRows: 30 }}
                maxLength={20000}
                value={terms.body[part]}
                onChange={(e) => change({ [part]: e.target.value })}
              />
            )}
            {part === 'forbidden_promises' && (
              <Rows
                label={t('part.forbidden_promises')}
                add={t('add.forbidden_promises')}
                rows={terms.body.forbidden_promises.map((promise) => ({ promise }))}
                fields={[{ key: 'promise', most: 200 }]}
                onChange={(rows) => change({ forbidden_promises: rows.map((r) => r.promise) })}
              />
            )}
            {part === 'facts' && (
              <Rows
                label={t('part.facts')}
                add={t('add.facts')}
                rows={terms.body.facts}
                fields={[
                  { key: 'question', most: 200 },
                  { key: 'answer', most: 300 },
                ]}
                onChange={(facts) => change({ facts })}
              />
            )}
            {part === 'quick_replies' && (
              <Rows
                label={t('part.quick_replies')}
                add={t('add.quick_replies')}
                rows={terms.body.quick_replies}
                fields={[
                  { key: 'when', most: 200 },
                  { key: 'reply', most: 500 },
                ]}
                onChange={(quick_replies) => change({ quick_replies })}
              />
            )}
            {part === 'quiz' && (
              <Quiz
                shop={draft.shop_id}
                quiz={terms.quiz}
                writes={writes}
                fresh={!dirty && draft.revision > 0}
                onChange={(quiz) => setTerms({ ...terms, quiz })}
              />
            )}
          </>
        )}
      </section>
      {publishing && <Publish draft={draft} onClose={() => setPublishing(false)} />}
    </>
  )
}

function Versions({ shop }: { shop: string }) {
  const t = useWords('pack')
  const versions = usePackVersions(shop)
  const now = useClock()
  return (
    <Section title={t('versions.title')}>
      <Loaded query={versions}>
        {(list) =>
          list.length === 0 ? (
            <p className="t2">{t('versions.none')}</p>
          ) : (
            <ul className="rows">
              {list.map((v, i) => {
                const coming = Date.parse(v.in_force_at) > now
                const current = !coming && list.slice(0, i).every((later) => Date.parse(later.in_force_at) > now)
                return (
                  <li key={v.version} className="stack">
                    <div className="row wrap g8">
                      <span className="m">{t('version', { n: v.version })}</span>
                      {current && (
                        <State tone="ok" plain>
                          {t('inForce')}
                        </State>
                      )}
                      {v.editorial && <span className="sm t3">{t('editorial')}</span>}
                      <span className="end sm t3">
                        <When at={v.in_force_at} />
                      </span>
                    </div>
                    {v.note && <p className="sm t2 break">{v.note}</p>}
                    <p className="sm t3">{v.quiz_version === 0 ? t('noQuiz') : t('quizOf', { n: v.quiz_version })}</p>
                  </li>
                )
              })}
            </ul>
          )
        }
      </Loaded>
    </Section>
  )
}
