import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { compareFile } from '../bin/compare.mjs'
import { readTap } from '../bin/run-file.mjs'
import type { Suite } from '../bin/suites.mjs'

const folder = fileURLToPath(new URL('fixtures/sources/sample', import.meta.url))
const sample: Suite = {
  name: 'sample',
  repository: folder,
  ref: 'main',
  install: [],
  files: ['^test/'],
  command: (file) => ['--test', '--test-reporter=tap', file],
  adapter: { name: 'express', module: 'application.cjs' },
}

const compare = (mode: 'attach' | 'window' | 'adapter', checkout = folder) =>
  compareFile(process.execPath, sample, mode, checkout, 'test/sample.test.cjs')

describe('a foreign suite', () => {
  it('differs where a test notices that its server is attached', async () => {
    const { tests, differences } = await compare('attach')
    expect(tests).toBe(4)
    expect(differences).toEqual(['looks at its server'])
  })

  it('differs where a test notices that its server is in the window', async () => {
    const { differences } = await compare('window')
    expect(differences).toEqual(['looks at its server', 'looks at the window'])
  })

  it('differs where a test notices the adapter in its application, also in a checkout behind a link', async () => {
    const sources = mkdtempSync(join(tmpdir(), 'sources-'))
    onTestFinished(() => rmSync(sources, { recursive: true }))
    const link = join(sources, 'sample')
    symlinkSync(folder, link)

    const { differences } = await compare('adapter', link)
    expect(differences).toEqual(['looks at its application'])
  })
})

describe('readTap', () => {
  it('names each test once, failed if one of that name failed, without those that were skipped', () => {
    const output = [
      'ok 1 - a 17',
      'not ok 2 - a 18',
      '    ok 1 - nested',
      'ok 3 - c # SKIP no network',
      'ok 4 d',
    ].join('\n')
    expect([...readTap(output)]).toEqual([
      ['a 0', false],
      ['nested', true],
      ['d', true],
    ])
  })
})
