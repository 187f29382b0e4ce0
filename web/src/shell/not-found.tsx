import { Link } from 'react-router'
import { Page } from '@/design/page'
import { useWords } from '@/words'

/** NotFound is any address that leads nowhere, or nowhere for this reader. */
export function NotFound() {
  const t = useWords()
  return (
    <Page title={t('error.notFound')}>
      <div className="sec col g12">
        <p className="t2">{t('error.notFoundHint')}</p>
        <Link to="/">{t('error.home')}</Link>
      </div>
    </Page>
  )
}
