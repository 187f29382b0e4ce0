import { useQuery } from '@tanstack/react-query'
import { useAct } from '@/api/act'
import { api, body } from '@/api/client'
import { useWords } from '@/words'
import { Button } from './button'
import { Failure, Loaded } from './feedback'
import { Section } from './page'
import { When } from './time'

/** Invitations are those of one's own organisation that nobody has accepted yet; each can be taken back. */
export function Invitations() {
  const t = useWords()
  const invitations = useQuery({ queryKey: ['invitations'], queryFn: async () => (await body(api.GET('/api/v1/invitations'))).items })
  const withdraw = useAct((id: string) => api.DELETE('/api/v1/invitations/{id}', { params: { path: { id } } }), [['invitations']])
  return (
    <Section title={t('invitation.title')}>
      <Loaded query={invitations}>
        {(list) =>
          list.length === 0 ? (
            <p className="sm t2">{t('invitation.none')}</p>
          ) : (
            <ul className="rows">
              {list.map((i) => (
                <li key={i.id} className="wrap">
                  <span className="grow break">{i.email}</span>
                  <span className="t2">{t('role.' + i.role)}</span>
                  <span className="sm t3">
                    {t('invitation.until')} <When at={i.expires_at} />
                  </span>
                  <Button
                    size="small"
                    type="text"
                    danger
                    aria-label={`${t('invitation.withdraw')} ${i.email}`}
                    loading={withdraw.isPending && withdraw.variables === i.id}
                    onClick={() => withdraw.mutate(i.id)}
                  >
                    {t('invitation.withdraw')}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {withdraw.error && <Failure problem={withdraw.error} />}
    </Section>
  )
}
