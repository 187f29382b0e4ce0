import { Copy } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from '@/design/button'
import { useWords } from '@/words'

/** Once is something that is shown this one time: a link, a key. */
export function Once({ value, hint }: { value: string; hint: ReactNode }) {
  const t = useWords()
  const [copied, setCopied] = useState(false)
  return (
    <div className="soft col g8" role="status">
      <span className="sm t2">{hint}</span>
      <code className="mono pre codebox">{value}</code>
      <div>
        <Button icon={<Copy size={14} aria-hidden />} onClick={() => void navigator.clipboard.writeText(value).then(() => setCopied(true))}>
          {copied ? t('copied') : t('copy')}
        </Button>
      </div>
    </div>
  )
}
