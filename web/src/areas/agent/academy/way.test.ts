import { expect, test } from 'vitest'
import type { Schema } from '@/api/client'
import { nearest, walkable } from './way'

type Progress = Schema<'Progress'>

const way = (code: string, state: Progress['state'], missing: number, of: number, grants: string[] = []) =>
  ({
    code,
    state,
    missing,
    requirements: Array.from({ length: of }, () => ({})),
    grants: grants.map((tag) => ({ tag, level: 1 })),
  }) as unknown as Progress

test('what must be renewed comes first, then what lacks least; closed ways last, and none that is held', () => {
  const list = [
    way('revoked', 'barred', 1, 2),
    way('far', 'open', 3, 4),
    way('held', 'held', 0, 3),
    way('official', 'open', 0, 0),
    way('near', 'open', 1, 4),
    way('ends', 'renewable', 1, 1),
    way('given again', 'renewable', 0, 0),
  ]
  expect(nearest(list).map((p) => p.code)).toEqual(['ends', 'near', 'far', 'official', 'given again', 'revoked'])
})

test('a wanted tag goes before all', () => {
  const list = [way('ends', 'renewable', 1, 1), way('far', 'open', 3, 4, ['function/refund'])]
  expect(nearest(list, 'function/refund')[0]?.code).toBe('far')
})

test.each([
  ['open', 1, true],
  ['renewable', 1, true],
  ['open', 0, false],
  ['barred', 1, false],
  ['suspended', 1, false],
] as const)('%s with %i missing can be walked: %s', (state, missing, can) => {
  expect(walkable(way('x', state, missing, 2))).toBe(can)
})
