import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import common from './common'

export type Language = 'zh' | 'en'

/** Words of one area, the same keys in both languages. */
export type Words = { zh: Tree; en: Tree }
export interface Tree { [key: string]: string | Tree }

const kept = 'peakseat.language'

const first = (): Language => {
  const chosen = localStorage.getItem(kept)
  if (chosen === 'zh' || chosen === 'en') return chosen
  return navigator.languages.some((l) => l.toLowerCase().startsWith('zh')) || !navigator.languages.some((l) => l.toLowerCase().startsWith('en')) ? 'zh' : 'en'
}

void i18next.use(initReactI18next).init({
  lng: first(), fallbackLng: false, defaultNS: 'common', ns: ['common'], initAsync: false,
  resources: { zh: { common: common.zh }, en: { common: common.en } },
  interpolation: { escapeValue: false }, // React escapes
  returnNull: false,
})
i18next.on('languageChanged', mark)
mark(i18next.language)

function mark(language: string) {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
}

/** addWords makes an area's words known; areas call it when they load. */
export function addWords(area: string, words: Words) {
  i18next.addResourceBundle('zh', area, words.zh)
  i18next.addResourceBundle('en', area, words.en)
}

/** useWords is t of an area: t('hall.claim'), t('seats', {count: 3}). */
export function useWords(area = 'common') {
  return useTranslation(area).t
}

export const language = () => i18next.language as Language
export const useLanguage = () => useTranslation().i18n.language as Language

/** chooseLanguage switches at once and keeps the choice. */
export function chooseLanguage(l: Language) {
  localStorage.setItem(kept, l)
  void i18next.changeLanguage(l)
}
