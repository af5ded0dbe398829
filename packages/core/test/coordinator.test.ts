import { describe, expect, test } from 'vitest'
import { createFakeServer, createTestBench } from '../src/testing/index.js'

const options = { platform: 'kubernetes', shutdownDelay: 1000, linger: 1000 } as const

function serving() {
  const bench = createTestBench()
  const lifecycle = bench.createLifecycle(options)
  const server = createFakeServer()
  lifecycle.attach(server)
  void lifecycle.ready()
  return { ...bench, lifecycle, server }
}

describe('signals', () => {
  test('two within 500 ms are one gesture', async () => {
    const { signal, clock, process } = serving()
    signal('SIGINT')
    await clock.advance(2)
    signal('SIGINT')
    await clock.advance(28_000)
    expect(process.exitCode).toBe(0)
  })

  test('SIGTERM again is ignored, and said so', async () => {
    const { lifecycle, server, signal, clock, process } = serving()
    const ignored: string[] = []
    lifecycle.on('signalIgnored', ({ signal: name }) => ignored.push(name))
    server.connect()
    server.beginRequest()
    signal('SIGTERM')
    await clock.advance(600)
    signal('SIGTERM')
    await clock.advance(2000)
    expect(process.exitCode).toBeUndefined()
    expect(ignored).toEqual(['SIGTERM'])
  })

  test('a later SIGINT forces: exit 130, the report says what was open, no hook runs', async () => {
    const { lifecycle, server, signal, clock, process } = serving()
    let hookRan = false
    lifecycle.onStop('db', () => {
      hookRan = true
    })
    const report = new Promise((resolve) => lifecycle.on('stopped', resolve))
    server.connect()
    server.beginRequest()
    signal('SIGTERM')
    await clock.advance(600)
    signal('SIGINT')
    await clock.advance(0)
    expect(process.exitCode).toBe(130)
    expect(await report).toMatchObject({ exitCode: 130, clean: false, cut: [{ kind: 'request' }] })
    expect(hookRan).toBe(false)
  })

  test('SIGINT has neither window nor linger', async () => {
    const { server, signal, clock, process } = serving()
    server.connect()
    signal('SIGINT')
    await clock.advance(0)
    expect(process.exitCode).toBe(0)
  })

  test('SIGINT is how Nomad stops a process: with the window', async () => {
    const { createLifecycle, signal, clock, process } = createTestBench()
    const lifecycle = createLifecycle({ platform: 'nomad', shutdownDelay: 1000 })
    lifecycle.attach(createFakeServer())
    void lifecycle.ready()
    signal('SIGINT')
    await clock.advance(999)
    expect(process.exitCode).toBeUndefined()
    await clock.advance(1)
    expect(process.exitCode).toBe(0)
  })

  test('SIGINT is how Fly stops a machine: idle connections get their last request', async () => {
    const { createLifecycle, signal } = createTestBench({ FLY_MACHINE_ID: '148ed' })
    const lifecycle = createLifecycle()
    lifecycle.attach(createFakeServer())
    await lifecycle.ready()
    signal('SIGINT')
    expect(lifecycle.plan).toMatchObject({ platform: 'fly', gracePeriod: 5000, linger: 1250 })
    expect(lifecycle.plan.window.max).toBe(0)
  })

  test('SIGTERM while starting: no window, exit 0, and ready() stays quiet', async () => {
    const { createLifecycle, signal, clock, process } = createTestBench()
    const lifecycle = createLifecycle(options)
    lifecycle.attach(createFakeServer())
    signal('SIGTERM')
    await expect(lifecycle.ready()).resolves.toBeUndefined()
    await clock.advance(0)
    expect(process.exitCode).toBe(0)
  })

  test('none are heard if the option says so', () => {
    const { createLifecycle, process } = createTestBench()
    createLifecycle({ signals: false, crash: false })
    expect(process.listenerCount('SIGTERM')).toBe(0)
    expect(process.listenerCount('uncaughtException')).toBe(0)
  })

  test('there is one listener for any number of lifecycles, gone with the last', async () => {
    const { createLifecycle, clock, process } = createTestBench()
    const [a, b] = [createLifecycle(), createLifecycle()]
    expect(process.listenerCount('SIGTERM')).toBe(1)
    void a.stop()
    await clock.advance(0)
    expect(process.listenerCount('SIGTERM')).toBe(1)
    void b.stop()
    await clock.advance(0)
    expect(process.listenerCount('SIGTERM')).toBe(0)
  })

  test('one during stop() ends the process without restarting a step', async () => {
    const { lifecycle, server, signal, clock, process } = serving()
    server.connect()
    server.beginRequest()
    void lifecycle.stop()
    await clock.advance(100)
    signal('SIGTERM')
    await clock.advance(100)
    expect(server.calls).toEqual(['announce', 'stopAccepting'])
    server.finishRequest()
    await clock.advance(0)
    expect(process.exitCode).toBe(0)
  })
})

describe('several lifecycles', () => {
  test('no onStop function runs before every one of them has no work left', async () => {
    const { createLifecycle, signal, clock } = createTestBench()
    const [first, second] = [createLifecycle(options), createLifecycle(options)]
    const server = createFakeServer()
    second.attach(server)
    void first.ready()
    void second.ready()
    let isClosed = false
    first.onStop('shared database', () => {
      isClosed = true
    })
    server.connect()
    server.beginRequest()
    signal('SIGTERM')
    await clock.advance(10_000)
    expect(isClosed).toBe(false)
    server.finishRequest()
    await clock.advance(0)
    expect(isClosed).toBe(true)
  })

  test('the shortest grace period is the deadline of all', async () => {
    const { createLifecycle, signal, clock, process } = createTestBench()
    const long = createLifecycle({ platform: 'systemd' })
    createLifecycle({ platform: 'kubernetes' })
    long.hold('forever')
    signal('SIGTERM')
    await clock.advance(27_749)
    expect(process.exitCode).toBeUndefined()
    await clock.advance(1)
    expect(process.exitCode).toBe(1)
  })

  test('one that is created while the process drains drains too', async () => {
    const { createLifecycle, signal, clock, process } = createTestBench()
    createLifecycle(options).hold('until the cutoff')
    signal('SIGTERM')
    const late = createLifecycle(options)
    await clock.advance(0)
    expect(late.state).not.toBe('starting')
    await clock.advance(28_000)
    expect(process.exitCode).toBe(1)
  })

  test('a server that breaks its word cannot hold the process', async () => {
    const { server, signal, clock, process } = serving()
    const never = () => new Promise<void>(() => {})
    Object.assign(server, { stopAccepting: never, cut: never })
    server.connect()
    server.beginRequest()
    signal('SIGTERM')
    await clock.advance(30_000)
    expect(process.exitCode).toBe(1)
  })
})

describe('a crash', () => {
  test('finishes what is in flight and exits with 1', async () => {
    const { server, clock, process } = serving()
    server.connect()
    server.beginRequest()
    process.emit('uncaughtException', new Error('bang'))
    expect(process.printed).toMatch(/Error: bang[\s\S]*Node\.js v\d+/)
    await clock.advance(1000)
    expect(process.exitCode).toBeUndefined()
    server.finishRequest()
    await clock.advance(0)
    expect(process.exitCode).toBe(1)
  })

  test('waits at most five seconds', async () => {
    const { server, clock, process } = serving()
    server.connect()
    server.beginRequest()
    process.emit('uncaughtException', new Error('bang'))
    await clock.advance(4500)
    expect(process.exitCode).toBe(1)
  })

  test('a second one exits at once', () => {
    const { server, process } = serving()
    server.connect()
    server.beginRequest()
    process.emit('uncaughtException', new Error('one'))
    process.emit('uncaughtException', new Error('two'))
    expect(process.exitCode).toBe(1)
    expect(process.printed).toContain('two')
  })

  test('exits at once while starting', () => {
    const { createLifecycle, process } = createTestBench()
    createLifecycle()
    process.emit('uncaughtException', new Error('bang'))
    expect(process.exitCode).toBe(1)
  })

  test('is left to the application if it listens itself', async () => {
    const { lifecycle, process } = serving()
    process.on('uncaughtException', () => {})
    process.emit('uncaughtException', new Error('bang'))
    expect(lifecycle.state).toBe('ready')
    expect(process.printed).toBe('')
  })

  test('shortens a drain that is under way', async () => {
    const { server, signal, clock, process } = serving()
    server.connect()
    server.beginRequest()
    signal('SIGTERM')
    await clock.advance(100)
    process.emit('uncaughtException', new Error('bang'))
    await clock.advance(4500)
    expect(process.exitCode).toBe(1)
  })
})

describe("somebody else's signal handler", () => {
  test('is warned about with its source, once, where it is left to run at the signal', async () => {
    const { createLifecycle, signal, clock, process } = createTestBench()
    const lifecycle = createLifecycle({ ...options, otherHandlers: 'leave' })
    const warnings: string[] = []
    lifecycle.on('warning', ({ message }) => warnings.push(message))
    process.on('SIGTERM', function exitsAtOnce() {})
    await lifecycle.ready()
    process.on('SIGTERM', function comesLater() {})
    signal('SIGTERM')
    await clock.advance(28_000)
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toContain('exitsAtOnce')
    expect(warnings[1]).toContain('comesLater')
  })
})

describe('a deadline that moves up', () => {
  test('is heard by the hook that runs, and leaves the others their turn', async () => {
    const { createLifecycle, signal, clock, process } = createTestBench()
    const lifecycle = createLifecycle({ platform: 'kubernetes' })
    let ran = false
    lifecycle.onStop('second', () => {
      ran = true
    })
    lifecycle.onStop('hangs', () => new Promise(() => {}))
    signal('SIGTERM')
    await clock.advance(0)
    process.emit('uncaughtException', new Error('bang'))
    await clock.advance(4500)
    expect(ran).toBe(true)
    expect(process.exitCode).toBe(1)
  })

  test('is heard by an onDrain function that hangs: the report has it', async () => {
    const { createLifecycle, clock, process } = createTestBench()
    const lifecycle = createLifecycle({ platform: 'kubernetes' })
    await lifecycle.ready()
    lifecycle.onDrain(function hangs() {
      return new Promise(() => {})
    })
    const stopped = lifecycle.stop()
    process.emit('uncaughtException', new Error('bang'))
    await clock.advance(5000)
    expect(await stopped).toMatchObject({ clean: false, hooks: [{ name: 'hangs', outcome: 'timed-out' }] })
    expect(clock.pending).toBe(0)
  })

  test('leaves a crash its five seconds, however large the slice for hooks', async () => {
    const { createLifecycle, clock, process } = createTestBench()
    const lifecycle = createLifecycle({ platform: 'kubernetes', hookBudget: 6000 })
    const server = createFakeServer()
    lifecycle.attach(server)
    await lifecycle.ready()
    server.connect()
    server.beginRequest()
    process.emit('uncaughtException', new Error('bang'))
    await clock.advance(3000)
    expect(process.exitCode).toBeUndefined()
    expect(server.calls).not.toContain('cut')
  })

  test('leaves requests time when it comes in the middle of a drain', async () => {
    const { server, signal, clock, process } = serving()
    server.connect()
    server.beginRequest()
    signal('SIGTERM')
    await clock.advance(1500)
    process.emit('uncaughtException', new Error('bang'))
    await clock.advance(3000)
    expect(server.calls).not.toContain('cut')
    await clock.advance(1500)
    expect(process.exitCode).toBe(1)
  })
})

test('a forced exit reports once, however many triggers there were', async () => {
  const { lifecycle, server, signal, clock, process } = serving()
  let reports = 0
  lifecycle.on('stopped', () => reports++)
  server.connect()
  server.beginRequest()
  signal('SIGTERM')
  process.emit('uncaughtException', new Error('bang'))
  await clock.advance(600)
  signal('SIGINT')
  await clock.advance(0)
  expect(reports).toBe(1)
  expect(process.exitCode).toBe(130)
})

test('a logger that never flushes does not carry the exit beyond SIGKILL', async () => {
  const { createLifecycle, signal, clock, process } = createTestBench()
  const write = () => {}
  const logger = { info: write, warn: write, error: write, flush: (_done?: () => void) => {} }
  createLifecycle({ platform: 'pm2', logger }).hold('for ever')
  signal('SIGINT')
  await clock.advance(1599)
  expect(process.exitCode).toBe(1)
})

test('an onStop function that comes too late is refused', async () => {
  const { lifecycle, clock } = serving()
  let refused: unknown
  lifecycle.onStop('first', () => {
    try {
      lifecycle.onStop('too late', () => {})
    } catch (error) {
      refused = error
    }
  })
  void lifecycle.stop()
  await clock.advance(0)
  expect(refused).toMatchObject({ code: 'REGISTERED_TOO_LATE' })
})

test('a server that fails while draining cannot end the drain: it is warned about, hooks run', async () => {
  const { lifecycle, server, clock } = serving()
  const fail = () => Promise.reject(new Error('no'))
  Object.assign(server, { stopAccepting: fail, closeIdle: fail, cut: fail })
  const warnings: string[] = []
  lifecycle.on('warning', ({ message }) => warnings.push(message))
  let ran = false
  lifecycle.onStop('db', () => {
    ran = true
  })
  const stopped = lifecycle.stop()
  await clock.advance(0)
  expect(await stopped).toMatchObject({ hooks: [{ name: 'db', outcome: 'done' }] })
  expect(ran).toBe(true)
  expect(warnings[0]).toContain('Error: no')
})

test('an onStop function waits for a lifecycle that begins to drain meanwhile', async () => {
  const { createLifecycle, clock } = createTestBench()
  const [a, b] = [createLifecycle(options), createLifecycle(options)]
  const server = createFakeServer()
  b.attach(server)
  await b.ready()
  server.connect()
  server.beginRequest()
  const order: string[] = []
  a.onStop('second', () => void order.push('second'))
  a.onStop('first', () => {
    order.push('first')
    void b.stop()
  })
  void a.stop()
  await clock.advance(1000)
  expect(order).toEqual(['first'])
  server.finishRequest()
  await clock.advance(1000)
  expect(order).toEqual(['first', 'second'])
})

test('SIGINT again while a logger flushes reports no second time', async () => {
  const { createLifecycle, signal, clock, process } = createTestBench()
  const write = () => {}
  const logger = { info: write, warn: write, error: write, flush: (_done?: () => void) => {} }
  const lifecycle = createLifecycle({ ...options, logger })
  let reports = 0
  lifecycle.on('stopped', () => reports++)
  lifecycle.hold('for ever')
  signal('SIGTERM')
  await clock.advance(600)
  signal('SIGINT')
  signal('SIGINT')
  await clock.advance(250)
  expect(reports).toBe(1)
  expect(process.exitCode).toBe(130)
})
