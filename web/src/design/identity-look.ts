import type { Schema } from '@/api/client'
import type { Shape, Tone } from './state'

/** How each state of somebody's real-name data looks, everywhere. */
export const identityLook: Record<Schema<'IdentityBody'>['state'], { tone: Tone; shape?: Shape }> = {
  none: { tone: 'late' },
  given: { tone: 'info' },
  verified: { tone: 'ok' },
  refused: { tone: 'miss' },
}
