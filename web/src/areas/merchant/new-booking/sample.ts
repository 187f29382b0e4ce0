// Contacts of a small apparel shop in an invented night of a sale, to see how the page works and what a file looks like.
const counts = [34, 46, 70, 88, 120, 132, 110, 92, 70, 62, 58, 74, 96, 64, 38, 22]

export const sample =
  'starts_at,contacts\n' +
  counts
    .map((n, i) => {
      const minute = 18 * 60 + i * 30,
        day = minute < 1440 ? 10 : 11
      return `2025-11-${day} ${String(Math.floor(minute / 60) % 24).padStart(2, '0')}:${minute % 60 ? '30' : '00'},${n}`
    })
    .join('\n') +
  '\n'

export const sampleName = 'peakseat-sample.csv'

/** download hands a text to the browser as a file. */
export function download(name: string, text: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob(['\uFEFF' + text], { type: 'text/csv;charset=utf-8' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
