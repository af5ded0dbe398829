import { nodeVersions } from '@lameduck/node-versions'
import { describe, expect, inject, test } from 'vitest'
import { entriesOf, findLibraries, readManifest } from './consumer/libraries.js'
import { run, succeed } from './consumer/run.js'

const consumer = inject('consumer')
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

  test('everything works in the CommonJS runtime of Jest', async () => {
    const config = {
      rootDir: consumer,
      testMatch: ['**/*.jest.cjs'],
      testEnvironment: 'node',
      transform: {},
    }
    const { code, output } = await run(
      binary,
      [jest, '--ci', '--runInBand', '--no-cache', '--watchman=false', '--config', JSON.stringify(config)],
      { cwd: consumer },
    )
    expect(output).toContain('5 passed, 5 total')
    expect(code).toBe(0)
  })
})
