import type { Schema } from '@/api/client'
import { useWords } from '@/words'
import { State, type Shape, type Tone } from './state'

export type CredentialStateName = Schema<'Credential'>['state']

/** How each of the six states looks, everywhere. */
export const credentialLook: Record<CredentialStateName, { tone: Tone; shape: Shape }> = {
  valid: { tone: 'ok', shape: 'tick' },
  expiring: { tone: 'late', shape: 'half' },
  expired: { tone: 'open', shape: 'ring' },
  suspended: { tone: 'open', shape: 'bar' },
  revoked: { tone: 'miss', shape: 'cross' },
  unknown: { tone: 'open', shape: 'unknown' },
}

/** CredentialState is one of the six in glyph, word and colour. */
export function CredentialState({ state, plain }: { state: CredentialStateName; plain?: boolean }) {
  const t = useWords()
  return (
    <State {...credentialLook[state]} plain={plain}>
      {t('credential.' + state)}
    </State>
  )
}
