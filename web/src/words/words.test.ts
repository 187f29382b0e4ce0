import { expect, test } from 'vitest'
import type { Tree, Words } from '.'

const modules = import.meta.glob<{ default: Words }>(['./common.ts', '../areas/**/words.ts', '../shell/words.ts'], { eager: true })

// Plurals differ by language: the forms of one key count as one.
const keys = (tree: Tree, under = ''): string[] =>
  Object.entries(tree).flatMap(([k, v]) => (typeof v === 'string' ? [under + k.replace(/_(one|other)$/, '')] : keys(v, under + k + '.')))

const values = (tree: Tree): string[] => Object.values(tree).flatMap((v) => (typeof v === 'string' ? [v] : values(v)))

test.each(Object.entries(modules))('%s says the same in both languages', (_, { default: words }) => {
  expect([...new Set(keys(words.en))].sort()).toEqual([...new Set(keys(words.zh))].sort())
  expect(values(words.en).filter((v) => v.trim() === '')).toEqual([])
})

test.each(Object.entries(modules))('%s has words for one and for many in English', (_, { default: words }) => {
  const forms = (tree: Tree, under = ''): string[] =>
    Object.entries(tree).flatMap(([k, v]) => (typeof v === 'string' ? [under + k] : forms(v, under + k + '.')))
  const all = new Set(forms(words.en))
  const of = (form: string) => [...all].filter((k) => k.endsWith('_' + form)).map((k) => k.slice(0, -form.length - 1))
  expect(of('one').sort()).toEqual(of('other').sort())
})

test.each(Object.entries(modules))('%s fills the same blanks in both languages', (_, { default: words }) => {
  const blanks = (tree: Tree, under = ''): Record<string, string> =>
    Object.fromEntries(
      Object.entries(tree).flatMap(([k, v]) =>
        typeof v === 'string'
          ? [[under + k.replace(/_(one|other)$/, ''), [...new Set(v.match(/{{\w+}}/g))].sort().join()]]
          : Object.entries(blanks(v, under + k + '.')),
      ),
    )
  expect(blanks(words.en)).toEqual(blanks(words.zh))
})

const sources = import.meta.glob<string>(
  ['../**/*.{ts,tsx}', '!../**/words.ts', '!./common.ts', '!../**/*.test.{ts,tsx}', '!../**/*.d.ts'],
  { query: '?raw', import: 'default', eager: true },
)
const areaOf = (file: string) => (file === './common.ts' ? 'common' : file.split('/').at(-2)!)

test.each(Object.entries(modules))('every word of %s is used', (_, { default: words }) => {
  const code = Object.values(sources).join('\n')
  const said = new Set([...code.matchAll(/'([\w.]+)'/g)].map((m) => m[1]))
  // 'todo.' + state and `tier.${t}.name` stand for every key of their form.
  const forms = [
    ...[...code.matchAll(/'([\w.]+\.)' \+/g)].map((m) => m[1] + '*'),
    ...[...code.matchAll(/`([\w.]+\$\{[^`]*)`/g)].map((m) => m[1]!.replace(/\$\{[^}]*\}/g, '*')),
  ]
  const form = new RegExp(`^(${[...new Set(forms)].map((f) => f.replaceAll('.', '\\.').replaceAll('*', '.+')).join('|')})$`)
  expect([...new Set(keys(words.zh))].filter((k) => !said.has(k) && !form.test(k))).toEqual([])
})

test('every word that is asked for is there', () => {
  const known = new Map(Object.entries(modules).map(([file, { default: words }]) => [areaOf(file), new Set(keys(words.zh))]))
  const missing = Object.entries(sources).flatMap(([file, code]) => {
    const areas = new Map<string, string[]>() // by the name t goes by in this file
    for (const [, name, area] of code.matchAll(/const (\w+) = useWords\((?:'(\w+)')?\)/g))
      areas.set(name!, [...(areas.get(name!) ?? []), area ?? 'common'])
    return [...areas].flatMap(([name, of]) =>
      [...code.matchAll(new RegExp(`\\b${name}\\('([\\w.]+)'[,)]`, 'g'))]
        .map((m) => m[1]!)
        .filter((k) => !of.some((a) => known.get(a)?.has(k)))
        .map((k) => `${file}: ${k}`),
    )
  })
  expect(missing).toEqual([])
})
