import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Input } from 'antd'
import { Clock3, Send } from 'lucide-react'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { useStream } from '@/api/stream'
import { Button, buttonClass } from '@/design/button'
import { Card } from '@/design/card'
import { Empty, Failure, Loaded, Skeleton } from '@/design/feedback'
import { Page } from '@/design/page'
import { Glyph, State } from '@/design/state'
import { useNow, When } from '@/design/time'
import { useLanguage, useWords } from '@/words'
import { percent } from './papers'
import '../exam/exam.css'
import { useScenarios } from './way'

type Run = Schema<'SimulationRun'>

/** Simulation is a chat scenario: what it is and how it went before, and with ?run= the run itself. */
export default function Simulation() {
  const t = useWords('agent')
  const language = useLanguage()
  const { code = '' } = useParams()
  const [search] = useSearchParams()
  const run = search.get('run')
  const scenarios = useScenarios()
  const scenario = scenarios.data?.find((s) => s.code === code)
  const name = scenario ? (language === 'zh' ? scenario.name_zh : scenario.name_en) : t('academy.simulation')
  return (
    <Page
      title={name}
      trail={
        <Link to={run ? '/agent/academy/simulations/' + code : '/agent/academy'}>{t(run ? 'academy.simulation' : 'nav.academy')}</Link>
      }
    >
      {run ? (
        <Live key={run} id={run} />
      ) : (
        <div className="column">
          <Loaded
            query={scenarios}
            skeleton={
              <Card>
                <Skeleton lines={[20, 20, 52]} />
              </Card>
            }
          >
            {() =>
              scenario ? (
                <Door scenario={scenario} />
              ) : (
                <Card>
                  <Empty title={t('academy.noScenario')} />
                </Card>
              )
            }
          </Loaded>
          <Runs code={code} />
        </div>
      )}
    </Page>
  )
}

function Door({ scenario: s }: { scenario: Schema<'Scenario'> }) {
  const t = useWords('agent')
  const language = useLanguage()
  const go = useNavigate()
  const begin = useAct(
    (_: 'begin', header) => body(api.POST('/api/v1/simulation-runs', { params: { header }, body: { scenario: s.code, language } })),
    [['runs']],
  )
  return (
    <Card lead label={t('academy.simulation')}>
      <p className="t2 pre">{language === 'zh' ? s.about_zh : s.about_en}</p>
      <dl className="col g8 mt12">
        {(
          [
            ['dialogues', t('sim.customers', { count: s.dialogues })],
            ['time', t('exam.minutes', { count: Math.ceil(s.seconds / 60) })],
            ['pass', percent(s.pass)],
            ['best', s.best === undefined ? '–' : percent(s.best)],
          ] as const
        ).map(([k, v]) => (
          <div key={k} className="row between">
            <dt className="t2">{t('sim.fact.' + k)}</dt>
            <dd className="num">{v}</dd>
          </div>
        ))}
      </dl>
      <p className="soft sm t2 mt12">{t('sim.how')}</p>
      {begin.error && <Failure problem={begin.error} />}
      <Button
        type="primary"
        block
        className="act"
        style={{ marginTop: 16 }}
        loading={begin.isPending}
        onClick={() => begin.mutate('begin', { onSuccess: (r) => void go('?run=' + r.id) })}
      >
        {t('sim.begin')}
      </Button>
    </Card>
  )
}

function Runs({ code }: { code: string }) {
  const t = useWords('agent')
  const runs = useQuery({
    queryKey: ['runs'],
    queryFn: () => body(api.GET('/api/v1/simulation-runs', { params: { query: { limit: 50 } } })),
    select: (l) => l.items,
  })
  const list = runs.data?.filter((r) => r.scenario === code) ?? []
  return (
    list.length > 0 && (
      <Card rows title={t('sim.earlier')}>
        <ul className="rows">
          {list.map((r) => (
            <li key={r.id}>
              <Link className="rowlink" to={'?run=' + r.id}>
                <span className="grow">
                  <When at={r.started_at} />
                </span>
                {!r.ended_at ? (
                  <State tone="info">{t('sim.live')}</State>
                ) : (
                  <State tone={r.passed ? 'ok' : 'open'} shape={r.passed ? undefined : 'ring'}>
                    {percent(r.score ?? 0)}
                  </State>
                )}
              </Link>
            </li>
          ))}
        </ul>
      </Card>
    )
  )
}

/** Live is a run as it stands; the stream brings each change whole. */
function Live({ id }: { id: string }) {
  const queries = useQueryClient()
  const query = useQuery({
    queryKey: ['run', id],
    queryFn: () => body(api.GET('/api/v1/simulation-runs/{id}', { params: { path: { id } } })),
    staleTime: Infinity,
  })
  const put = (r: Run) => queries.setQueryData(['run', id], (old?: Run) => (old && old.now > r.now ? old : r))
  const connected = useStream(query.data?.state === 'live' ? `/api/v1/simulation-runs/${id}/stream` : null, { run: (r) => put(r as Run) })
  return (
    <div className="column">
      <Loaded
        query={query}
        skeleton={
          <Card>
            <Skeleton lines={[24, 200, 44]} />
          </Card>
        }
      >
        {(r) => (r.state === 'live' ? <Desk run={r} onRun={put} connected={connected} /> : <Score run={r} />)}
      </Loaded>
    </div>
  )
}

function Desk({ run, onRun, connected }: { run: Run; onRun: (r: Run) => void; connected: boolean }) {
  const t = useWords('agent')
  const now = useNow(500)
  // The server's clock decides: ours is set by what it said last.
  const skew = useRef(Date.parse(run.now) - Date.now())
  useEffect(() => {
    skew.current = Date.parse(run.now) - Date.now()
  }, [run.now])
  const at = now + skew.current
  const left = Math.max(0, Math.floor((Date.parse(run.ends_by) - at) / 1000))
  const [chosen, setChosen] = useState<string>()
  const current = run.dialogues.find((d) => d.id === chosen) ?? run.dialogues.find((d) => d.state === 'open') ?? run.dialogues[0]
  const queries = useQueryClient()
  const end = useAct(
    (_: 'end', header) => body(api.POST('/api/v1/simulation-runs/{id}/end', { params: { path: { id: run.id }, header } })),
    [['runs'], ['scenarios'], ['progress']],
  )
  useEffect(() => {
    if (left === 0) {
      const timer = setTimeout(() => void queries.invalidateQueries({ queryKey: ['run', run.id] }), 1200)
      return () => clearTimeout(timer)
    }
  }, [left, queries, run.id])
  const waits = (d: Run['dialogues'][number]) => {
    const last = d.messages.at(-1)
    return d.state === 'open' && last?.from === 'customer' ? Math.max(0, Math.floor((at - Date.parse(last.at)) / 1000)) : undefined
  }
  return (
    <>
      <Card lead label={t('sim.desk')}>
        <div className="row between g8 mb12">
          <span className="examclock">
            <Clock3 size={16} aria-hidden />
            <b className="num">
              {Math.floor(left / 60)}:{String(left % 60).padStart(2, '0')}
            </b>
          </span>
          <span className="row g8">
            {!connected && <State tone="late">{t('sim.offline')}</State>}
            <Button loading={end.isPending} onClick={() => end.mutate('end', { onSuccess: onRun })}>
              {t('sim.end')}
            </Button>
          </span>
        </div>
        {end.error && <Failure problem={end.error} />}
        <div className="pills mb12" role="group" aria-label={t('sim.dialogues')}>
          {run.dialogues.map((d) => {
            const w = waits(d)
            return (
              <button key={d.id} type="button" className="pill" aria-pressed={d.id === current?.id} onClick={() => setChosen(d.id)}>
                {d.customer}
                {w !== undefined ? (
                  <span className={w > 5 ? 'late num' : 'num'}>{w} s</span>
                ) : (
                  d.state !== 'open' && <Glyph tone={d.state === 'served' ? 'ok' : 'miss'} />
                )}
              </button>
            )
          })}
        </div>
        {current && <Talk key={current.id} run={run} dialogue={current} onRun={onRun} />}
      </Card>
    </>
  )
}

function Talk({ run, dialogue: d, onRun }: { run: Run; dialogue: Run['dialogues'][number]; onRun: (r: Run) => void }) {
  const t = useWords('agent')
  const [text, setText] = useState('')
  const foot = useRef<HTMLDivElement>(null)
  const reply = useAct((said: string, header) =>
    body(
      api.POST('/api/v1/simulation-runs/{id}/replies', { params: { path: { id: run.id }, header }, body: { dialogue: d.id, text: said } }),
    ),
  )
  useEffect(() => {
    foot.current?.scrollIntoView({ block: 'nearest' })
  }, [d.messages.length])
  const send = (e?: FormEvent) => {
    e?.preventDefault()
    if (text.trim())
      reply.mutate(text.trim(), {
        onSuccess: (r) => {
          setText('')
          onRun(r)
        },
      })
  }
  return (
    <>
      <div
        role="log"
        aria-label={d.customer}
        tabIndex={0}
        className="col g8"
        style={{ height: 'min(46dvh, 420px)', overflowY: 'auto', padding: '4px 0' }}
      >
        {d.messages.map((m, i) => (
          <p key={i} className={m.from === 'agent' ? 'said mine' : 'said'}>
            <span className="hidden">{m.from === 'agent' ? t('sim.you') : d.customer} </span>
            {m.text}
          </p>
        ))}
        <div ref={foot} />
      </div>
      {reply.error && <Failure problem={reply.error} kept />}
      {d.state === 'open' ? (
        <form className="row g8 mt8" onSubmit={send}>
          <Input.TextArea
            autoSize={{ minRows: 1, maxRows: 4 }}
            maxLength={2000}
            aria-label={t('sim.reply', { name: d.customer })}
            placeholder={t('sim.reply', { name: d.customer })}
            value={text}
            onChange={(e) => setText(e.target.value)}
            onKeyDown={(e) => {
              if (e.key === 'Enter' && !e.shiftKey && !e.nativeEvent.isComposing) {
                e.preventDefault()
                send()
              }
            }}
            autoFocus
          />
          <Button
            type="primary"
            htmlType="submit"
            aria-label={t('sim.send')}
            icon={<Send size={18} aria-hidden />}
            loading={reply.isPending}
            disabled={!text.trim()}
          />
        </form>
      ) : (
        <p className="t2" role="status">
          {t('sim.state.' + d.state)}
        </p>
      )}
    </>
  )
}

/** Score is how a run went: each part, with what was said. */
function Score({ run }: { run: Run }) {
  const t = useWords('agent')
  const language = useLanguage()
  const s = run.score
  if (!s)
    return (
      <Card>
        <p className="t2">{t('sim.noScore')}</p>
      </Card>
    )
  return (
    <>
      <Card lead label={t('sim.score')}>
        <div className="row between base">
          <span className="b" style={{ fontSize: 34, lineHeight: '42px' }}>
            {percent(s.score)}
          </span>
          {s.passed ? (
            <State tone="ok">{t('exam.pass')}</State>
          ) : (
            <State tone="open" shape="ring">
              {t('exam.fail')}
            </State>
          )}
        </div>
        {s.red_line && (
          <p className="miss row g8">
            <Glyph tone="miss" />
            {t('sim.redLine')}
          </p>
        )}
        <Link className={buttonClass()} style={{ marginTop: 12 }} to={'/agent/academy/simulations/' + run.scenario}>
          {t('sim.again')}
        </Link>
      </Card>
      {s.parts.map((p) => (
        <Card
          key={p.part}
          rows
          title={t('sim.part.' + p.part)}
          aside={
            <span className="num">
              {percent(p.score)} · {t('sim.weight', { weight: p.weight })}
            </span>
          }
        >
          <p className="t2" style={{ padding: '14px 0' }}>
            {language === 'zh' ? p.zh : p.en}
          </p>
          <ul className="rows">
            {p.findings.map((f, i) => (
              <li key={i} className="start">
                <span className="pt4">
                  <Glyph tone={f.good ? 'ok' : 'late'} />
                </span>
                <span className="grow">
                  {language === 'zh' ? f.zh : f.en}
                  {f.quote && <span className="sm t3 pre line">“{f.quote}”</span>}
                </span>
              </li>
            ))}
          </ul>
        </Card>
      ))}
    </>
  )
}
