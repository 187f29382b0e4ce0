import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api, body } from '@/api/client'
import { Person } from '@/design/person'
import { useMe } from '@/session/session'

const most = 100
let asked = new Map<string, ((name: string) => void)[]>()
let failed: ((cause: unknown) => void)[] = []

/** nameOf asks for all names that a page wants at once. */
function nameOf(id: string) {
  return new Promise<string>((resolve, reject) => {
    if (asked.size === 0) queueMicrotask(() => void flush())
    asked.set(id, [...(asked.get(id) ?? []), resolve])
    failed.push(reject)
  })
}

async function flush() {
  const [wanted, rejects] = [asked, failed]
  asked = new Map()
  failed = []
  const ids = [...wanted.keys()]
  try {
    const pages = await Promise.all(
      Array.from({ length: Math.ceil(ids.length / most) }, (_, i) =>
        body(
          api.GET('/api/v1/names', {
            params: { query: { id: ids.slice(i * most, (i + 1) * most) } },
            querySerializer: (q) => 'id=' + (q.id as string[]).join(','),
          }),
        ),
      ),
    )
    const names = new Map(pages.flatMap((p) => p.items).map((n) => [n.id, n.name]))
    for (const [id, resolves] of wanted) resolves.forEach((resolve) => resolve(names.get(id) ?? ''))
  } catch (cause) {
    rejects.forEach((reject) => reject(cause))
  }
}

/**
 * Who is a person by the masked name that officials see, with the end of the id, since masks look alike. Operators are led to the person's page.
 */
export function Who({ id, plain }: { id: string; plain?: boolean }) {
  const me = useMe()
  const { data } = useQuery({ queryKey: ['name', id], queryFn: () => nameOf(id), staleTime: 10 * 60_000 })
  const shown = plain ? (
    <>
      <span>{data || '···'}</span> <span className="mono xs t3">{id.slice(-4)}</span>
    </>
  ) : (
    <Person name={data || '···'} fact={<span className="mono xs">{id.slice(-4)}</span>} />
  )
  return me?.role === 'operator' ? (
    <Link to={'/operator/people/' + id} className="wholink">
      {shown}
    </Link>
  ) : (
    shown
  )
}
