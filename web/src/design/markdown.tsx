import ReactMarkdown from 'react-markdown'
import './markdown.css'

/** Markdown shows what trainers write. Raw HTML in it is text, and links lead nowhere but to http and mail. */
export default function Markdown({ text }: { text: string }) {
  return <div className="markdown"><ReactMarkdown components={{ a: ({ href, children }) => <a href={href} target="_blank" rel="noreferrer noopener">{children}</a> }}>{text}</ReactMarkdown></div>
}
