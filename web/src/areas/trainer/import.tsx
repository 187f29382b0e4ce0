import { useQueryClient } from '@tanstack/react-query'
import { App, Checkbox, Input, Select } from 'antd'
import { useRef, useState } from 'react'
import { api, body, type Schema } from '@/api/client'
import { Problem } from '@/api/problem'
import { Button } from '@/design/button'
import { Failure } from '@/design/feedback'
import { Section } from '@/design/page'
import { Glyph, State } from '@/design/state'
import { useWords } from '@/words'
import './import.css'

export const formats = ['gift', 'moodle_xml', 'aiken', 'csv', 'xlsx'] as const
export type Format = (typeof formats)[number]

type Report = Schema<'ImportReport'>

const guess = (name: string): Format =>
  (({ xml: 'moodle_xml', csv: 'csv', xlsx: 'xlsx', txt: 'aiken' }) as const)[name.split('.').pop()?.toLowerCase() ?? ''] ?? 'gift'

/**
 * Import reads a file and says line by line what is wrong before anything is kept. A text file opens beside its findings, so that the lines can be mended
 * here and read again. All of it goes in, or nothing.
 */
export function Import({ bank, onClose }: { bank: string; onClose: () => void }) {
  const t = useWords('trainer')
  const common = useWords()
  const queries = useQueryClient()
  const { message } = App.useApp()
  const [format, setFormat] = useState<Format>('gift')
  const [name, setName] = useState('questions.gift')
  const [text, setText] = useState('')
  const [binary, setBinary] = useState<Blob>()
  const [topic, setTopic] = useState('')
  const [difficulty, setDifficulty] = useState(2)
  const [lossy, setLossy] = useState(false)
  const [revise, setRevise] = useState(false)
  const [report, setReport] = useState<Report>()
  const [failed, setFailed] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const editor = useRef<HTMLTextAreaElement>(null)

  const take = async (file: File) => {
    const f = guess(file.name)
    setFormat(f)
    setName(file.name)
    setReport(undefined)
    if (f === 'xlsx') {
      setBinary(file)
      setText('')
    } else {
      setBinary(undefined)
      setText(await file.text())
    }
  }
  const send = async (dry: boolean) => {
    setBusy(true)
    setFailed(undefined)
    try {
      const content = binary ?? new Blob([text])
      const answer = await body(
        api.POST('/api/v1/question-banks/{id}/imports', {
          params: {
            path: { id: bank },
            query: {
              format,
              topic: topic || undefined,
              difficulty,
              accept: lossy ? 'whole' : 'nothing',
              existing: revise ? 'revise' : 'refuse',
              dry_run: dry,
              file: name,
            },
          },
          body: content as unknown as string,
          bodySerializer: (b) => b as unknown as Blob,
          headers: { 'Content-Type': 'application/octet-stream' },
        }),
      )
      setReport(answer)
      if (!dry && answer.importable) {
        void message.success(t('import.done', { count: answer.added + answer.revised }))
        await queries.invalidateQueries({ queryKey: ['banks'] })
        onClose()
      }
    } catch (cause) {
      setFailed(cause instanceof Problem ? cause : Problem.network(cause))
    } finally {
      setBusy(false)
    }
  }
  const goTo = (line: number) => {
    const area = editor.current
    if (!area) return
    const lines = text.split('\n')
    const start = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0)
    area.focus()
    area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
    area.scrollTop = Math.max(0, (line - 4) * 20)
  }
  const bad = new Set(report?.findings.filter((f) => f.refuses).map((f) => f.line ?? 0))
  return (
    <Section
      title={t('bank.import')}
      note={t('import.note')}
      aside={
        <button type="button" className="linkbtn" onClick={onClose}>
          {common('close')}
        </button>
      }
    >
      <div className="row wrap g8 mb12">
        <label className="filebutton">
          {t('import.choose')}
          <input
            type="file"
            accept=".gift,.txt,.xml,.csv,.xlsx"
            onChange={(e) => {
              const f = e.target.files?.[0]
              if (f) void take(f)
            }}
          />
        </label>
        <Select<Format>
          aria-label={t('import.format')}
          value={format}
          onChange={setFormat}
          style={{ width: 130 }}
          options={formats.map((f) => ({ value: f, label: t('format.' + f) }))}
        />
        <Input
          aria-label={t('import.topic')}
          placeholder={t('import.topic')}
          value={topic}
          onChange={(e) => setTopic(e.target.value)}
          style={{ width: 200 }}
        />
        <Select<number>
          aria-label={t('import.difficulty')}
          value={difficulty}
          onChange={setDifficulty}
          style={{ width: 130 }}
          options={[1, 2, 3, 4, 5].map((d) => ({ value: d, label: t('bank.level', { level: d }) }))}
        />
        <Checkbox checked={revise} onChange={(e) => setRevise(e.target.checked)}>
          {t('import.revise')}
        </Checkbox>
        <Checkbox checked={lossy} onChange={(e) => setLossy(e.target.checked)}>
          {t('import.lossy')}
        </Checkbox>
      </div>
      <div className="import-grid">
        {binary ? (
          <p className="soft">
            {name} · {(binary.size / 1024).toFixed(0)} kB
          </p>
        ) : (
          <Lines
            text={text}
            bad={bad}
            editor={editor}
            label={t('import.text')}
            placeholder={t('import.placeholder')}
            onChange={(v) => {
              setText(v)
              setReport(undefined)
            }}
          />
        )}
        <div aria-live="polite">
          {failed && <Failure problem={failed} kept />}
          {report && (
            <>
              <p className="m mb8">
                {report.importable ? (
                  <State plain tone="ok">
                    {t('import.ready', { added: report.added, revised: report.revised, unchanged: report.unchanged })}
                  </State>
                ) : (
                  <State plain tone="miss">
                    {t('import.refused', { count: report.findings.filter((f) => f.refuses).length })}
                  </State>
                )}
              </p>
              <ul className="findings">
                {report.findings.map((f, i) => (
                  <li key={i}>
                    <button type="button" onClick={() => goTo(f.line ?? 1)}>
                      <span className="pt4">
                        <Glyph tone={f.refuses ? 'miss' : 'late'} />
                      </span>
                      <span>
                        <span className="m">
                          {f.sheet && f.sheet + ' '}
                          {t('import.line', { line: f.line ?? 1 })}
                          {f.column ? `:${f.column}` : ''}
                        </span>
                        <span className="t2 line">{f.text}</span>
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            </>
          )}
          {!report && !failed && <p className="t3">{t('import.hint')}</p>}
        </div>
      </div>
      <div className="row g8 mt12">
        <Button onClick={() => void send(true)} loading={busy} disabled={!binary && text.trim() === ''}>
          {t('import.check')}
        </Button>
        <Button type="primary" onClick={() => void send(false)} loading={busy} disabled={!report?.importable}>
          {report?.importable ? t('import.commit', { count: report.added + report.revised }) : t('bank.import')}
        </Button>
      </div>
    </Section>
  )
}

function Lines({
  text,
  bad,
  editor,
  label,
  placeholder,
  onChange,
}: {
  text: string
  bad: Set<number>
  editor: React.RefObject<HTMLTextAreaElement | null>
  label: string
  placeholder: string
  onChange: (v: string) => void
}) {
  const gutter = useRef<HTMLDivElement>(null)
  const count = Math.max(text.split('\n').length, 12)
  return (
    <div className="lines">
      <div className="gutter" ref={gutter} aria-hidden>
        {Array.from({ length: count }, (_, i) => (
          <div key={i} className={bad.has(i + 1) ? 'bad' : undefined}>
            {i + 1}
          </div>
        ))}
      </div>
      <textarea
        ref={editor}
        aria-label={label}
        placeholder={placeholder}
        spellCheck={false}
        wrap="off"
        value={text}
        onChange={(e) => onChange(e.target.value)}
        onScroll={(e) => {
          if (gutter.current) gutter.current.scrollTop = e.currentTarget.scrollTop
        }}
      />
    </div>
  )
}
