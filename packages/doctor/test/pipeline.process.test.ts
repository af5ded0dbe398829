import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { dockerfile } from './cases/manifests.js'
import { folderWith } from './run-doctor.js'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const command = fileURLToPath(new URL('../dist/esm/main.js', import.meta.url))

/** Runs a line as a pipeline would, with an npx that has no registry: it prints the package, and runs what was built here. */
function runLine(shell: string, line: string, cwd: string, env: Readonly<Record<string, string>> = {}) {
  const bin = folderWith({
    npx: `#!/bin/sh\n[ "$1" = --yes ] || exit 9\necho "npx $2"\nshift 2\nexec "${process.execPath}" "${command}" "$@"\n`,
  })
  chmodSync(join(bin, 'npx'), 0o755)
  const PATH = `${bin}:${process.env['PATH']}`
  const { status, stdout } = spawnSync(shell, ['-c', line], { cwd, env: { PATH, ...env }, encoding: 'utf8' })
  return { code: status, lines: stdout.trim().split('\n') }
}

describe('the action', () => {
  const { inputs, runs } = parse(read('action.yml')) as {
    inputs: Record<string, { default: string }>
    runs: { using: string; steps: { shell: string; run: string; env: Record<string, string> }[] }
  }
  const [step] = runs.steps

  /** What the runner sets: the inputs, with their defaults. */
  function act(given: Readonly<Record<string, string>>, cwd: string) {
    const env = Object.entries(step?.env ?? {}).map(([name, expression]) => {
      const [, input = ''] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression) ?? []
      return [name, given[input] ?? inputs[input]?.default ?? ''] as const
    })
    return runLine(step?.shell ?? '', step?.run ?? '', cwd, Object.fromEntries(env))
  }

  test('annotates what it finds in all files, and fails for errors', () => {
    const { code, lines } = act({}, folderWith({ 'a/Dockerfile': dockerfile('CMD node main.js') }))
    expect(lines[0]).toBe('npx @lameduck/doctor@latest')
    expect(lines[1]).toMatch(/^::error file=a\/Dockerfile,line=4,/)
    expect(code).toBe(1)
  })

  test('takes paths, a weight and a version', () => {
    const folder = folderWith({
      'a/Dockerfile': dockerfile('CMD node main.js', 'node:22-alpine'),
      'b/Dockerfile': dockerfile(),
      'c/Dockerfile': dockerfile('CMD node main.js'),
    })
    const { code, lines } = act({ paths: 'a b', version: '1.2.3' }, folder)
    expect(lines[0]).toBe('npx @lameduck/doctor@1.2.3')
    expect(lines.filter((line) => line.startsWith('::'))).toHaveLength(1)
    expect(code).toBe(0)
    expect(act({ paths: 'a b', 'fail-on': 'warning' }, folder).code).toBe(1)
  })
})

describe('the hook', () => {
  const [hook] = parse(read('../../.pre-commit-hooks.yaml')) as {
    entry: string
    files: string
    pass_filenames: boolean
  }[]

  test('reads all files below the folder, and stops a commit for errors', () => {
    const bad = runLine('sh', hook?.entry ?? '', folderWith({ Dockerfile: dockerfile('CMD node main.js') }))
    expect(bad.lines.slice(0, 2)).toEqual(['npx @lameduck/doctor', 'Dockerfile'])
    expect(bad.code).toBe(1)
    expect(runLine('sh', hook?.entry ?? '', folderWith({ Dockerfile: dockerfile() })).code).toBe(0)
    expect(hook?.pass_filenames).toBe(false)
  })

  test.each([
    'Dockerfile',
    'k8s/deployment.yaml',
    'package.json',
    'api.Dockerfile',
    'Dockerfile.api',
    'fly.toml',
  ])('is asked for when %s changes', (name) => {
    expect(new RegExp((hook?.files ?? '').replace('(?i)', ''), 'i').test(name)).toBe(true)
  })

  test('is not asked for when code changes', () => {
    expect(new RegExp((hook?.files ?? '').replace('(?i)', ''), 'i').test('src/main.ts')).toBe(false)
  })
})
