export type Language = 'zh' | 'en'

/** language is what the page is read in: start.js chooses before anything is drawn, chooseLanguage changes it. */
export const language = (): Language => (document.documentElement.lang === 'en' ? 'en' : 'zh')
