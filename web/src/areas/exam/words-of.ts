import type { Schema } from '@/api/client'

/**
 * wordsOf is what a text of a question says. Markup written as HTML is left out without ever becoming a document: parsed, its inline
 * styles and images would be asked for and the Content-Security-Policy would complain. Lists and paragraphs keep their lines; a picture is the words that stand for it.
 */
export function wordsOf(text: Schema<'ShownText'>): string {
  return text.format === 'html' || text.format === 'moodle' ? plain(text.body) : text.body
}

const lines = new Set([
  'address',
  'article',
  'blockquote',
  'br',
  'dd',
  'div',
  'dl',
  'dt',
  'figure',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'hr',
  'li',
  'ol',
  'p',
  'pre',
  'section',
  'table',
  'tr',
  'ul',
])
const unseen = new Set(['script', 'style', 'template', 'noscript', 'iframe', 'object', 'head', 'title'])

// A tag as HTML's tokenizer reads it: a name that begins with a letter, then attributes whose quoted values may hold anything.
const tag = /<!--[\s\S]*?(?:-->|$)|<[!?][^>]*(?:>|$)|<(\/?)([a-z][^\s/>]*)((?:"[^"]*(?:"|$)|'[^']*(?:'|$)|[^>"'])*)(?:>|$)/gi
const alt = /\salt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i

function plain(html: string): string {
  let out = '',
    at = 0
  for (tag.lastIndex = 0; ;) {
    const m = tag.exec(html)
    out += words(html.slice(at, m ? m.index : html.length))
    if (!m) break
    at = tag.lastIndex
    const [, close, raw, attributes = ''] = m
    const name = raw?.toLowerCase()
    if (name === undefined) continue
    if (unseen.has(name) && !close) {
      const end = new RegExp(`</${name}[\\s/>]`, 'i').exec(html.slice(at))
      at = end ? at + end.index : html.length
      tag.lastIndex = at
    } else if (name === 'img' && !close) {
      const said = alt.exec(attributes)
      if (said) out += words(said[1] ?? said[2] ?? said[3] ?? '')
    } else if (name === 'li' && !close) out += '\n• '
    else if ((name === 'td' || name === 'th') && !close) out += ' '
    else if (lines.has(name)) out += '\n'
  }
  return out
    .replace(/[ \t]*\n[ \t]*/g, '\n')
    .replace(/\n{2,}/g, '\n')
    .trim()
}

// Line breaks of the source are spaces; entities are decoded by the one element whose content is text and nothing else.
function words(text: string): string {
  const flat = text.replace(/\s+/g, ' ')
  if (!flat.includes('&')) return flat
  const box = document.createElement('textarea')
  box.innerHTML = flat
  return box.value
}
