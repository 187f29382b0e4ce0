import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { Failure } from '@/design/feedback'
import { areaOf, useSignIn, type Role } from '@/session/session'
import { useLanguage, useWords } from '@/words'

interface DemoPerson {
  role: Role
  name: string
  email: string
  about_zh: string
  about_en: string
}
interface Demo {
  password: string
  people: DemoPerson[]
}

/** DemoPeople are there in a demo only: one click signs in as somebody. Elsewhere the server has no such file and nothing shows. */
export function DemoPeople() {
  const t = useWords('public')
  const common = useWords()
  const zh = useLanguage() === 'zh'
  const signIn = useSignIn()
  const go = useNavigate()
  const [failed, setFailed] = useState<unknown>()
  const { data } = useQuery({
    queryKey: ['demo'],
    staleTime: Infinity,
    retry: false,
    queryFn: async () => {
      const answer = await fetch('/demo.json')
      return answer.ok && answer.headers.get('Content-Type')?.includes('json')
        ? ((await answer.json()) as Demo)
        : { password: '', people: [] }
    },
  })
  if (!data || data.people.length === 0) return null
  const enter = async (p: DemoPerson) => {
    try {
      await signIn(p.email, data.password)
      await go('/' + areaOf(p.role))
    } catch (cause) {
      setFailed(cause)
    }
  }
  return (
    <section aria-labelledby="demo">
      <div className="sechead">
        <h2 id="demo">{t('demo.title')}</h2>
        <span className="sm t3">{t('demo.hint')}</span>
      </div>
      {failed !== undefined && <Failure problem={failed} />}
      <ul style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(260px, 1fr))', gap: 8 }}>
        {data.people.map((p) => (
          <li key={p.email}>
            <button
              type="button"
              className="panel row g12"
              onClick={() => void enter(p)}
              style={{ width: '100%', padding: '12px 16px', textAlign: 'left', cursor: 'pointer', minHeight: 64 }}
            >
              <span className="grow">
                <span className="m">{p.name}</span> <span className="sm t3">{common('role.' + p.role)}</span>
                <span className="sm t2" style={{ display: 'block', marginTop: 2 }}>
                  {zh ? p.about_zh : p.about_en}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
