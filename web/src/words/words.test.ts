import { expect, test } from 'vitest'
import type { Tree, Words } from '.'

const modules = import.meta.glob<{ default: Words }>(['./common.ts', '../areas/*/words.ts', '../shell/words.ts'], { eager: true })

// Plurals differ by language: the forms of one key count as one.
const keys = (tree: Tree, under = ''): string[] =>
  Object.entries(tree).flatMap(([k, v]) => (typeof v === 'string' ? [under + k.replace(/_(one|other)$/, '')] : keys(v, under + k + '.')))

const values = (tree: Tree): string[] => Object.values(tree).flatMap((v) => (typeof v === 'string' ? [v] : values(v)))

test.each(Object.entries(modules))('%s says the same in both languages', (_, { default: words }) => {
  expect([...new Set(keys(words.en))].sort()).toEqual([...new Set(keys(words.zh))].sort())
  expect(values(words.en).filter((v) => v.trim() === '')).toEqual([])
})

test.each(Object.entries(modules))('%s fills the same blanks in both languages', (_, { default: words }) => {
  const blanks = (tree: Tree, under = ''): Record<string, string> =>
    Object.assign({}, ...Object.entries(tree).map(([k, v]) => (typeof v === 'string' ? { [under + k.replace(/_(one|other)$/, '')]: [...new Set(v.match(/{{\w+}}/g))].sort().join() } : blanks(v, under + k + '.'))))
  expect(blanks(words.en)).toEqual(blanks(words.zh))
})
