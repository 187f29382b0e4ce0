import { expect, test } from 'vitest'
import { tables } from './markdown-tables'

test('a table stands between what is before and after it', () => {
  expect(tables('before\n\n| size | cm |\n| --- | --: |\n| S | 84 |\n| M\\|L | 88 |\n\nafter')).toEqual([
    'before\n',
    {
      head: ['size', 'cm'],
      align: [undefined, 'right'],
      rows: [
        ['S', '84'],
        ['M|L', '88'],
      ],
    },
    '\nafter',
  ])
})

test.each([
  ['a bar in a sentence', 'this | that\nand more'],
  ['a table in a fence', '```\n| a | b |\n| - | - |\n```'],
  ['a head that does not fit its line', '| a | b |\n| - |'],
  ['a title with a line under it', 'title\n---'],
])('%s is no table', (_, text) => expect(tables(text)).toEqual([text]))
