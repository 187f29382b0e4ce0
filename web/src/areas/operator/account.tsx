import { useAct } from '@/api/act'
import { api, body, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Reason } from '@/design/reason'
import { State } from '@/design/state'
import { When } from '@/design/time'
import { useWords } from '@/words'

type Account = Schema<'AccountBody'>

/** AccountState is whether somebody may sign in. */
export function AccountState({ account: a, plain }: { account: Account; plain?: boolean }) {
  const t = useWords('operator')
  return a.erased ? (
    <State plain={plain} tone="open" shape="bar">
      {t('people.erased')}
    </State>
  ) : a.disabled ? (
    <State plain={plain} tone="miss">
      {t('people.disabled')}
    </State>
  ) : (
    <State plain={plain} tone="ok">
      {t('people.active')}
    </State>
  )
}

export type Doing = 'reveal' | 'disablement' | 'enablement' | 'password-reset'

/** Do is an operator's act on an account, with its reason; what it brings back is shown once. */
export function Do({ act: what, account, onClose }: { act: Doing; account: Account; onClose: () => void }) {
  const t = useWords('operator')
  const common = useWords()
  const act = useAct(
    async (reason: string): Promise<{ revealed?: Schema<'RevealBody'>; link?: Schema<'LinkBody'> }> => {
      const path = { id: account.id },
        request = { reason }
      switch (what) {
        case 'reveal':
          return { revealed: await body(api.POST('/api/v1/accounts/{id}/reveal', { params: { path }, body: request })) }
        case 'password-reset':
          return { link: await body(api.POST('/api/v1/accounts/{id}/password-reset', { params: { path }, body: request })) }
        case 'disablement':
          await body(api.POST('/api/v1/accounts/{id}/disablement', { params: { path }, body: request }))
          return {}
        case 'enablement':
          await body(api.POST('/api/v1/accounts/{id}/enablement', { params: { path }, body: request }))
          return {}
      }
    },
    [['accounts'], ['audit']],
  )
  const { revealed, link } = act.data ?? {}
  if (revealed || link) {
    return (
      <Dialog
        open
        title={t(revealed ? 'people.revealed' : 'people.link')}
        onCancel={onClose}
        footer={
          <Button type="primary" onClick={onClose}>
            {common('done')}
          </Button>
        }
      >
        {revealed && (
          <dl className="col g8">
            <div>
              <dt className="sm t3">{t('people.name')}</dt>
              <dd className="m">{revealed.name}</dd>
            </div>
            <div>
              <dt className="sm t3">{t('people.email')}</dt>
              <dd className="m break">{revealed.email}</dd>
            </div>
          </dl>
        )}
        {link && <OneTimeLink link={link.link} until={link.expires_at} />}
      </Dialog>
    )
  }
  return (
    <Reason
      title={t('people.act.' + what)}
      hint={t('people.hint.' + what, { name: account.name })}
      danger={what === 'disablement'}
      busy={act.isPending}
      problem={act.error}
      onClose={onClose}
      onGiven={(reason) =>
        act.mutate(reason, {
          onSuccess: (r) => {
            if (!r.revealed && !r.link) onClose()
          },
        })
      }
    />
  )
}

/** OneTimeLink is handed over by whoever made it: it is shown once. */
export function OneTimeLink({ link, until }: { link: string; until: string }) {
  const t = useWords('operator')
  return (
    <div className="col g8" role="status">
      <p>{t('people.handOver')}</p>
      <p className="mono soft break">{link}</p>
      <p className="sm t3">
        {t('people.until')} <When at={until} showZone />
      </p>
    </div>
  )
}
