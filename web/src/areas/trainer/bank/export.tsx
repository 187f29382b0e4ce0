import { App, Dropdown } from 'antd'
import { ChevronDown } from 'lucide-react'
import { Problem } from '@/api/problem'
import { accessToken } from '@/session/tokens'
import { Button } from '@/design/button'
import { useWords } from '@/words'
import { formats, type Format } from './format'

const endings: Record<Format, string> = { gift: 'gift', moodle_xml: 'xml', aiken: 'txt', csv: 'csv', xlsx: 'xlsx' }

/** Export asks for a file with the token that links cannot carry; what a format would lose is said before it is lost. */
export function Export({ bank, filter }: { bank: string; filter: Record<string, string | number | boolean | undefined> }) {
  const t = useWords('trainer')
  const { modal, message } = App.useApp()
  const save = async (format: Format, accept: 'nothing' | 'detail' | 'whole' = 'nothing') => {
    const asked = new URLSearchParams({ format, accept })
    for (const [k, v] of Object.entries(filter)) if (v !== undefined) asked.set(k, String(v))
    const answer = await fetch(`/api/v1/question-banks/${bank}/export?${asked}`, {
      headers: { Authorization: 'Bearer ' + ((await accessToken()) ?? '') },
    })
    if (!answer.ok) {
      const problem = await Problem.from(answer)
      if (accept === 'nothing' && problem.fields.length > 0)
        modal.confirm({
          title: t('bank.loses'),
          content: (
            <ul>
              {problem.fields.slice(0, 20).map((f) => (
                <li key={f.message}>{f.message}</li>
              ))}
            </ul>
          ),
          okText: t('bank.exportAnyway'),
          onOk: () => save(format, 'whole'),
        })
      else void message.error(problem.message)
      return
    }
    const link = document.createElement('a')
    link.href = URL.createObjectURL(await answer.blob())
    link.download = `peakseat-questions.${endings[format]}`
    link.click()
    URL.revokeObjectURL(link.href)
  }
  return (
    <Dropdown
      trigger={['click']}
      menu={{ items: formats.map((f) => ({ key: f, label: t('format.' + f) })), onClick: ({ key }) => void save(key as Format) }}
    >
      <Button>
        {t('bank.export')}
        <ChevronDown size={14} aria-hidden />
      </Button>
    </Dropdown>
  )
}
