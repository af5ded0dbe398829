import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hosts } from '../src/hosts.js'
import { readResults } from '../src/results.js'
import { renderPage } from '../src/write-page.js'

const page = readFileSync(new URL('../../../docs/hosts.md', import.meta.url), 'utf8')

test('docs/hosts.md has what was measured last, of every host, and the programs as they are', () => {
  const results = readResults()
  expect(Object.keys(results).sort()).toEqual(hosts.map(({ name }) => name).sort())
  expect(page).toBe(renderPage(hosts, results))
})
