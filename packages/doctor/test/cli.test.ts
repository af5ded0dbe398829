import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { deployment, dockerfile, lameduck, probes, service } from './cases/manifests.js'
import { folderWith, runDoctor } from './run-doctor.js'

const good = { 'd.yaml': deployment({ env: lameduck(), container: probes }), Dockerfile: dockerfile() }
const bad = { Dockerfile: dockerfile('CMD node main.js') }

interface Json {
  readonly version: number
  readonly findings: readonly Record<string, unknown>[]
  readonly summary: Record<string, number>
}

const json = (text: string) => JSON.parse(text) as Json

describe('the exit code', () => {
  test('is 0 where nothing of weight is found', () => {
    expect(runDoctor([], folderWith(good)).code).toBe(0)
  })

  test('is 1 where an error is found', () => {
    expect(runDoctor([], folderWith(bad)).code).toBe(1)
  })

  test('is 1 for warnings and unknowns only if that is asked for', () => {
    const folder = folderWith({ Dockerfile: dockerfile('CMD node main.js', 'node:22-alpine') })
    expect(runDoctor([], folder).code).toBe(0)
    expect(runDoctor(['--fail-on', 'warning'], folder).code).toBe(1)
    const unseen = folderWith({ Dockerfile: dockerfile('ENTRYPOINT ["/run.sh"]\nCMD ["node", "main.js"]') })
    expect(runDoctor(['--fail-on', 'warning'], unseen).code).toBe(0)
    expect(runDoctor(['--fail-on', 'unknown'], unseen).code).toBe(1)
  })

  test('is 2 where nothing could be read', () => {
    expect(runDoctor([], folderWith({ 'README.txt': '' }))).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('nothing'),
    })
    expect(runDoctor(['gone.yaml'], folderWith({})).err).toContain('gone.yaml: no such file or folder')
  })

  test.each([
    ['--format', 'xml'],
    ['--fail-on', 'everything'],
    ['--kubernetes', 'new'],
    ['--longest-request', 'long'],
    ['--nonsense'],
    ['--yes'],
  ])('is 2 for %s %s, with what was expected', (...argv) => {
    const { code, err } = runDoctor(argv.filter(Boolean), folderWith(good))
    expect(code).toBe(2)
    expect(err).toMatch(/^doctor: .*(?:expected|unknown option)/)
  })
})

describe('JSON', () => {
  test('has every finding with its place, figures and fix, and a summary', () => {
    const { out } = runDoctor(['--format', 'json'], folderWith(bad))
    const { version, findings, summary } = json(out)
    expect(version).toBe(1)
    expect(findings).toEqual([
      {
        rule: 'D01',
        name: 'shell-form-cmd',
        severity: 'error',
        verdict: 'fail',
        file: 'Dockerfile',
        line: 4,
        column: 1,
        computed: 'sh → node',
        message: expect.stringContaining('process 1'),
        fix: expect.stringContaining('CMD ["node"'),
      },
    ])
    expect(summary).toMatchObject({ errors: 1, warnings: 0, unknown: 0, files: 1 })
  })
})

describe('text', () => {
  test('is grouped by file, and ends with one line that sums up', () => {
    const { out } = runDoctor([], folderWith({ ...bad, 'd.yaml': deployment({ image: 'redis:7' }) }))
    expect(out).toContain('Dockerfile\n  4:1  error    D01 shell-form-cmd\n      sh → node\n')
    expect(out).toMatch(
      /1 error, 0 warnings, .* in 2 files\.\n1 container or image left out: .*--all includes them\.\n$/,
    )
  })
})

describe('a file', () => {
  test('of UTF-16, as PowerShell writes it, is read', () => {
    const folder = folderWith({})
    const text = `\uFEFF${deployment({ pod: 'terminationGracePeriodSeconds: 0' })}`
    writeFileSync(join(folder, 'le.yaml'), Buffer.from(text, 'utf16le'))
    writeFileSync(join(folder, 'be.yaml'), Buffer.from(text, 'utf16le').swap16())
    const { findings } = json(runDoctor(['--format', 'json'], folder).out)
    expect(findings.filter(({ rule }) => rule === 'K21').map(({ file }) => file)).toEqual([
      'be.yaml',
      'le.yaml',
    ])
  })
})

describe('standard input', () => {
  test('takes what helm, kustomize and kubectl write', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n${[deployment({ pod: 'terminationGracePeriodSeconds: 0' }), service()].map((text) => `  - ${text.trim().replaceAll('\n', '\n    ')}`).join('\n')}\n`
    const { code, out } = runDoctor(['-', '--format', 'json'], folderWith({}), list)
    expect(code).toBe(1)
    expect(json(out).findings.map(({ rule, file }) => [rule, file])).toContainEqual(['K21', '<stdin>.yaml'])
  })

  test('has the files that Helm names', () => {
    const rendered = `---\n# Source: shop/templates/service.yaml\n${service()}---\n# Source: shop/templates/deployment.yaml\n${deployment()}`
    const { out } = runDoctor(['-', '--format', 'json'], folderWith({}), rendered)
    const files = new Set(json(out).findings.map(({ file }) => file))
    expect([...files]).toEqual(['shop/templates/deployment.yaml'])
  })
})
