import { Input } from 'antd'
import { FileSpreadsheet, FileUp, PenLine, Sparkles } from 'lucide-react'
import { useRef, useState, type DragEvent } from 'react'
import { Button } from '@/design/button'
import { State } from '@/design/state'
import { useWords } from '@/words'
import { decode, type Peak } from './contacts'
import { download, sample, sampleName } from './sample'

interface Source {
  name: string
  text: string
}

/** PeakChip is last peak once it is read: whence, how much, and the way to change it. */
export function PeakChip({ source, peak, onEdit }: { source: Source; peak: Peak; onEdit: () => void }) {
  const t = useWords('merchant')
  const total = peak.rows.reduce((sum, r) => sum + r.contacts, 0)
  return (
    <span className="row g8 wrap filechip">
      <FileSpreadsheet size={15} color="var(--text3)" aria-hidden />
      <span className="trunc w220">{source.name || t('peak.typed')}</span>
      <span className="t3 sm num">{t('peak.sum', { rows: peak.rows.length, contacts: Math.round(total).toLocaleString('en-US') })}</span>
      <button type="button" className="linkbtn sm m0" onClick={onEdit}>
        {t('peak.change')}
      </button>
    </span>
  )
}

/** PeakInput takes last peak's contacts from a file or from the keyboard. What is wrong is told line by line beside the text, which stays as it is. */
export function PeakInput({
  source,
  peak,
  onChange,
  onDone,
  onSkip,
}: {
  source: Source | null
  peak: Peak | null
  onChange: (s: Source | null) => void
  onDone: () => void
  onSkip: () => void
}) {
  const t = useWords('merchant')
  const [typing, setTyping] = useState(source !== null)
  const [over, setOver] = useState(false)
  const file = useRef<HTMLInputElement>(null)
  const area = useRef<HTMLDivElement>(null)
  const take = async (f: File | undefined) => {
    if (!f) return
    onChange({ name: f.name, text: decode(await f.arrayBuffer()) })
    setTyping(true)
  }
  const drop = (e: DragEvent) => {
    e.preventDefault()
    setOver(false)
    void take(e.dataTransfer.files[0])
  }
  const jump = (line: number) => {
    const box = area.current?.querySelector('textarea')
    if (!box || !source) return
    const lines = source.text.split('\n')
    const from = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0)
    box.focus()
    box.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0))
    box.scrollTop = Math.max(0, (line - 4) * 20)
  }
  return (
    <div
      className="col g12"
      onDragOver={(e) => {
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <input
        ref={file}
        type="file"
        accept=".csv,.txt,.tsv,text/csv,text/plain"
        hidden
        aria-label={t('peak.upload')}
        onChange={(e) => {
          void take(e.target.files?.[0])
          e.target.value = ''
        }}
      />
      <div className={over ? 'row wrap g12 drop over' : 'row wrap g12 drop'}>
        <div className="grow">
          <div className="m">{t('peak.title')}</div>
          <div className="sm t2">{t('peak.hint')}</div>
        </div>
        <div className="row wrap g8">
          <Button type={source ? 'default' : 'primary'} icon={<FileUp size={15} aria-hidden />} onClick={() => file.current?.click()}>
            {t('peak.upload')}
          </Button>
          {!typing && (
            <Button
              icon={<PenLine size={14} aria-hidden />}
              onClick={() => {
                setTyping(true)
                if (!source) onChange({ name: '', text: '' })
              }}
            >
              {t('peak.type')}
            </Button>
          )}
          <Button
            icon={<Sparkles size={14} aria-hidden />}
            onClick={() => {
              onChange({ name: sampleName, text: sample })
              onDone()
            }}
          >
            {t('peak.sample')}
          </Button>
        </div>
        <div className="row wrap g16 sm whole">
          <button type="button" className="linkbtn" onClick={() => download(sampleName, sample)}>
            {t('peak.download')}
          </button>
          <button type="button" className="linkbtn" onClick={onSkip}>
            {t('peak.skip')}
          </button>
        </div>
      </div>
      {typing && source && (
        <div className="peakedit" ref={area}>
          <Input.TextArea
            aria-label={t('peak.text')}
            value={source.text}
            autoSize={{ minRows: 8, maxRows: 16 }}
            className="mono"
            spellCheck={false}
            placeholder={t('peak.placeholder')}
            onChange={(e) => onChange({ name: source.name, text: e.target.value })}
          />
          <div className="col g8" aria-live="polite">
            {peak && peak.rows.length > 0 && (
              <span className="sm">
                <State tone="ok" plain>
                  {t('peak.good', { count: peak.rows.length })}
                </State>
              </span>
            )}
            {peak && peak.missing > 0 && (
              <span className="sm">
                <State tone="late" plain>
                  {t('peak.missing', { count: peak.missing, minutes: peak.interval })}
                </State>
              </span>
            )}
            {peak && peak.faults.length > 0 && (
              <>
                <span className="sm">
                  <State tone="miss" plain>
                    {t('peak.faults', { count: peak.faults.length })}
                  </State>
                </span>
                <ul className="col g4 faults">
                  {peak.faults.slice(0, 200).map((f) => (
                    <li key={f.line + f.code} className="sm">
                      <button type="button" className="linkbtn" onClick={() => jump(f.line)}>
                        {t('peak.line', { line: f.line })}
                      </button>{' '}
                      <span>{t('peak.fault.' + f.code)}</span> <span className="t3 mono">{f.text.slice(0, 40)}</span>
                    </li>
                  ))}
                </ul>
              </>
            )}
            <div>
              <Button type="primary" disabled={!peak || peak.rows.length === 0} onClick={onDone}>
                {peak && peak.faults.length > 0 ? t('peak.useGood', { count: peak.rows.length }) : t('peak.use')}
              </Button>
            </div>
          </div>
        </div>
      )}
    </div>
  )
}
