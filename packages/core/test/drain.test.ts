import { describe, expect, test } from 'vitest'
import { createDrain } from '../src/drain/drain.js'
import { createGate } from '../src/drain/gate.js'
import { createHolds } from '../src/drain/holds.js'
import { createStopHooks } from '../src/drain/stop-hooks.js'
import { createEmitter } from '../src/events/events.js'
import { kSeats, type Seats } from '../src/lifecycle/seats.js'
import type { LifecycleOptions } from '../src/options/options.js'
import { makePlan } from '../src/options/plan.js'
import { resolveSettings } from '../src/options/settings.js'
import { createFakeServer, createTestBench } from '../src/testing/index.js'

function serving(options: LifecycleOptions = {}, rate = 0) {
  const bench = createTestBench()
  const lifecycle = bench.createLifecycle({ platform: 'kubernetes', ...options })
  const server = Object.assign(createFakeServer(), { rate: () => rate })
  lifecycle.attach(server)
  void lifecycle.ready()
  const events: [string, unknown][] = []
  for (const event of ['closing', 'cutoff', 'drained'] as const) {
    lifecycle.on(event, (payload) => events.push([event, payload]))
  }
  const report = new Promise((resolve) => lifecycle.on('stopped', resolve))
  return { ...bench, lifecycle, server, events, report }
}

describe('the report', () => {
  test('says how long each step took, and counts', async () => {
    const { lifecycle, server, signal, clock, events, report } = serving({ shutdownDelay: 1000, linger: 500 })
    lifecycle.onStop('db', () => new Promise<void>((resolve) => clock.after(300, resolve)))
    const other = createFakeServer()
    lifecycle.attach(other)
    server.connect()
    server.beginRequest()
    other.connect()
    other.beginRequest()
    signal('SIGTERM')
    await clock.advance(1200)
    other.finishRequest()
    await clock.advance(1300)
    server.finishRequest()
    await clock.advance(300)
    expect(await report).toMatchObject({
      durations: { window: 1000, closing: 0, inFlight: 1500, cutoff: 0, hooks: 300, total: 2800 },
      requests: { finished: 2, cut: 0 },
      connections: { idle: 2 },
    })
    expect(events).toEqual([
      ['closing', { duration: 1000, extended: false, inFlight: 2, connections: 2, work: { request: 2 } }],
      ['drained', { duration: 2500, finished: 2, work: { fake: 2 } }],
    ])
  })

  test('counts from the trigger, and the time that listeners take to close', async () => {
    const { server, signal, clock, events, report } = serving({ shutdownDelay: 0, linger: 0 })
    Object.assign(server, {
      stopAccepting: () => new Promise<void>((resolve) => void clock.after(200, resolve)),
    })
    await clock.advance(7000)
    signal('SIGTERM')
    await clock.advance(200)
    expect(events).toMatchObject([
      ['closing', { duration: 0 }],
      ['drained', { duration: 200 }],
    ])
    expect(await report).toMatchObject({ durations: { closing: 200, inFlight: 0, total: 200 } })
  })

  test('names what was unfinished at the cutoff', async () => {
    const { lifecycle, server, signal, clock, events, report } = serving({ gracePeriod: 10_000 })
    server.connect()
    server.beginRequest()
    lifecycle.hold('job 7')
    signal('SIGTERM')
    await clock.advance(10_000)
    expect(events).toContainEqual([
      'cutoff',
      expect.objectContaining({
        duration: 8250,
        inFlight: 1,
        holds: ['job 7'],
        unfinished: [
          { kind: 'hold', name: 'job 7', age: 8250 },
          expect.objectContaining({ kind: 'request' }),
        ],
      }),
    ])
    expect(await report).toMatchObject({ durations: { cutoff: 500 }, connections: { cut: 1 } })
  })

  test('knows no cutoff when only idle connections are left', async () => {
    const { server, signal, clock, events } = serving({ gracePeriod: 10_000, shutdownDelay: 0, linger: 8000 })
    server.connect()
    Object.assign(server, { closeIdle: () => new Promise(() => {}) })
    signal('SIGTERM')
    await clock.advance(10_000)
    expect(events.map(([name]) => name)).toEqual(['closing', 'drained'])
    expect(server.calls).toContain('cut')
  })
})

test('a silent connection gets the linger to speak, at most five seconds, and none after stop()', async () => {
  for (const [linger, begin, patience] of [
    [1000, 'SIGTERM', 1000],
    [8000, 'SIGTERM', 5000],
    [8000, 'stop', 0],
  ] as const) {
    const { lifecycle, server, signal, clock } = serving({ shutdownDelay: 0, linger })
    const given: number[] = []
    Object.assign(server, { stopAccepting: async (time: number) => void given.push(time) })
    if (begin === 'stop') void lifecycle.stop()
    else signal(begin)
    await clock.advance(0)
    expect(given).toEqual([patience])
  }
})

test('what ends long work waits for servers that cannot tell theirs from other work', async () => {
  const { lifecycle, server, signal, clock, events, report } = serving({ shutdownDelay: 0, linger: 0 })
  const release = lifecycle.hold('stream')
  let ended = false
  ;(lifecycle as unknown as { [kSeats]: Seats })[kSeats].endLongWork?.({
    name: 'ender',
    fn() {
      ended = true
      release()
    },
  })
  server.connect()
  server.beginRequest()
  signal('SIGTERM')
  await clock.advance(1000)
  expect(ended).toBe(false)
  server.finishRequest()
  server.disconnect()
  await clock.advance(1000)
  expect(events.map(([name]) => name)).toEqual(['closing', 'drained'])
  expect(await report).toMatchObject({ clean: true, hooks: [{ name: 'ender', outcome: 'done' }] })
})

describe('a server that is attached while draining', () => {
  test('serves through the window and closes with the others', async () => {
    const { lifecycle, signal, clock } = serving({ shutdownDelay: 1000 })
    signal('SIGTERM')
    const late = createFakeServer()
    lifecycle.attach(late)
    await clock.advance(999)
    expect(late.calls).toEqual(['announce'])
    await clock.advance(1)
    expect(late.calls).toContain('stopAccepting')
  })

  test('closes at once when the others have, and is waited for', async () => {
    const { lifecycle, server, signal, clock, process } = serving({ shutdownDelay: 0, linger: 0 })
    server.connect()
    server.beginRequest()
    signal('SIGTERM')
    await clock.advance(100)
    const late = createFakeServer()
    let closed = () => {}
    Object.assign(late, { stopAccepting: () => new Promise<void>((resolve) => (closed = resolve)) })
    lifecycle.attach(late)
    server.finishRequest()
    await clock.advance(1000)
    expect(process.exitCode).toBeUndefined()
    closed()
    await clock.advance(0)
    expect(process.exitCode).toBe(0)
  })
})

test("functions find their server released; a framework's own close comes last", async () => {
  const { lifecycle, server, signal, clock } = serving({ shutdownDelay: 0 })
  const calls = server.calls as string[]
  lifecycle.onStop('db', () => void calls.push('db'))
  const seats = (lifecycle as typeof lifecycle & { [kSeats]: Seats })[kSeats]
  seats.closeWith({ name: 'framework', fn: () => void calls.push('framework') })
  signal('SIGTERM')
  await clock.advance(0)
  expect(calls.slice(3)).toEqual(['release', 'db', 'framework'])
})

test('what is cut gets its time to go before the functions run', async () => {
  const { lifecycle, server, clock } = serving({ gracePeriod: 10_000 })
  let ranAt: number | undefined
  lifecycle.onStop('db', () => {
    ranAt = clock.now()
  })
  const cut = server.cut
  Object.assign(server, {
    cut: () => new Promise<void>((resolve) => clock.after(40, () => resolve(cut()))),
  })
  server.connect()
  server.beginRequest()
  void lifecycle.stop()
  await clock.advance(10_000)
  expect(ranAt).toBe(lifecycle.plan.force + 40)
})

test('functions wait for other drains until their own time is up', async () => {
  const { lifecycle, createLifecycle, clock } = serving({ gracePeriod: 10_000 })
  const other = createLifecycle({ platform: 'kubernetes' })
  other.hold('work')
  let ranAt: number | undefined
  lifecycle.onStop('db', () => {
    ranAt = clock.now()
  })
  void lifecycle.stop()
  void other.stop()
  await clock.advance(10_000)
  expect(ranAt).toBe(lifecycle.plan.force)
})

test('a drain knows whether it is in its window, quiet, and empty', async () => {
  const { clock } = createTestBench()
  const settings = resolveSettings(
    { shutdownDelay: 1000 },
    { env: {}, isTerminal: false, isContainer: false },
  )
  const holds = createHolds(clock, () => {})
  const drains = new Set<ReturnType<typeof createDrain>>()
  const gate = createGate()
  const drain = createDrain({
    clock,
    gate,
    emitter: createEmitter(),
    trigger: { reason: 'test', window: true, linger: true },
    cleanExitCode: () => 0,
    plan: makePlan(settings, { hasHooks: false, window: true, linger: false }),
    settings,
    servers: new Set(),
    holds,
    preparing: new Set(),
    stopHooks: createStopHooks(
      () => ({ reason: 'test' }),
      (closing) => closing,
    ),
    others: { turn: () => [] },
    drains,
    cutoff: new AbortController(),
  })
  drains.add(drain)
  const release = holds.take('work')
  void drain.run()
  await clock.advance(999)
  expect([drain.isInWindow, drain.isQuiet(), drain.isEmpty()]).toEqual([true, false, false])
  await clock.advance(1)
  expect([drain.isInWindow, drain.isQuiet(), drain.isEmpty()]).toEqual([false, false, false])
  release()
  gate.notify()
  await clock.advance(0)
  expect([drain.isInWindow, drain.isQuiet(), drain.isEmpty()]).toEqual([false, true, true])
})

describe('the forced end of a lifecycle', () => {
  test('is reported once, and starts nothing more', async () => {
    const { createLifecycle, signal, clock, process } = createTestBench()
    const nothing = () => {}
    const flush = (done = nothing) => void clock.after(200, done)
    const logger = { info: nothing, warn: nothing, error: nothing, flush: (done?: () => void) => flush(done) }
    const lifecycle = createLifecycle({ platform: 'kubernetes', logger })
    const reports: unknown[] = []
    const ran: string[] = []
    lifecycle.on('stopped', (report) => reports.push(report))
    lifecycle.onStop('db', () => void ran.push('db'))
    const release = lifecycle.hold('work')
    signal('SIGTERM')
    await clock.advance(500)
    signal('SIGINT')
    release()
    await clock.advance(1000)
    const durations = { window: 0, linger: 0, closing: 0, inFlight: 500, cutoff: 0, hooks: 0, total: 500 }
    expect(reports).toMatchObject([{ exitCode: 130, clean: false, cut: [{ name: 'work' }], durations }])
    expect(ran).toEqual([])
    expect(process.exitCode).toBe(130)
  })
})

describe('the steps of a drain', () => {
  test.each([
    ['linger', 1400, { window: 1000, linger: 400 }],
    ['inFlight', 1700, { window: 1000, linger: 500, inFlight: 200 }],
    ['hooks', 2100, { window: 1000, linger: 500, inFlight: 500, hooks: 100 }],
  ] as const)('last as long as it if it is ended by force in %s', async (_, endedAt, steps) => {
    const { lifecycle, server, signal, clock, report } = serving({ shutdownDelay: 1000, linger: 500 })
    lifecycle.onStop('db', () => new Promise<void>((resolve) => clock.after(300, resolve)))
    server.connect()
    server.connect()
    server.beginRequest()
    signal('SIGTERM')
    clock.after(2000, () => {
      server.finishRequest()
    })
    await clock.advance(endedAt)
    signal('SIGINT')
    await clock.advance(1000)
    const none = { window: 0, linger: 0, closing: 0, inFlight: 0, cutoff: 0, hooks: 0 }
    expect(await report).toMatchObject({ durations: { ...none, ...steps, total: endedAt } })
  })
})

describe('servers that live on the listeners of others', () => {
  test('are asked to close when those have closed', async () => {
    const { lifecycle, server, signal, clock } = serving({ shutdownDelay: 0, linger: 0 })
    const guest = createFakeServer('websocket')
    Object.defineProperty(guest, 'listening', { value: false })
    lifecycle.attach(guest)
    Object.assign(server, {
      stopAccepting: () => new Promise<void>((resolve) => void clock.after(200, resolve)),
    })
    signal('SIGTERM')
    await clock.advance(199)
    expect(guest.calls).toEqual(['announce'])
    await clock.advance(1)
    expect(guest.calls).toContain('stopAccepting')
  })
})
