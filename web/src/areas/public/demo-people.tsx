import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { ChevronRight } from 'lucide-react'
import { Failure } from '@/design/feedback'
import { markDemo } from '@/session/demo'
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

// The terminal says whose role it is before what there is to see; here the role stands beside the name.
const withoutRole = (about: string) => about.replace(/^[^：:]+[：:]\s*/, '').replace(/^./, (c) => c.toUpperCase())

/** DemoPeople are there in a demo only: one click signs in as somebody. Elsewhere the server has no such file and nothing shows. */
export function DemoPeople() {
  const t = useWords('public')
  const common = useWords()
  const zh = useLanguage() === 'zh'
  const signIn = useSignIn()
  const go = useNavigate()
  const asked = useLocation().hash === '#demo'
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
      markDemo()
      await go('/' + areaOf(p.role))
    } catch (cause) {
      setFailed(cause)
    }
  }
  return (
    <section aria-labelledby="demo" ref={(at) => (asked ? at?.scrollIntoView() : undefined)}>
      <div className="sechead">
        <h2 id="demo">{t('demo.title')}</h2>
        <span className="sm t3">{t('demo.hint')}</span>
      </div>
      {failed !== undefined && <Failure problem={failed} />}
      <ul className="demopeople">
        {data.people.map((p) => (
          <li key={p.email}>
            <button type="button" className="panel row g12" onClick={() => void enter(p)}>
              <span className="grow">
                <span className="m">{p.name}</span> <span className="sm t3">{common('role.' + p.role)}</span>
                <span className="sm t2 line">{withoutRole(zh ? p.about_zh : p.about_en)}</span>
              </span>
              <ChevronRight size={16} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
