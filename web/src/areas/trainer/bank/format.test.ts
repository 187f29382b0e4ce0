import { expect, test } from 'vitest'
import { formatOf } from './format'

test.each([
  ['::q::What? {=a ~b}', 'pasted.txt', 'gift'],
  ['What?\nA. one\nB. two\nANSWER: B\n', '', 'aiken'],
  ['<?xml version="1.0"?><quiz></quiz>', 'bank.txt', 'moodle_xml'],
  ['kind,text\nsingle_choice,What?', 'bank.csv', 'csv'],
  ['nothing that tells', '', 'gift'],
] as const)('%j in %j is %s', (text, name, format) => expect(formatOf(text, name)).toBe(format))
