import { nodeVersions } from '@lameduck/node-versions'
import { describe, expect, inject, test } from 'vitest'
import { entriesOf, findLibraries, readManifest } from './consumer/libraries.js'
import { run, succeed } from './consumer/run.js'

const consumer = inject('consumer')
const nest11 = inject('nest11')
const jest = new URL('../node_modules/jest/bin/jest.js', import.meta.url).pathname

test('every library is a dependency of this package, so that it is built before it is packed', () => {
  const { devDependencies } = readManifest('packages/loading')
  expect(Object.keys(devDependencies ?? {})).toEqual(
    expect.arrayContaining(findLibraries().map(({ name }) => name)),
  )
})

describe.each(nodeVersions())('on Node $version', ({ binary, version }) => {
  const node = (...args: string[]) => succeed(binary, args, { cwd: consumer })

  test('is what it says', async () => {
    expect(await node('--print', 'process.version')).toBe(`${version}\n`)
  })

  test('every entry loads by import and by require, and gives the same names', async () => {
    await node('every-entry.mjs', ...findLibraries().flatMap(entriesOf))
  })

  test('the imported Fastify plugin works', async () => {
    await node('import-fastify.mjs')
  })

  test('what require gives is a Fastify plugin', async () => {
    await node('require-fastify.cjs')
  })

  test('the Express middleware works, imported and required', async () => {
    await node('import-express.mjs')
    await node('require-express.cjs')
  })

  test('a lifecycle of one copy is shared with the other', async () => {
    await node('share-lifecycle.mjs')
  })

  const runJest = (rootDir: string, file: string) => {
    const config = { rootDir, testMatch: [`**/${file}`], testEnvironment: 'node', transform: {} }
    const options = ['--ci', '--runInBand', '--no-cache', '--watchman=false', '--detectOpenHandles']
    return run(binary, [jest, ...options, '--config', JSON.stringify(config)], { cwd: rootDir })
  }

  test('everything works in the CommonJS runtime of Jest', async () => {
    const { code, output } = await runJest(consumer, 'loads.jest.cjs')
    expect(output).toContain('5 passed, 5 total')
    expect(code).toBe(0)
  })

  test('servers close while the fake timers of Jest are in place', async () => {
    const { code, output } = await runJest(consumer, 'fake-timers.jest.cjs')
    expect(output).toContain('9 passed, 9 total')
    expect(code).toBe(0)
  })

  test('Nest 12 works with the imported module', async () => {
    await node('import-nest.mjs')
  })

  test('Nest 11 works with the required module, in the CommonJS runtime of Jest, which ends by itself', async () => {
    const { code, output } = await runJest(nest11, 'nest.jest.cjs')
    expect(output).toContain('2 passed, 2 total')
    expect(output).not.toContain('open handle')
    expect(code).toBe(0)
  })
})
