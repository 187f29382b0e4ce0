import { Radio } from 'antd'
import { useState, type ReactNode } from 'react'
import { useAct } from '@/api/act'
import { api, type Schema } from '@/api/client'
import { Button } from '@/design/button'
import { Dialog } from '@/design/dialog'
import { Failure } from '@/design/feedback'
import { useWords } from '@/words'

export type Member = Schema<'MemberBody'>
export type Role = Member['role']

/** covers tells whether a role may do all that another may: a member who is given it stays signed in. */
export const covers = (role: Role, other: Role) =>
  role === other || role === 'owner' || (other === 'viewer' && role !== 'trainer' && role !== 'operator')

/** titled begins a word as a title does; roles are small within a sentence. */
export const titled = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1)

/** RoleDialog gives a colleague another role, and says before what it takes away. */
export function RoleDialog({
  member,
  roles,
  title,
  meaning,
  price,
  action,
  onClose,
}: {
  member: Member
  roles: readonly Role[]
  title: string
  meaning?: (role: Role) => ReactNode
  price: (role: Role) => ReactNode
  action: (role: Role) => string
  onClose: () => void
}) {
  const common = useWords()
  const [role, setRole] = useState<Role>(member.role)
  const give = useAct(
    (to: Role) => api.PUT('/api/v1/members/{id}/role', { params: { path: { id: member.account_id } }, body: { role: to } }),
    [['members'], ['keys'], ['audit']],
  )
  const same = role === member.role
  return (
    <Dialog
      open
      title={title}
      onCancel={onClose}
      footer={
        <div className="row wrap g8 to-end">
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button
            type={covers(role, member.role) ? 'primary' : 'default'}
            danger={!covers(role, member.role)}
            disabled={same}
            loading={give.isPending}
            onClick={() => give.mutate(role, { onSuccess: onClose })}
          >
            {action(role)}
          </Button>
        </div>
      }
    >
      <div className="col g12">
        <Radio.Group aria-label={title} value={role} onChange={(e) => setRole(e.target.value as Role)} className="col g8">
          {roles.map((r) => (
            <Radio key={r} value={r} className="start">
              <span className="m">{titled(common('role.' + r))}</span>
              {meaning && <span className="sm t3 line">{meaning(r)}</span>}
            </Radio>
          ))}
        </Radio.Group>
        <p className="sm t2" role="status">
          {!same && price(role)}
        </p>
        {give.error && <Failure problem={give.error} kept />}
      </div>
    </Dialog>
  )
}
