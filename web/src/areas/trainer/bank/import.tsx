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
import { Labelled } from '../question/parts'
import { formatOf, formats, type Format } from './format'
import { Lines } from './lines'
import './import.css'

type Report = Schema<'ImportReport'>

/**
 * Import reads a file and says line by line what is wrong before anything is kept. A text file opens beside its findings, so that the lines can be mended
 * here and read again. All of it goes in, or nothing. One button leads on: it checks until all is well, then it imports.
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

  const say = (v: string, f: Format = formatOf(v)) => {
    setText(v)
    setReport(undefined)
    setFormat(f)
  }
  const take = async (file: File) => {
    setName(file.name)
    if (file.name.toLowerCase().endsWith('.xlsx')) {
      setText('')
      setFormat('xlsx')
      setBinary(file)
      await send(true, file, 'xlsx')
    } else {
      const read = await file.text()
      const f = formatOf(read, file.name)
      setBinary(undefined)
      say(read, f)
      await send(true, new Blob([read]), f)
    }
  }
  const send = async (dry: boolean, content: Blob = binary ?? new Blob([text]), as = format) => {
    setBusy(true)
    setFailed(undefined)
    try {
      const answer = await body(
        api.POST('/api/v1/question-banks/{id}/imports', {
          params: {
            path: { id: bank },
            query: {
              format: as,
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
  const refusing = report?.findings.filter((f) => f.refuses).length ?? 0
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
      <div className="row wrap g16 end-aligned mb12">
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
        <Labelled label={t('import.format')}>
          {(id) => (
            <Select<Format>
              id={id}
              className="w140"
              value={format}
              onChange={(f) => {
                setFormat(f)
                setReport(undefined)
              }}
              options={formats.map((f) => ({ value: f, label: t('format.' + f) }))}
            />
          )}
        </Labelled>
        <Labelled label={t('import.topic')}>
          {(id) => (
            <Input
              id={id}
              className="w200"
              placeholder={t('question.topicHint')}
              value={topic}
              onChange={(e) => {
                setTopic(e.target.value)
                setReport(undefined)
              }}
            />
          )}
        </Labelled>
        <Labelled label={t('import.difficulty')}>
          {(id) => (
            <Select<number>
              id={id}
              className="w140"
              value={difficulty}
              onChange={(d) => {
                setDifficulty(d)
                setReport(undefined)
              }}
              options={[1, 2, 3, 4, 5].map((d) => ({ value: d, label: t('question.difficulty.' + d) }))}
            />
          )}
        </Labelled>
        <div className="col g4">
          <Checkbox
            checked={revise}
            onChange={(e) => {
              setRevise(e.target.checked)
              setReport(undefined)
            }}
          >
            {t('import.revise')}
          </Checkbox>
          <Checkbox
            checked={lossy}
            onChange={(e) => {
              setLossy(e.target.checked)
              setReport(undefined)
            }}
          >
            {t('import.lossy')}
          </Checkbox>
        </div>
      </div>
      <div className="import-grid">
        {binary ? (
          <p className="soft break">
            {name} · {Math.ceil(binary.size / 1024).toLocaleString('en')} kB
          </p>
        ) : (
          <Lines
            text={text}
            bad={bad}
            editor={editor}
            label={t('import.text')}
            placeholder={t('import.placeholder')}
            onChange={(v) => say(v, text.trim() === '' ? formatOf(v) : format)}
          />
        )}
        <div aria-live="polite">
          {failed && <Failure problem={failed} kept />}
          {report && (
            <>
              <p className="m mb8 wraps">
                {report.importable ? (
                  <State plain tone="ok">
                    {t('import.ready', { added: report.added, revised: report.revised, unchanged: report.unchanged })}
                  </State>
                ) : (
                  <State plain tone="miss">
                    {t('import.refused', { count: refusing })}
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
      <div className="row wrap g8 mt12">
        {report?.importable ? (
          <Button type="primary" onClick={() => void send(false)} loading={busy}>
            {t('import.commit', { count: report.added + report.revised })}
          </Button>
        ) : (
          <Button type="primary" onClick={() => void send(true)} loading={busy} disabled={!binary && text.trim() === ''}>
            {t(report ? 'import.again' : 'import.check')}
          </Button>
        )}
      </div>
    </Section>
  )
}
