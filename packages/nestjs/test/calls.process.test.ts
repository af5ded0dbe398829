import { status } from '@grpc/grpc-js'
import { brief, type ForkedServer, quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { CallClient } from './call-client.js'
import { MessageClient } from './message-client.js'
import { startScenario } from './scenarios/start-scenario.js'

const options = { ...quick, shutdownDelay: 600 }
const clean = { code: 0, signal: null, report: { clean: true, cut: [] } }

/** A channel to the gRPC port that the scenario told of. */
const callsOf = (server: ForkedServer) => new CallClient(server.said('grpc')[0] as number)

const heard = (server: ForkedServer, count: number) =>
  server.until(() => server.said('heard').length === count, 5000, 'not all were heard')

for (const nest of [11, 12] as const) {
  describe.concurrent(`calls on Nest ${nest}`, { timeout: 120_000 }, () => {
    for (const [platform, close] of [
      ['express', 'graceful'],
      ['fastify', 'forceful'],
    ] as const) {
      test(`drain side by side with HTTP and TCP: ${platform}, Nest's own close being ${close}`, async () => {
        const env = { PLATFORM: platform, SHUTDOWN_HOOKS: 'kill', CLOSE: close }
        await using server = await startScenario('calls', { nest, options, env })
        using calls = callsOf(server)
        using messages = new MessageClient(server.said('tcp')[0] as number)
        expect(await calls.health('readiness')).toBe('SERVING')
        expect(await calls.health('work.Work')).toBe('SERVING')
        const http = (await server.connect()).get('/slow?ms=2000')
        const sum = messages.ask('add', [2000, 1])
        const answer = calls.answer(2300)
        const counted = calls.count(300, 8)
        await heard(server, 3)
        server.signal()
        await server.draining()
        // In the window, newcomers are served, and told not to come again.
        using newcomer = callsOf(server)
        expect(await newcomer.health('readiness')).toBe('NOT_SERVING')
        expect(await newcomer.health('liveness')).toBe('SERVING')
        expect(await newcomer.answer()).toBe('answer')
        expect(await http).toMatchObject({ status: 200 })
        expect(await sum).toEqual([2001])
        expect(await answer).toBe('answer')
        expect(await counted).toEqual({ values: [1, 2, 3, 4, 5, 6, 7, 8], code: status.OK })
        const exit = await server.exited()
        expect(exit).toMatchObject(clean)
        expect(exit.ownMs).toBeLessThan(5000)
        expect(server.output).not.toContain('channelOptions')
        const events = server.said('event')
        expect(events.slice(-2)).toEqual(['destroyed', 'shut down'])
        expect(events.slice(0, -2).sort()).toEqual(['added', 'answered', 'called', 'called', 'counted'])
      })
    }

    for (const [where, env] of [
      ['in a hybrid application that closes gracefully', { CLOSE: 'graceful' }],
      ['in a hybrid application that closes by force', { CLOSE: 'forceful' }],
      ['alone', { ALONE: 'yes' }],
    ] as const) {
      test(`whose handler stops the process are answered last, ${where}`, async () => {
        await using server = await startScenario('calls', { nest, options: quick, env })
        using calls = callsOf(server)
        const answer = calls.answer(1500)
        await heard(server, 1)
        expect(await calls.stop()).toBe('stopped with 0')
        expect(await answer).toBe('answer')
        expect(await server.exited()).toMatchObject(clean)
        expect(server.said('event')).toEqual(expect.arrayContaining(['called', 'shut down']))
      })
    }

    for (const first of ['grpc', 'http']) {
      test(`of a hybrid application that starts with ${first}: ready when both listen`, async () => {
        await using server = await startScenario('calls', { nest, options, env: { FIRST: first } })
        await server.line('up')
        const before = first === 'grpc' ? { bound: ['starting'], up: ['starting'] } : { http: ['starting'] }
        for (const [key, states] of Object.entries(before)) expect(server.said(key)).toEqual(states)
        using calls = callsOf(server)
        expect(await calls.health('readiness')).toBe('SERVING')
        server.signal()
        expect(await server.exited()).toMatchObject(clean)
      })
    }

    for (const hooks of ['no', 'hooks']) {
      test(`of a microservice alone: ready when it is bound, drained on a signal, shutdown hooks: ${hooks}`, async () => {
        await using server = await startScenario('calls', { nest, options, env: { ALONE: hooks } })
        expect([server.said('created'), server.said('bound')]).toEqual([['starting'], ['starting']])
        using calls = callsOf(server)
        const answer = calls.answer(1500)
        const counted = calls.count(300, 5)
        await heard(server, 2)
        server.signal()
        await server.draining()
        expect(await calls.health('readiness')).toBe('NOT_SERVING')
        expect(await calls.answer()).toBe('answer')
        expect(await answer).toBe('answer')
        expect(await counted).toMatchObject({ values: [1, 2, 3, 4, 5], code: status.OK })
        expect(await server.exited()).toMatchObject(clean)
        expect(server.said('event').slice(-2)).toEqual(['destroyed', 'shut down'])
        expect(server.said('event').sort()).toEqual(['called', 'called', 'counted', 'destroyed', 'shut down'])
        expect(server.output).not.toContain('channelOptions')
      })
    }

    test('of a microservice that its application closes are answered first', async () => {
      await using server = await startScenario('calls', { nest, options, env: { ALONE: 'yes' } })
      using calls = callsOf(server)
      const answer = calls.answer(900)
      await heard(server, 1)
      server.signal('SIGWINCH')
      expect(await answer).toBe('answer')
      expect(await server.line('closed')).toEqual({ closed: 'stopped' })
      expect(server.said('event')).toEqual(['called', 'destroyed', 'shut down'])
    })

    const unattached = [{ ALONE: 'yes' }, { FIRST: 'http' }, {}, { SHUTDOWN_HOOKS: 'kill' }]
    for (const env of unattached as Record<string, string>[]) {
      test(`that nobody counts are warned of, once: ${JSON.stringify(env)}`, async () => {
        await using server = await startScenario('calls', { nest, options, env: { ...env, ATTACH: 'no' } })
        await server.line('grpc')
        await server.until(() => server.output.includes('gRPC'), 5000, 'no warning')
        expect(server.output.match(/channelOptions.*onLoadPackageDefinition/g)).toHaveLength(1)
        using calls = callsOf(server)
        expect(await calls.answer()).toBe('answer')
        server.signal()
        expect(await server.exited()).toMatchObject(clean)
        expect(server.output.match(/channelOptions/g)).toHaveLength(1)
      })
    }

    for (const env of [{}, { ALONE: 'yes' }]) {
      test(`that hang are cut, and named: ${'ALONE' in env ? 'alone' : 'hybrid'}`, async () => {
        await using server = await startScenario('calls', { nest, options: brief, env })
        using calls = callsOf(server)
        const hanging = calls.answer(60_000)
        const endless = calls.count(100, 1000)
        await heard(server, 2)
        server.signal()
        await expect(hanging).rejects.toMatchObject({ code: status.UNAVAILABLE })
        expect((await endless).code).toBe(status.UNAVAILABLE)
        const { code, ownMs, report } = await server.exited()
        expect(code).toBe(1)
        expect(ownMs).toBeLessThan(brief.gracePeriod)
        expect(report.cut.map(({ kind, path }) => `${kind} ${path}`).sort()).toEqual([
          'grpc /work.Work/Answer',
          'grpc /work.Work/Count',
        ])
        expect(server.said('event').slice(-2)).toEqual(['destroyed', 'shut down'])
      })
    }
  })
}
