import { Button } from 'antd'
import { useEffect } from 'react'
import { useNavigate } from 'react-router'
import { useWords } from '@/words'
import { DemoPeople } from './demo-people'

export default function Landing() {
  const t = useWords()
  const go = useNavigate()
  useEffect(() => { document.title = `${t('name')} · ${t('tagline')}` }, [t])
  return (
    <div style={{ maxWidth: 1296, margin: '0 auto', padding: '48px 20px' }} className="col g32">
      <h1 style={{ fontSize: 'clamp(32px, 5vw, 48px)', lineHeight: 1.33, maxWidth: 560 }}>{t('tagline')}</h1>
      <div className="row wrap g12"><Button type="primary" size="large" onClick={() => void go('/sign-up')}>{t('signUp')}</Button></div>
      <DemoPeople />
    </div>
  )
}
