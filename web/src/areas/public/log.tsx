import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { Problem } from '@/api/problem'
import { Button } from '@/design/button'
import { Empty, Loaded } from '@/design/feedback'
import { Page, Section } from '@/design/page'
import { State, type Tone } from '@/design/state'
import { clockTime, dateName } from '@/design/time'
import { useLanguage, useWords } from '@/words'

interface Leaf {
  kind: 'issued' | 'suspended' | 'reinstated' | 'revoked'
  credential: string
  at: string
}

const base = '/.well-known/credential-log/'
const pageSize = 50
const tones: Record<Leaf['kind'], Tone> = { issued: 'ok', suspended: 'late', reinstated: 'ok', revoked: 'miss' }

async function read(path: string) {
  const answer = await fetch(base + path).catch((cause: unknown) => {
    throw Problem.network(cause)
  })
  if (!answer.ok) throw await Problem.from(answer)
  return answer
}

/** The transparency log: every issue, suspension and revocation, the newest first, and the signed head that nobody can take back. */
export default function TransparencyLog() {
  const t = useWords('public')
  const common = useWords()
  const language = useLanguage()
  const [pages, setPages] = useState(1)
  const head = useQuery({ queryKey: ['log', 'checkpoint'], queryFn: async () => (await read('checkpoint')).text() })
  const size = Number(head.data?.split('\n')[1] ?? 0)
  const [params] = useSearchParams()
  const named = Number(params.get('leaf') ?? NaN)
  const at = Number.isInteger(named) && named >= 0 && named < size ? named : undefined // one entry that a credential points to, with its neighbours
  const from = at === undefined ? Math.max(0, size - pages * pageSize) : Math.max(0, at - 5)
  const until = at === undefined ? size : Math.min(size, at + 6)
  const leaves = useQuery({
    queryKey: ['log', 'leaves', from, until],
    enabled: head.data !== undefined,
    placeholderData: (before: { index: number; leaf: Leaf }[] | undefined) => before,
    queryFn: async () =>
      size === 0
        ? []
        : ((await (await read('leaves?from=' + from)).json()) as { leaves: string[] }).leaves
            .slice(0, until - from)
            .map((raw, i) => ({ index: from + i, leaf: JSON.parse(atob(raw)) as Leaf }))
            .reverse(),
  })
  return (
    <div className="narrow wide">
      <div className="panel">
        <Page title={t('log.title')} note={head.data !== undefined && <span className="t3 num">{t('log.size', { count: size })}</span>}>
          <Section title={t('log.what')}>
            <p className="t2 prose">{t('log.about')}</p>
            {head.data && (
              <details className="mt12">
                <summary className="m clickable">{t('log.checkpoint')}</summary>
                <pre className="soft mono scroll mt8" tabIndex={0}>
                  {head.data}
                </pre>
              </details>
            )}
          </Section>
          <Section
            title={at === undefined ? t('log.leaves') : t('log.around', { leaf: at })}
            aside={at !== undefined && <Link to="/log">{t('log.newest')}</Link>}
          >
            <Loaded query={leaves}>
              {(list) =>
                list.length === 0 ? (
                  <Empty title={t('log.empty')} />
                ) : (
                  <>
                    <table className="leaves">
                      <thead>
                        <tr className="sm t3">
                          <th>#</th>
                          <th>{t('log.kind')}</th>
                          <th>{t('log.at')}</th>
                          <th>{t('log.credential')}</th>
                        </tr>
                      </thead>
                      <tbody>
                        {list.map(({ index, leaf }) => (
                          <tr key={index} aria-current={index === at || undefined}>
                            <td className="num t3">{index}</td>
                            <td>
                              <State plain tone={tones[leaf.kind]}>
                                {t('log.of.' + leaf.kind)}
                              </State>
                            </td>
                            <td>
                              <time dateTime={leaf.at}>
                                {dateName(leaf.at, language)} {clockTime(leaf.at, undefined, true)}
                              </time>
                            </td>
                            <td className="mono break">{leaf.credential}</td>
                          </tr>
                        ))}
                      </tbody>
                    </table>
                    {at === undefined && from > 0 && (
                      <Button className="mt12" onClick={() => setPages(pages + 1)} loading={leaves.isFetching}>
                        {common('loadMore')}
                      </Button>
                    )}
                  </>
                )
              }
            </Loaded>
          </Section>
        </Page>
      </div>
    </div>
  )
}
