import { behaviour, http2Behaviour, http2Loads, loads } from '@lameduck/conformance'
import { expect, test } from 'vitest'
import { read } from './markdown.js'

test('docs/conformance.md lists every case of the suite, and no other; none failed when it was written', () => {
  const rows = read('docs/conformance.md')
    .split('\n')
    .filter((line) => /^\| (?!-|\*\*| )/.test(line))
  const listed = rows.map((line) =>
    line
      .split(/(?<!\\)\|/)[1]
      ?.trim()
      .replaceAll('\\|', '|'),
  )
  const sections = [...Object.values(behaviour), loads, ...Object.values(http2Behaviour), http2Loads]
  expect(listed).toEqual(sections.flat().map(({ name }) => name))
  expect(rows.filter((line) => line.includes('**not'))).toEqual([])
})
