import { setTimeout as sleep } from 'node:timers/promises'
import { quick, startServer } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const subject = {
  name: 'node:http',
  script: new URL('subjects/http.mjs', import.meta.url),
  protocol: 'http',
  capabilities: [],
} as const

describe.concurrent('a crash', { timeout: 120_000 }, () => {
  test('by an unhandled rejection finishes what is in flight, runs the hooks and exits 1 with the stack', async () => {
    await using server = await startScenario('unhandled-rejection', { options: quick })
    const client = await server.connect()
    const slow = client.get('/slow?ms=800')
    await sleep(100)
    server.signal('SIGUSR2')
    expect(await slow).toMatchObject({ status: 200, text: 'slow' })
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 1, signal: null, report: { exitCode: 1 } })
    expect(exit.stderr).toMatch(/TypeError: nobody waits for this\s+at /)
    const logged = exit.stderr.split('\n').filter((line) => line.startsWith('{'))
    expect(logged.map((line) => JSON.parse(line))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          level: 'error',
          step: 'draining',
          error: expect.objectContaining({ message: 'nobody waits for this' }),
          msg: expect.stringMatching(/^crash \(nobody waits for this\): draining/),
        }),
        expect.objectContaining({
          msg: expect.stringMatching(/, crash \(nobody waits for this\), .*code 1$/),
        }),
      ]),
    )
    expect(server.said('hook')).toEqual(['database'])
  })

  test('does not wait longer than five seconds for a handler that never answers', {
    timeout: 120_000,
  }, async () => {
    await using server = await startServer(subject, { options: quick })
    const [client, thrower] = [await server.connect(), await server.connect()]
    void client.request('GET', '/hang')
    await server.line('hanging')
    const start = performance.now()
    await thrower.get('/throw')
    expect((await server.exited()).code).toBe(1)
    expect(performance.now() - start).toBeLessThan(20_000)
  })

  test("is the application's own affair when it listens to uncaughtException", async () => {
    await using server = await startScenario('foreign-crash-handler', { options: quick })
    const [client, thrower] = [await server.connect(), await server.connect()]
    await thrower.get('/throw?id=mine')
    expect(await server.line('caught')).toEqual({ caught: 'thrown on purpose mine' })
    await sleep(200)
    expect((await client.get('/readyz')).status).toBe(200)
  })

  test('is left to Node where `crash: false` says so', async () => {
    await using server = await startServer(subject, { options: { ...quick, crash: false } })
    const [client, thrower] = [await server.connect(), await server.connect()]
    void client.request('GET', '/slow?ms=3000')
    await thrower.get('/throw')
    const exit = await server.exited()
    expect(exit.code).toBe(1)
    expect(exit.stderr).toMatch(/Error: thrown on purpose/)
    expect(server.said('draining')).toEqual([])
  })
})
