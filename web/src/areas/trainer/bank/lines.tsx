import { useMemo, useState } from 'react'

/** The height of a line, as import.css has it, and how many are drawn beside the text: of a file of 70,000 lines those in sight. */
const height = 20
const inSight = 22

/** Lines is a text to mend with the numbers of its lines; those that are wrong are marked. */
export function Lines({
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
  const [scrolled, scroll] = useState(0)
  const count = useMemo(() => Math.max(text.split('\n').length, 12), [text])
  const first = Math.floor(scrolled / height)
  const shown = Math.min(inSight, count - first)
  return (
    <div className="textlines">
      <div className="gutter" aria-hidden>
        {/* as wide as the last number is */}
        <div className="widest">{count}</div>
        <div className="numbers" style={{ top: first * height - scrolled + 8 }}>
          {Array.from({ length: shown }, (_, i) => first + i + 1).map((n) => (
            <div key={n} className={bad.has(n) ? 'bad' : undefined}>
              {n}
            </div>
          ))}
        </div>
      </div>
      <textarea
        ref={editor}
        aria-label={label}
        placeholder={placeholder}
        spellCheck={false}
        wrap="off"
        value={text}
        onChange={(e) => onChange(e.target.value)}
        onScroll={(e) => scroll(e.currentTarget.scrollTop)}
      />
    </div>
  )
}
