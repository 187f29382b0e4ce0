import i18next, { type BackendModule } from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import { language, type Language } from './language'

export type { Language }

/** Words of one area, the same keys in both languages. */
export type Words = { zh: Tree; en: Tree }
export interface Tree {
  [key: string]: string | Tree
}

// A words.ts holds both languages side by side; the build cuts it in two (vite.config.ts), and a page loads the areas it shows in the language it shows.
const files: Record<string, Record<string, () => Promise<Tree>>> = {
  zh: import.meta.glob<Tree>(['./common.ts', '../shell/words.ts', '../areas/*/words.ts'], { query: '?zh', import: 'default' }),
  en: import.meta.glob<Tree>(['./common.ts', '../shell/words.ts', '../areas/*/words.ts'], { query: '?en', import: 'default' }),
}
const fileOf = (area: string) => (area === 'common' ? './common.ts' : area === 'shell' ? '../shell/words.ts' : `../areas/${area}/words.ts`)

const loads: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read: (language, area, done) => {
    const load = files[language]?.[fileOf(area)]
    if (!load) return done(new Error(`no words of ${area} in ${language}`), false)
    load().then(
      (words) => done(null, words),
      (fault: Error) => done(fault, true),
    )
  },
}

const kept = 'peakseat.language'

i18next.on('languageChanged', (language) => {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
})

// What the address will say is asked for with the first page; other areas when they are opened.
const [, area = ''] = location.pathname.split('/')
const first = fileOf(area) in files.zh! ? ['shell', area] : area === 'me' ? ['shell', 'shared'] : ['public']

/** wordsReady is done once the first page's words are there. */
export const wordsReady = i18next
  .use(loads)
  .use(initReactI18next)
  .init({
    lng: language(),
    fallbackLng: false,
    defaultNS: 'common',
    ns: ['common', ...first],
    initAsync: false,
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  })

/** useWords is t of an area: t('hall.claim'), t('seats', {count: 3}). Where the words are still on their way, what asks for them waits (Suspense). */
export function useWords(area = 'common') {
  return useTranslation(area).t
}

export const useLanguage = () => useTranslation().i18n.language as Language

/** chooseLanguage switches once all words shown are there in it, and keeps the choice. */
export function chooseLanguage(l: Language) {
  localStorage.setItem(kept, l)
  void i18next.changeLanguage(l)
}
