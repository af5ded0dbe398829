import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hosts } from '../src/hosts.js'
import { readResults } from '../src/results.js'
import { faults } from '../src/verdict.js'
import { waysOf } from '../src/ways.js'
import { renderPage } from '../src/write-page.js'

const page = readFileSync(new URL('../../../docs/hosts.md', import.meta.url), 'utf8')

test('docs/hosts.md has what was measured last, of every host, and the programs as they are', () => {
  const results = readResults()
  expect(Object.keys(results).sort()).toEqual(hosts.map(({ name }) => name).sort())
  expect(page).toBe(renderPage(hosts, results))
})

test('with lameduck in it no host has shown a fault, in a trial or in a roll-out', () => {
  const results = readResults()
  for (const host of hosts) {
    const result = results[host.name]
    for (const [way] of waysOf(host)) {
      const outcome = result?.outcomes[way]
      expect(outcome && faults(host, way, outcome), `${host.name}, ${way}`).toEqual([])
    }
    if (result?.rehearsal) expect(result.rehearsal.preload).toMatchObject({ lost: 0, refused: 0 })
  }
})
