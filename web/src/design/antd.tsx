import { App, ConfigProvider, theme as antd } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import { useMemo, type ReactNode } from 'react'
import { Outlet } from 'react-router'
import { useLanguage } from '@/words'
import { usePhone, useTheme, type Mode } from './theme'
import type { Tokens } from './tokens'

/**
 * Antd gives what lies in it the tokens as antd's theme, and a place for messages and questions (App.useApp); without children it is a
 * layout for routes. What is outside does without antd, and without its weight.
 */
export default function Antd({ children = <Outlet /> }: { children?: ReactNode }) {
  const { tokens, mode } = useTheme()
  const isPhone = usePhone()
  const language = useLanguage()
  const theme = useMemo(() => antTheme(tokens, mode, isPhone), [tokens, mode, isPhone])
  return (
    <ConfigProvider locale={language === 'zh' ? zhCN : enUS} button={{ autoInsertSpace: false }} theme={theme}>
      <App component={false}>{children}</App>
    </ConfigProvider>
  )
}

function antTheme(t: Tokens, mode: Mode, isPhone: boolean) {
  return {
    algorithm: mode === 'dark' ? antd.darkAlgorithm : antd.defaultAlgorithm,
    token: {
      fontFamily: 'inherit',
      fontSize: isPhone ? 15 : 13,
      fontSizeSM: 12,
      lineHeight: 1.54,
      motion: false,
      wireframe: false,
      colorPrimary: t.accent,
      colorPrimaryHover: t.accentHover,
      colorInfo: t.accent,
      colorSuccess: t.ok,
      colorWarning: t.late,
      colorError: t.miss,
      colorLink: t.accentText,
      colorText: t.text,
      colorTextSecondary: t.text2,
      colorTextTertiary: t.text3,
      colorTextDescription: t.text3,
      colorTextPlaceholder: t.text3,
      colorBgBase: t.surface,
      colorBgLayout: t.canvas,
      colorBgContainer: t.surface,
      colorBgElevated: t.raised,
      colorBorder: t.lineStrong,
      colorBorderSecondary: t.line,
      colorSplit: t.line,
      boxShadow: t.shadow2,
      boxShadowSecondary: t.shadow2,
      borderRadius: 6,
      borderRadiusSM: 4,
      borderRadiusLG: isPhone ? 12 : 8,
      controlHeight: isPhone ? 44 : 32,
      controlHeightSM: isPhone ? 36 : 26,
      controlHeightLG: isPhone ? 52 : 40,
    },
    components: {
      // antd's dark algorithm dims the primary: the button takes the tokens as they are.
      Button: {
        algorithm: false,
        colorPrimary: t.accent,
        colorPrimaryHover: t.accentHover,
        colorPrimaryActive: t.accentHover,
        colorError: t.missText,
        colorErrorHover: t.missText,
        fontWeight: 500,
        primaryShadow: 'none',
        defaultShadow: 'none',
        dangerShadow: 'none',
        contentFontSizeLG: isPhone ? 17 : 14,
        paddingInline: 12,
        defaultBg: t.surface,
      },
      Table: {
        headerBg: t.surface,
        headerColor: t.text3,
        headerSplitColor: 'transparent',
        cellPaddingBlock: 8,
        cellPaddingInline: 12,
        cellPaddingBlockSM: 6,
        cellPaddingInlineSM: 12,
        rowHoverBg: t.sunken,
        rowSelectedBg: t.accentSoft,
        rowSelectedHoverBg: t.accentSoft,
        borderColor: t.line,
        headerBorderRadius: 0,
      },
      // Its track is around what is hit.
      Segmented: {
        controlHeight: isPhone ? 48 : 32,
        trackBg: t.sunken,
        itemSelectedBg: t.raised,
        itemColor: t.text2,
        itemSelectedColor: t.text,
        trackPadding: 2,
      },
      Checkbox: { colorBorder: t.control },
      Radio: { colorBorder: t.control },
      Input: { colorBorder: t.lineStrong },
      Slider: { railBg: t.line, railHoverBg: t.line, trackBg: t.accent, handleColor: t.accent },
    },
  }
}
