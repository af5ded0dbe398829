import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageManagers } from '@lameduck/package-managers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const node = process.env['LAMEDUCK_TEST_NODE'] ?? process.execPath
const preload = new URL('../dist/esm/index.js', import.meta.url).href
/** Any preload changes how Node starts: it is compared with one that does nothing. */
const nothing = new URL('tools/empty.mjs', import.meta.url).href

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../../../', import.meta.url))
const bin = (folder: string, path: string) => join(root, folder, 'node_modules', path)

/** What differs between two runs of the same. */
const withoutTimes = (text: string) =>
  text
    .replaceAll(/\d+(\.\d+)?\s?m?s\b/g, 'some time')
    .replaceAll(/ \(some time\)|, estimated some time/g, '')
    .replaceAll(/\d\d:\d\d:\d\d/g, 'some time')
    .replaceAll(/\b[0-9a-f]{7}\b/g, 'commit')
    .replaceAll(/"id": "\w+"/g, '"id": "one"')

/** Runs a program to its end, with a preload in everything that it starts. */
function run(command: string, args: readonly string[], cwd: string, imported: string) {
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, NODE_OPTIONS: `--import ${imported}`, NO_COLOR: '1' }
  return new Promise<Readonly<Record<string, unknown>>>((resolve) => {
    const child = execFile(command, args, { cwd, env }, (_, stdout, stderr) => {
      const { exitCode, signalCode } = child
      resolve({ exitCode, signalCode, stdout: withoutTimes(stdout), stderr: withoutTimes(stderr) })
    })
  })
}

let repository: string
beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'lameduck-hook-'))
  execFileSync('git', ['init', '--quiet'], { cwd: repository })
  const hook = join(repository, '.git/hooks/pre-commit')
  writeFileSync(hook, `#!/bin/sh\n"${node}" -e "console.log('hook', process.listenerCount('SIGTERM'))"\n`)
  chmodSync(hook, 0o755)
})
afterAll(() => rmSync(repository, { recursive: true }))

describe.concurrent('whatever inherits NODE_OPTIONS does and says the same', () => {
  const tools: readonly [name: string, command: string, args: readonly string[], cwd?: string][] = [
    ['npm', 'npm', ['pkg', 'get', 'name', 'version']],
    ['npx', 'npx', ['--no-install', 'tsc', '--version']],
    // Here they would fetch the version that this repository wants.
    ['pnpm', node, [packageManagers.pnpm10, '--version'], tmpdir()],
    ['yarn', node, [packageManagers.yarn1, '--version'], tmpdir()],
    [
      'tsc, with an error',
      node,
      [bin('packages/register', 'typescript/bin/tsc'), '-p', 'test/tools/typescript'],
    ],
    [
      'vitest, with a failure',
      node,
      [bin('packages/register', 'vitest/vitest.mjs'), 'run', '--root', 'test/tools/vitest'],
    ],
    [
      'jest, with a failure',
      node,
      [
        bin('packages/loading', 'jest/bin/jest.js'),
        '--ci',
        '--runInBand',
        '--watchman=false',
        '--rootDir',
        join(here, 'tools/jest'),
        '--testMatch',
        '**/*.spec.cjs',
      ],
    ],
    [
      'turbo',
      node,
      [bin('', 'turbo/bin/turbo'), 'run', 'build', '--filter=@lameduck/register', '--dry=json'],
    ],
    ['processes and threads of a program', node, [join(here, 'tools/children.mjs')]],
  ]
  for (const [name, command, args, cwd = join(here, '..')] of tools) {
    test(name, async () => {
      const usual = await run(command, args, cwd, nothing)
      expect(usual).toMatchObject({ exitCode: expect.any(Number) })
      expect(await run(command, args, cwd, preload)).toEqual(usual)
    })
  }

  test('a git hook', async () => {
    const author = ['-c', 'user.name=somebody', '-c', 'user.email=somebody@localhost']
    const commit = [...author, 'commit', '--allow-empty', '--message', 'nothing']
    await run('git', commit, repository, nothing)
    const usual = await run('git', commit, repository, nothing)
    expect(usual).toMatchObject({ exitCode: 0, stderr: 'hook 0\n' })
    expect(await run('git', commit, repository, preload)).toEqual(usual)
  })
})

describe.concurrent('a process that never listens', () => {
  const modules =
    'console.log(JSON.stringify(process.moduleLoadList.filter((each) => /^NativeModule /.test(each))))'
  const loadedWith = async (imported: string) =>
    JSON.parse(String((await run(node, ['--eval', modules], here, imported))['stdout'])) as string[]

  test('loads one small file, and next to nothing of Node with it', async () => {
    const usual = await loadedWith(nothing)
    const more = (await loadedWith(preload)).filter((each) => !usual.includes(each))
    expect(more.length, more.join()).toBeLessThan(3)
    const files =
      "console.log(Object.keys(require.cache).filter((each) => each.includes('/dist/cjs/')).length)"
    expect(await run(node, ['--eval', files], here, preload)).toMatchObject({ stdout: '1\n' })
  })

  test('dies of its signals as ever', async () => {
    const code = "process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 10_000)"
    const ended = { signalCode: 'SIGTERM', stdout: '', stderr: '' }
    expect(await run(node, ['--eval', code], here, preload)).toMatchObject(ended)
  })
})
