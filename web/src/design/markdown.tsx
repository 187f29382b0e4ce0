import ReactMarkdown from 'react-markdown'
import './markdown.css'

/** Markdown shows what trainers write. Raw HTML in it is text, and links lead nowhere but to http and mail. A first heading that says the page's title again is left out. */
export default function Markdown({ text: whole, title }: { text: string; title?: string }) {
  const heading = /^\s*#{1,3} +(.+?) *#* *(?:\n|$)/.exec(whole)
  const text = title && heading?.[1] === title ? whole.slice(heading[0].length) : whole
  return (
    <div className="markdown">
      <ReactMarkdown
        components={{
          a: ({ href, children }) => (
            <a href={href} target="_blank" rel="noreferrer noopener">
              {children}
            </a>
          ),
        }}
      >
        {text}
      </ReactMarkdown>
    </div>
  )
}
