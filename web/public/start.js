// Before anything is drawn: the reader's theme and language, and what kind of page this is, so that the frame in index.html is right at once.
{
  const root = document.documentElement
  const theme = localStorage.getItem('peakseat.theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
  const language = localStorage.getItem('peakseat.language') ?? (navigator.languages.some((l) => /^zh/i.test(l)) || !navigator.languages.some((l) => /^en/i.test(l)) ? 'zh' : 'en')
  root.dataset.theme = theme
  root.style.colorScheme = theme
  root.lang = language === 'en' ? 'en' : 'zh-CN'
  root.dataset.frame = /^\/(agent|merchant|trainer|operator|me)(\/|$)/.test(location.pathname) ? 'work' : 'public'
}
