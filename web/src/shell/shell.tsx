import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Bell, ChevronRight, LogOut, Menu, Moon, Sun, Users, X } from 'lucide-react'
import { Fragment, Suspense, useRef, useState } from 'react'
import { Link, NavLink, Outlet, useLocation, useNavigate } from 'react-router'
import { api, body } from '@/api/client'
import { useStream } from '@/api/stream'
import { Skeleton } from '@/design/feedback'
import { Mark } from '@/design/mark'
import { BarSlot } from '@/design/page'
import { chooseMode, usePhone, useTheme } from '@/design/theme'
import { inDemo } from '@/session/demo'
import { useSignOut, type Me } from '@/session/session'
import { chooseLanguage, useLanguage, useWords } from '@/words'
import type { Area, Item } from './area'
import { Boundary } from './boundary'

/** Shell is the frame of an area: navigation beside the work on a desk, a bar above and tabs below it on a phone. */
export function Shell({ area, me }: { area: Area; me: Me }) {
  const t = useWords()
  const shell = useWords('shell')
  const isPhone = usePhone()
  const menu = useRef<HTMLDialogElement>(null)
  const [slot, setSlot] = useState<HTMLElement | null>(null)
  const items = area.items.filter((i) => !i.roles || i.roles.includes(me.role))
  const tabs = items.filter((i) => i.phone)
  const path = useLocation().pathname
  return (
    <div className={tabs.length > 0 ? 'shell' : 'shell untabbed'}>
      <a className="skiplink" href="#work">
        {t('skip')}
      </a>
      {isPhone ? (
        <header className="bar">
          <div ref={setSlot} className="barslot" />
          <Link to="/" className="brand">
            <Mark />
            {t('name')}
          </Link>
          <span className="end row">
            <NoticesButton />
            <button type="button" className="iconbtn" aria-label={t('menu')} onClick={() => menu.current?.showModal()}>
              <Menu size={22} strokeWidth={1.75} />
            </button>
          </span>
          <dialog ref={menu} className="drawer" aria-label={t('menu')} onClick={() => menu.current?.close()}>
            <div className="row between">
              <Link to="/" className="brand">
                <Mark />
                {t('name')}
              </Link>
              <button type="button" className="iconbtn" aria-label={t('close')}>
                <X size={22} strokeWidth={1.75} />
              </button>
            </div>
            <Who me={me} />
            <nav className="nav" aria-label={shell('nav')}>
              <Items items={items} words={area.words} />
            </nav>
            <Foot />
          </dialog>
        </header>
      ) : (
        <nav className="nav" aria-label={shell('nav')}>
          <div className="row between">
            <Link to="/" className="brand">
              <Mark />
              {t('name')}
            </Link>
            <span className="pb8">
              <NoticesButton />
            </span>
          </div>
          <Who me={me} />
          <Items items={items} words={area.words} />
          <Foot />
        </nav>
      )}
      <main className="work" id="work" tabIndex={-1}>
        <BarSlot value={isPhone ? slot : null}>
          <Boundary key={path}>
            <Suspense
              fallback={
                <>
                  <div className="top" />
                  <div className="sec">
                    <Skeleton lines={[28, 20, 20, 20]} />
                  </div>
                </>
              }
            >
              <Outlet />
            </Suspense>
          </Boundary>
        </BarSlot>
      </main>
      {isPhone && tabs.length > 0 && <Tabs items={tabs} words={area.words} />}
    </div>
  )
}

function Items({ items, words: name }: { items: Item[]; words: string }) {
  const t = useWords(name)
  return items.map((i) => (
    <Fragment key={i.to}>
      {i.group && <div className="sep">{t(i.group)}</div>}
      <NavLink to={i.to} end={i.end} className="item">
        <i.icon size={16} strokeWidth={1.75} aria-hidden />
        {t(i.label)}
      </NavLink>
    </Fragment>
  ))
}

function Tabs({ items, words: name }: { items: Item[]; words: string }) {
  const t = useWords(name)
  return (
    <nav className="tabs" aria-label={t(items[0]?.label ?? '')}>
      {items.map((i) => (
        <NavLink key={i.to} to={i.to} end={i.end}>
          <i.icon size={22} strokeWidth={1.75} aria-hidden />
          {t(i.label)}
        </NavLink>
      ))}
    </nav>
  )
}

function Who({ me }: { me: Me }) {
  const t = useWords()
  return (
    <Link to="/me/profile" className="who">
      <span className="grow">
        <span className="m trunc line">{me.organisation?.name ?? me.name}</span>
        <span className="xs t3 trunc line">
          {me.organisation ? `${me.name} · ` : ''}
          {t('role.' + me.role)}
        </span>
      </span>
      <ChevronRight size={14} color="var(--text3)" aria-hidden />
    </Link>
  )
}

function NoticesButton() {
  const shell = useWords('shell')
  const t = useWords()
  const queries = useQueryClient()
  const { data } = useQuery({
    queryKey: ['notices', 'first'],
    queryFn: () => body(api.GET('/api/v1/notices', { params: { query: { limit: 1 } } })),
    refetchInterval: 5 * 60_000,
  })
  useStream('/api/v1/notices/stream', { notice: () => void queries.invalidateQueries({ queryKey: ['notices'] }) })
  const unread = data?.unread ?? 0
  return (
    <Link
      to="/me/notices"
      className="iconbtn"
      aria-label={unread > 0 ? `${t('notices')}, ${shell('unread', { count: unread })}` : t('notices')}
    >
      <Bell size={18} strokeWidth={1.75} />
      {unread > 0 && <span className="dot" />}
    </Link>
  )
}

function Foot() {
  const t = useWords()
  const shell = useWords('shell')
  const signOut = useSignOut()
  const go = useNavigate()
  return (
    <>
      {inDemo() && (
        <Link to="/#demo" className="item another">
          <Users size={16} strokeWidth={1.75} aria-hidden />
          {shell('demo')}
        </Link>
      )}
      <div className="foot">
        <Zone />
        <span className="row g8">
          <ModeButton />
          <LanguageButton />
          <button
            type="button"
            className="linkbtn"
            aria-label={t('signOut')}
            title={t('signOut')}
            onClick={() => void signOut().then(() => go('/'))}
          >
            <LogOut size={16} aria-hidden />
          </button>
        </span>
      </div>
    </>
  )
}

const Zone = () => {
  const language = useLanguage()
  return <span className="nowrap">{language === 'zh' ? '北京时间' : 'UTC+8'}</span>
}

/** LanguageButton switches to the other language. */
export function LanguageButton() {
  const t = useWords()
  const language = useLanguage()
  return (
    <button
      type="button"
      className="linkbtn nowrap"
      lang={language === 'zh' ? 'en' : 'zh-CN'}
      onClick={() => chooseLanguage(language === 'zh' ? 'en' : 'zh')}
    >
      {t('language')}
    </button>
  )
}

/** ModeButton switches between light and dark. */
export function ModeButton() {
  const t = useWords()
  const { mode } = useTheme()
  const Icon = mode === 'dark' ? Sun : Moon
  const said = t(mode === 'dark' ? 'theme.toLight' : 'theme.toDark')
  return (
    <button type="button" className="linkbtn" aria-label={said} title={said} onClick={() => chooseMode(mode === 'dark' ? 'light' : 'dark')}>
      <Icon size={16} aria-hidden />
    </button>
  )
}
