import { ConfigProvider, theme as antd } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import { createContext, use, useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react'
import { useLanguage } from '@/words'
import { dark, light, type Tokens } from './tokens'

export type Mode = 'light' | 'dark'

const kept = 'peakseat.theme'
const systemDark = window.matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

const current = (): Mode => {
  const chosen = localStorage.getItem(kept)
  return chosen === 'light' || chosen === 'dark' ? chosen : systemDark.matches ? 'dark' : 'light'
}
const subscribe = (changed: () => void) => {
  listeners.add(changed)
  systemDark.addEventListener('change', changed)
  return () => {
    listeners.delete(changed)
    systemDark.removeEventListener('change', changed)
  }
}

/** chooseMode keeps the reader's choice over the system's. */
export function chooseMode(mode: Mode) {
  localStorage.setItem(kept, mode)
  listeners.forEach((changed) => changed())
}

const phone = window.matchMedia('(max-width: 899px)')
const onPhone = (changed: () => void) => {
  phone.addEventListener('change', changed)
  return () => phone.removeEventListener('change', changed)
}

/** usePhone tells whether one column is all there is room for. */
export const usePhone = () => useSyncExternalStore(onPhone, () => phone.matches)

const Theme = createContext<{ tokens: Tokens; mode: Mode }>({ tokens: light, mode: 'light' })

/** useTheme is for what cannot use CSS variables: charts. */
export const useTheme = () => use(Theme)

const dashed = (name: string) => name.replace(/[A-Z]/g, (c) => '-' + c.toLowerCase())
const font = 'inherit'

export function ThemeProvider({ children }: { children: ReactNode }) {
  const mode = useSyncExternalStore(subscribe, current)
  const isPhone = usePhone()
  const language = useLanguage()
  const tokens = mode === 'dark' ? dark : light
  useEffect(() => {
    const root = document.documentElement
    for (const [name, value] of Object.entries(tokens)) root.style.setProperty('--' + dashed(name), value)
    root.style.colorScheme = mode
    root.dataset.theme = mode
  }, [tokens, mode])
  const theme = useMemo(() => antTheme(tokens, mode, isPhone), [tokens, mode, isPhone])
  return (
    <Theme value={{ tokens, mode }}>
      <ConfigProvider locale={language === 'zh' ? zhCN : enUS} button={{ autoInsertSpace: false }} theme={theme}>
        {children}
      </ConfigProvider>
    </Theme>
  )
}

function antTheme(t: Tokens, mode: Mode, isPhone: boolean) {
  return {
    algorithm: mode === 'dark' ? antd.darkAlgorithm : antd.defaultAlgorithm,
    token: {
      fontFamily: font, fontSize: isPhone ? 15 : 13, fontSizeSM: 12, lineHeight: 1.54, motion: false, wireframe: false,
      colorPrimary: t.accent, colorPrimaryHover: t.accentHover, colorInfo: t.accent, colorSuccess: t.ok, colorWarning: t.late, colorError: t.miss, colorLink: t.accentText,
      colorText: t.text, colorTextSecondary: t.text2, colorTextTertiary: t.text3, colorTextDescription: t.text3, colorTextPlaceholder: t.text3,
      colorBgBase: t.surface, colorBgLayout: t.canvas, colorBgContainer: t.surface, colorBgElevated: t.raised,
      colorBorder: t.lineStrong, colorBorderSecondary: t.line, colorSplit: t.line, boxShadow: t.shadow2, boxShadowSecondary: t.shadow2,
      borderRadius: 6, borderRadiusSM: 4, borderRadiusLG: isPhone ? 12 : 8,
      controlHeight: isPhone ? 44 : 32, controlHeightSM: isPhone ? 36 : 26, controlHeightLG: isPhone ? 52 : 40,
    },
    components: {
      // antd's dark algorithm dims the primary: the button takes the tokens as they are.
      Button: {
        algorithm: false, colorPrimary: t.accent, colorPrimaryHover: t.accentHover, colorPrimaryActive: t.accentHover, colorError: t.missText, colorErrorHover: t.missText,
        fontWeight: 500, primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', contentFontSizeLG: isPhone ? 17 : 14, paddingInline: 12, defaultBg: t.surface,
      },
      Table: {
        headerBg: t.surface, headerColor: t.text3, headerSplitColor: 'transparent', cellPaddingBlock: 8, cellPaddingInline: 12, cellPaddingBlockSM: 6, cellPaddingInlineSM: 12,
        rowHoverBg: t.sunken, borderColor: t.line, headerBorderRadius: 0,
      },
      Segmented: { trackBg: t.sunken, itemSelectedBg: t.raised, itemColor: t.text2, itemSelectedColor: t.text, trackPadding: 2 },
      Checkbox: { colorBorder: t.control },
      Radio: { colorBorder: t.control },
      Input: { colorBorder: t.lineStrong },
      Slider: { railBg: t.line, railHoverBg: t.line, trackBg: t.accent, handleColor: t.accent },
    },
  }
}
