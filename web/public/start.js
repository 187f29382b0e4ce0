// Before anything is drawn: the reader's theme and language, what kind of page this is, so that the frame in index.html is right at
// once, and which files of the build's list this reader will need.
{
  const root = document.documentElement
  const theme = localStorage.getItem('peakseat.theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
  const language =
    localStorage.getItem('peakseat.language') ??
    (navigator.languages.some((l) => /^zh/i.test(l)) || !navigator.languages.some((l) => /^en/i.test(l)) ? 'zh' : 'en')
  const area = /^\/(agent|merchant|trainer|operator|me)(\/|$)/.exec(location.pathname)?.[1]
  root.dataset.theme = theme
  root.style.colorScheme = theme
  root.lang = language === 'en' ? 'en' : 'zh-CN'
  root.dataset.frame = area ? 'work' : 'public'

  const files = JSON.parse(document.getElementById('ahead')?.textContent ?? '{}')
  const of = !area || localStorage.getItem('peakseat.refresh') === null ? 'public' : area === 'me' ? 'shared' : area
  for (const name of [language, of, of + '.' + language, location.pathname]) {
    for (const file of files[name] ?? [])
      document.head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', crossOrigin: '', href: '/' + file }))
  }
}
