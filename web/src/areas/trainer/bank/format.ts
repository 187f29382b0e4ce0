export const formats = ['gift', 'moodle_xml', 'aiken', 'csv', 'xlsx'] as const
export type Format = (typeof formats)[number]

/** formatOf is what a text looks like, or, where it does not tell, what its file's name says. */
export function formatOf(text: string, name = ''): Format {
  if (/^\s*(<\?xml|<quiz)/.test(text)) return 'moodle_xml'
  if (/^ANSWER:\s*[A-Z]\s*$/m.test(text)) return 'aiken'
  if (text.includes('{') && /[=~]/.test(text)) return 'gift'
  const end = name.split('.').at(-1)?.toLowerCase()
  return end === 'csv' ? 'csv' : end === 'xml' ? 'moodle_xml' : end === 'txt' ? 'aiken' : 'gift'
}
