import { type ForkOptions, startScript } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { byPath, drains, logged } from './drained.js'

const options = { platform: 'kubernetes', gracePeriod: 30_000, shutdownDelay: 4000, linger: 300 }
const start = (name: string, way: string, more: ForkOptions = {}) =>
  startScript(new URL(`applications/${name}.mjs`, import.meta.url), {
    nodeArguments: ['--import', '@lameduck/register'],
    options,
    ...more,
    env: { LAMEDUCK_PLATFORM: 'kubernetes', LAMEDUCK_SHUTDOWN_DELAY: '4s', WAY: way },
  })

describe.concurrent('the preload steps aside for an application that has a lifecycle of its own', () => {
  const early = [
    'before it listens',
    'right after listen()',
    'when it listens',
    'when it listens, by the same copy',
    'by the Express adapter',
    'by the Fastify adapter',
  ]
  for (const way of early) {
    test(way, async () => {
      await using server = await start('own-lifecycle', way)
      const client = await server.connect()
      expect(await client.get('/up')).toMatchObject({ status: 200, headers: { 'lifecycle-state': 'ready' } })
      expect(await client.get('/readyz')).toMatchObject({ status: 200, text: 'quick' })
      await drains(server, byPath, { readyz: '/up' })
      expect(server.output).not.toContain('lameduck drains')
      expect(logged(server).filter(({ step }) => step === 'stopped')).toHaveLength(1)
    })
  }

  test('while it serves, with a connection open and a request under way', async () => {
    await using server = await start('own-lifecycle', 'while it serves')
    await server.until(() => server.stderr.includes('lameduck drains'), 60_000, 'nothing drains')
    const [kept, under, before] = [await server.connect(), await server.connect(), await server.connect()]
    expect(await kept.get('/readyz')).toMatchObject({ status: 200, headers: { 'lifecycle-state': 'ready' } })
    const [answered, last] = [under.get('/slow'), before.get('/until-closed')]
    await server.until(() => server.said('asked').length === 2, 60_000, 'not asked')
    expect(await kept.get('/attach')).toMatchObject({ status: 200 })
    expect(await kept.get('/readyz')).toMatchObject({ status: 200, text: 'quick' })
    expect(await kept.get('/up')).toMatchObject({ status: 200, headers: { 'lifecycle-state': 'ready' } })
    await drains(server, byPath, { readyz: '/up' })
    expect(await answered).toMatchObject({ status: 200, text: 'slow' })
    expect(await last).toMatchObject({ status: 200, text: 'closed', headers: { connection: 'close' } })
    expect(logged(server).filter(({ step }) => step === 'stopped')).toHaveLength(1)
  })
})

describe.concurrent('an application takes part in the lifecycle of the preload', () => {
  for (const way of ['by itself', 'with an adapter']) {
    test(way, async () => {
      await using server = await start('shared-lifecycle', way)
      await server.until(() => server.stderr.includes('lameduck drains'), 60_000, 'nothing drains')
      expect(server.lines).toContainEqual({ isSame: true, state: 'starting', handlers: 1 })
      expect(await (await server.connect()).get('/readyz')).toMatchObject({ status: 200 })
      await drains(server)
      expect(server.said('aborted')).toEqual([true])
      expect(server.stderr.match(/lameduck drains/g)).toHaveLength(1)
    })
  }

  test('without the preload in front', async () => {
    await using server = await start('shared-lifecycle', 'by itself', { nodeArguments: [] })
    await server.until(() => server.stderr.includes('lameduck drains'), 60_000, 'nothing drains')
    await drains(server)
  })

  test('and hears a signal before anything listens', async () => {
    await using server = await start('shared-lifecycle', 'never listens')
    server.signal()
    const { code } = await server.exited()
    expect({ code, closed: server.said('closed') }, server.output).toEqual({ code: 0, closed: [true] })
    expect(server.output).not.toContain('lameduck drains')
  })
})
