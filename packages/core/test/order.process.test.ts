import { setTimeout as sleep } from 'node:timers/promises'
import { brief, type ForkedServer, quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { poll, timeNow } from './scenarios/poll.js'
import { startScenario } from './scenarios/start-scenario.js'

/** When the process said that an event happened. */
const eventsOf = (server: ForkedServer) =>
  server.lines.flatMap(({ event, at }) => (event === undefined ? [] : [[String(event), Number(at)] as const]))

describe.concurrent('the order of a drain', { timeout: 120_000 }, () => {
  test('E1: readiness, window, listener, requests in flight, idle connections, hooks, exit, each when the one before is over', async () => {
    const options = { ...quick, shutdownDelay: 1000 }
    await using server = await startScenario('event-log', { options })
    const log: [string, number][] = []
    const saw = (what: string) => log.push([what, timeNow()])
    const [idle, busy] = [await server.connect(), await server.connect()]
    await idle.get('/fast?idle')
    const readiness = poll(server.port, '/readyz', 5)
    const slow = busy.get('/slow?ms=2000')
    await sleep(200)
    saw('SIGTERM')
    server.signal()
    await server.draining()
    await sleep(100)
    expect((await (await server.connect()).get('/fast')).status).toBe(200)
    saw('new connection served')
    expect((await slow).text).toBe('slow')
    expect(await idle.closed).toBe('fin')
    await readiness.refused
    expect((await server.exited()).code).toBe(0)

    expect(readiness.statuses()).toEqual([200, 503, expect.stringContaining('ECONN')])
    const red = readiness.polled.find(({ status }) => status === 503)
    log.push(['readiness red', Number(red?.at)], ['listener closed', Number(readiness.polled.at(-1)?.at)])
    const ordered = [...log, ...eventsOf(server)].sort(([, a], [, b]) => a - b)
    expect(
      ordered.map(([what]) => what).filter((what) => !['planned', 'ready', 'warning'].includes(what)),
    ).toEqual([
      'SIGTERM',
      'draining',
      'readiness red',
      'new connection served',
      'closing',
      'listener closed',
      'answered',
      'idle connection: fin',
      'drained',
      'database',
      'hookFinished',
      'stopped',
      'exit',
    ])
    const at = Object.fromEntries(ordered)
    expect(Number(at['closing']) - Number(at['SIGTERM'])).toBeGreaterThan(options.shutdownDelay - 20)
  })

  test('B4: in the tick of SIGTERM readiness is 503, says draining, and liveness is 200', async () => {
    await using server = await startScenario('event-log', { options: { ...quick, shutdownDelay: 1000 } })
    server.signal()
    expect(await server.line('sameTick')).toEqual({ sameTick: 'draining', aborted: true })
    const [ready, live] = [await server.connect(), await server.connect()]
    const readiness = await ready.get('/readyz')
    expect(readiness.status).toBe(503)
    expect(JSON.parse(readiness.text)).toEqual({ status: 'unavailable', state: 'draining' })
    expect((await live.get('/livez')).status).toBe(200)
    expect((await server.exited()).code).toBe(0)
  })

  test('B10: an application with a flag that nobody flips is unready all the same: readiness follows the state', async () => {
    await using server = await startScenario('never-flips-the-flag', {
      options: { ...quick, shutdownDelay: 600 },
    })
    const [prober, busy] = [await server.connect(), await server.connect()]
    expect((await prober.get('/readyz')).text).not.toBe('by the flag')
    const slow = busy.get('/')
    await sleep(100)
    server.signal()
    await server.draining()
    const { status, text } = await prober.get('/readyz')
    expect(status).toBe(503)
    expect(text).not.toBe('by the flag')
    expect((await slow).text).toBe('slow')
    expect((await server.exited()).code).toBe(0)
    expect(server.said('refused')).toEqual(['TypeError', 'TypeError'])
  })
})

describe.concurrent('the log of a drain', { timeout: 120_000 }, () => {
  /** The lines that say which step they are of. */
  const stepsOf = (server: ForkedServer) =>
    server.stderr.split('\n').flatMap((line) => {
      if (!line.startsWith('{')) return []
      const parsed = JSON.parse(line) as Record<string, unknown>
      return parsed['step'] === undefined ? [] : [parsed]
    })

  test('A11: every step is one line of JSON with its duration and counts', async () => {
    await using server = await startScenario('event-log', { options: quick })
    const client = await server.connect()
    const slow = client.get('/slow?ms=900')
    await sleep(100)
    server.signal()
    expect((await slow).status).toBe(200)
    await server.exited()
    const ms = expect.any(Number)
    expect(stepsOf(server)).toEqual([
      expect.objectContaining({ level: 'info', step: 'ready', duration: ms }),
      expect.objectContaining({
        level: 'info',
        step: 'draining',
        reason: 'SIGTERM',
        plan: expect.any(Object),
      }),
      expect.objectContaining({ level: 'info', step: 'closing', duration: ms, inFlight: 1, connections: 1 }),
      expect.objectContaining({ level: 'info', step: 'drained', duration: ms, finished: 1 }),
      expect.objectContaining({
        level: 'info',
        step: 'hook',
        hook: { name: 'database', duration: ms, outcome: 'done' },
      }),
      expect.objectContaining({ level: 'info', step: 'stopped', report: expect.any(Object) }),
    ])
    for (const { msg } of stepsOf(server)) expect(String(msg)).toMatch(/\w/)
    expect(server.output).not.toContain('(extended')
    const { report } = stepsOf(server).at(-1) as { report: Record<string, object> }
    expect(report['durations']).toEqual(
      Object.fromEntries(
        ['window', 'linger', 'closing', 'inFlight', 'cutoff', 'hooks', 'total'].map((step) => [step, ms]),
      ),
    )
    expect(report).toMatchObject({
      requests: { finished: 1, cut: 0 },
      connections: { 'told-to-leave': 1 },
      cut: [],
    })
  })

  test('A11: the cutoff has a line of its own, and what was cut is in the last one', async () => {
    await using server = await startScenario('event-log', { options: brief })
    const client = await server.connect()
    void client.request('GET', '/hang')
    await server.line('hanging')
    server.signal()
    await server.exited()
    const [cutoff] = stepsOf(server).filter(({ step }) => step === 'cutoff')
    expect(cutoff).toMatchObject({ level: 'warn', duration: expect.any(Number), inFlight: 1, holds: [] })
    expect(stepsOf(server).at(-1)).toMatchObject({
      level: 'error',
      step: 'stopped',
      report: { requests: { cut: 1 }, cut: [{ kind: 'request', method: 'GET', path: '/hang' }] },
    })
  })
})
