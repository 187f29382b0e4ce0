import ReactMarkdown, { type Components } from 'react-markdown'
import { tables } from './markdown-tables'
import './markdown.css'

// Links lead nowhere but to http and mail; a picture from elsewhere, which the page may not load, is a link to it.
const components: Components = {
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <a href={typeof src === 'string' ? src : undefined} target="_blank" rel="noreferrer noopener">
      {alt || src}
    </a>
  ),
}
const Inline = ({ text }: { text: string }) => (
  <ReactMarkdown components={{ ...components, p: ({ children }) => <>{children}</> }}>{text}</ReactMarkdown>
)

/** Markdown shows what trainers write. Raw HTML in it is text; a line that ends is a line; tables are drawn. A first heading that says the page's title again is left out. */
export default function Markdown({ text: whole, title }: { text: string; title?: string }) {
  const heading = /^\s*#{1,3} +(.+?) *#* *(?:\n|$)/.exec(whole)
  const text = title && heading?.[1] === title ? whole.slice(heading[0].length) : whole
  return (
    <div className="markdown">
      {tables(text).map((part, i) =>
        typeof part === 'string' ? (
          <ReactMarkdown key={i} components={components}>
            {part}
          </ReactMarkdown>
        ) : (
          <div key={i} className="scroll" tabIndex={0} role="group">
            <table>
              <thead>
                <tr>
                  {part.head.map((cell, at) => (
                    <th key={at} scope="col" className={part.align[at]}>
                      <Inline text={cell} />
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {part.rows.map((row, n) => (
                  <tr key={n}>
                    {part.head.map((_, at) => (
                      <td key={at} className={part.align[at]}>
                        <Inline text={row[at] ?? ''} />
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ),
      )}
    </div>
  )
}
