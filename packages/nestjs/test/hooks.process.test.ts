import { setTimeout as sleep } from 'node:timers/promises'
import { quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { type ScenarioOptions, startScenario } from './scenarios/start-scenario.js'

const ownOrder = [
  'Jobs.onModuleDestroy',
  'Pool.onModuleDestroy',
  'Jobs.beforeApplicationShutdown',
  'Pool.beforeApplicationShutdown',
  'Jobs.onApplicationShutdown',
  'Pool.onApplicationShutdown',
]

const start = (
  nest: 11 | 12,
  env: Record<string, string> = {},
  options: ScenarioOptions['options'] = quick,
) => startScenario('hooks', { nest, options, env })

for (const nest of [11, 12] as const) {
  describe.concurrent(`the hooks of Nest ${nest}`, { timeout: 120_000 }, () => {
    test('run in this order without us', async () => {
      await using server = await start(nest, { PLAIN: 'yes' })
      server.signal('SIGWINCH')
      await server.line('closed')
      // The application was closed three times over: two of the calls were made at once.
      expect(server.said('event').slice(-6)).toEqual(ownOrder)
    })

    for (const hooks of ['no', 'kill', 'exit']) {
      for (const platform of ['express', 'fastify']) {
        test(`run once after the last answer, then exit 0: on ${platform}, shutdown hooks: ${hooks}`, async () => {
          await using server = await start(nest, { SHUTDOWN_HOOKS: hooks, PLATFORM: platform })
          const slow = (await server.connect()).get('/slow?ms=1200')
          await sleep(100)
          server.signal()
          await server.draining()
          const newcomer = await server.connect()
          expect(await newcomer.get('/slow?ms=10')).toMatchObject({ status: 200, text: 'slow' })
          expect(await slow).toMatchObject({ status: 200, headers: { connection: 'close' } })
          expect(await server.exited()).toMatchObject({ code: 0, signal: null, report: { clean: true } })
          expect(server.said('event')).toEqual(['answered', 'answered', ...ownOrder])
        })
      }

      test(`run once for two signals, with the exit code of the first: shutdown hooks: ${hooks}`, async () => {
        await using server = await start(nest, { SHUTDOWN_HOOKS: hooks })
        const slow = (await server.connect()).get('/slow?ms=1500')
        await sleep(100)
        server.signal()
        await sleep(800)
        server.signal()
        expect(await slow).toMatchObject({ status: 200 })
        expect(await server.exited()).toMatchObject({ code: 0, signal: null })
        expect(server.said('event')).toEqual(['answered', ...ownOrder])
      })

      test(`run once for SIGINT, without a window: shutdown hooks: ${hooks}`, async () => {
        const options = { ...quick, shutdownDelay: 3000, linger: 2000 }
        await using server = await start(nest, { SHUTDOWN_HOOKS: hooks }, options)
        const slow = (await server.connect()).get('/slow?ms=900')
        await sleep(100)
        server.signal('SIGINT')
        expect(await slow).toMatchObject({ status: 200 })
        const exit = await server.exited()
        expect(exit).toMatchObject({ code: 0, signal: null })
        expect(exit.ownMs).toBeLessThan(2500)
        expect(server.said('event')).toEqual(['answered', ...ownOrder])
      })

      test(`run after a request was cut, and the exit code says so: shutdown hooks: ${hooks}`, async () => {
        const options = { ...quick, gracePeriod: 3000, forcedExitCode: 7 }
        await using server = await start(nest, { SHUTDOWN_HOOKS: hooks }, options)
        const slow = (await server.connect()).get('/slow?ms=8000')
        await sleep(100)
        server.signal()
        expect(await slow).toMatchObject({ status: 503 })
        expect(await server.exited()).toMatchObject({ code: 7, signal: null, report: { clean: false } })
        expect(server.said('event')).toEqual(ownOrder)
      })
    }

    for (const platform of ['express', 'fastify']) {
      test(`run once for app.close(), which drains and leaves the process alive: ${platform}`, async () => {
        const options = { ...quick, shutdownDelay: 4000, linger: 4000 }
        await using server = await start(nest, { PLATFORM: platform, SHUTDOWN_HOOKS: 'kill' }, options)
        const idle = await server.connect()
        await idle.get('/slow?ms=0')
        const slow = (await server.connect()).get('/slow?ms=900')
        await sleep(150)
        server.signal('SIGWINCH')
        expect(await slow).toMatchObject({ status: 200, headers: { connection: 'close' } })
        expect(await idle.closed).toBe('fin')
        expect(await server.line('closed')).toEqual({ closed: 'stopped', listeners: 0 })
        expect(server.ownSinceSignal()).toBeLessThan(3500)
        expect(server.said('event')).toEqual(['answered', 'answered', ...ownOrder])
        await sleep(200)
        expect(server.child.exitCode).toBe(null)
      })
    }

    test('wait for the drain when Nest listens to a signal that the lifecycle leaves alone', async () => {
      await using server = await start(nest, { LIFECYCLE_SIGNALS: 'SIGINT', SHUTDOWN_HOOKS: 'exit' })
      const slow = (await server.connect()).get('/slow?ms=900')
      await sleep(100)
      server.signal('SIGTERM')
      expect(await slow).toMatchObject({ status: 200, headers: { connection: 'close' } })
      expect(await server.exited()).toMatchObject({ code: 0, signal: null })
      const told = ownOrder.map((event) => (event.includes('Shutdown') ? `${event} SIGTERM` : event))
      expect(server.said('event')).toEqual(['answered', ...told])
    })

    for (const platform of ['express', 'fastify']) {
      test(`options of Nest that cut and refuse while it closes cost no request: ${platform}`, async () => {
        const options = JSON.stringify({ return503OnClosing: true, forceCloseConnections: true })
        await using server = await start(nest, { PLATFORM: platform, NEST_OPTIONS: options })
        const [busy, idle] = [await server.connect(), await server.connect()]
        await idle.get('/slow?ms=0')
        const slow = busy.get('/slow?ms=900')
        await sleep(150)
        server.signal('SIGWINCH')
        await server.draining()
        expect(await idle.get('/slow?ms=10')).toMatchObject({ status: 200, text: 'slow' })
        expect(await slow).toMatchObject({ status: 200, text: 'slow' })
        expect(await server.line('closed')).toEqual({ closed: 'stopped', listeners: 0 })
        expect(server.said('event').slice(-6)).toEqual(ownOrder)
      })
    }

    for (const [hook, outcome] of [
      ['hangs', 'timed-out'],
      ...(nest === 11 ? [['throws', 'failed'] as const] : []),
    ] as const) {
      test(`end with 1 in time when one ${hook}, and the report says so`, async () => {
        const options = { ...quick, gracePeriod: 5000 }
        await using server = await start(nest, { HOOK: hook, SHUTDOWN_HOOKS: 'exit' }, options)
        server.signal()
        const exit = await server.exited()
        expect(exit).toMatchObject({ code: 1, report: { clean: false } })
        expect(exit.ownMs).toBeLessThan(options.gracePeriod)
        expect(exit.report.hooks.map((each) => each.outcome)).toEqual([outcome])
      })
    }
  })
}
