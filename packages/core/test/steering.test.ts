import { describe, expect, test } from 'vitest'
import type { StopContext } from '../src/drain/trigger.js'
import type { Lifecycle } from '../src/lifecycle/lifecycle.js'
import { createFakeServer, createTestBench } from '../src/testing/index.js'

function serving() {
  const bench = createTestBench()
  const lifecycle = bench.createLifecycle({ platform: 'kubernetes' })
  const server = createFakeServer()
  lifecycle.attach(server)
  void lifecycle.ready()
  const warnings: string[] = []
  lifecycle.on('warning', ({ message }) => warnings.push(message))
  return { ...bench, lifecycle, server, warnings }
}

describe('an onStop function is told why it runs', () => {
  const told = (lifecycle: Lifecycle) => {
    const contexts: StopContext[] = []
    lifecycle.onStop('db', (context) => void contexts.push(context))
    return contexts
  }

  test('by a signal', async () => {
    const { lifecycle, signal, clock } = serving()
    const contexts = told(lifecycle)
    signal('SIGTERM')
    await clock.advance(28_000)
    expect(contexts).toEqual([{ reason: 'SIGTERM', signal: 'SIGTERM' }])
  })

  test('by stop()', async () => {
    const { lifecycle, clock } = serving()
    const contexts = told(lifecycle)
    void lifecycle.stop({ reason: 'config changed' })
    await clock.advance(0)
    expect(contexts).toEqual([{ reason: 'config changed' }])
  })
})

describe('stop()', () => {
  test('leaves the process alone', async () => {
    const { lifecycle, clock, process } = serving()
    void lifecycle.stop()
    await clock.advance(100_000)
    expect(lifecycle.state).toBe('stopped')
    expect(process.exitCode).toBeUndefined()
  })

  test('with exit ends the process when every lifecycle in it has stopped, by their code', async () => {
    const { lifecycle, createLifecycle, clock, process } = serving()
    const other = createLifecycle({ platform: 'kubernetes', forcedExitCode: 3 })
    void other.ready()
    other.onStop('fails', () => Promise.reject(new Error('no')))
    const report = lifecycle.stop({ exit: true })
    expect([lifecycle.state, other.state]).toEqual(['draining', 'draining'])
    await clock.advance(1000)
    expect(await report).toMatchObject({ reason: 'stop', exitCode: 0 })
    expect(process.exitCode).toBe(3)
  })

  test('with exit after one without ends the process, too, also when that is over', async () => {
    for (const wait of [0, 50_000]) {
      const { lifecycle, server, clock, process } = serving()
      lifecycle.onStop('fails', () => Promise.reject(new Error('no')))
      server.connect()
      server.beginRequest()
      const first = lifecycle.stop()
      await clock.advance(wait)
      expect(lifecycle.stop({ exit: true })).toBe(first)
      await clock.advance(50_000)
      expect(process.exitCode).toBe(1)
    }
  })

  test('with exit after one without leaves the exit code to others, where it was clean', async () => {
    const { lifecycle, createLifecycle, clock, process } = serving()
    const other = createLifecycle({ platform: 'kubernetes', forcedExitCode: 3 })
    void other.ready()
    other.onStop('fails', () => Promise.reject(new Error('no')))
    void lifecycle.stop()
    await clock.advance(50_000)
    expect([lifecycle.state, other.state]).toEqual(['stopped', 'ready'])
    void lifecycle.stop({ exit: true })
    await clock.advance(50_000)
    expect(process.exitCode).toBe(3)
  })

  test('with exit during a drain that a signal began changes nothing of it', async () => {
    const { lifecycle, signal, clock, process } = serving()
    signal('SIGTERM')
    void lifecycle.stop({ exit: true })
    await clock.advance(4000)
    expect(lifecycle.state).toBe('draining')
    await clock.advance(28_000)
    expect(process.exitCode).toBe(0)
  })

  test('with a timeout cuts work after that long, and tells handlers before; with force now', async () => {
    for (const options of [{ timeout: '2s' }, { timeout: 2000 }, { timeout: 0 }, { force: true }] as const) {
      const { lifecycle, server, clock } = serving()
      const hooks: string[] = []
      lifecycle.onStop('db', () => void hooks.push('db'))
      server.connect()
      server.beginRequest()
      const report = lifecycle.stop(options)
      if ('timeout' in options && options.timeout !== 0) {
        await clock.advance(1899)
        expect(lifecycle.cutoff.aborted).toBe(false)
        await clock.advance(100)
        expect(lifecycle.cutoff.aborted).toBe(true)
        expect(lifecycle.state).toBe('draining')
        await clock.advance(1)
      } else await clock.advance(0)
      expect(await report).toMatchObject({ requests: { cut: 1 }, exitCode: 1 })
      expect(hooks).toEqual(['db'])
    }
  })

  test('called again gives the same promise, and may cut sooner', async () => {
    const { lifecycle, server, clock } = serving()
    server.connect()
    server.beginRequest()
    const first = lifecycle.stop({ timeout: '20s' })
    await clock.advance(1000)
    expect(lifecycle.stop({ timeout: '30s' })).toBe(first)
    await clock.advance(1000)
    expect(lifecycle.state).toBe('draining')
    expect(lifecycle.stop({ force: true })).toBe(first)
    await clock.advance(0)
    expect(lifecycle.state).toBe('stopped')
  })

  test('may be called by whoever is told that the drain has begun', async () => {
    const { lifecycle, clock, warnings } = serving()
    const seen: unknown[] = []
    lifecycle.on('draining', () => seen.push(lifecycle.stop()))
    lifecycle.onDrain(() => void seen.push(lifecycle.stop({ reason: 'again' })))
    const report = lifecycle.stop()
    await clock.advance(1000)
    expect(seen.every((each) => each === report)).toBe(true)
    expect(await report).toMatchObject({ reason: 'stop', clean: true })
    expect(warnings).toEqual([])
  })

  test.each([
    { timeout: '2 s' },
    { timeout: -1 },
    { exit: 1 },
    { force: 'yes' },
    { except: 'req' },
    { except: {} },
    { except: { raw: {} } },
  ])('%j is refused', (options) => {
    const { lifecycle } = serving()
    expect(() => lifecycle.stop(options as never)).toThrow(/stop\..*OPTION_INVALID/)
    expect(lifecycle.state).toBe('ready')
  })

  test.each([
    [{ kind: 'request', method: 'POST', path: '/stop' }, 'POST /stop'],
    [{ kind: 'grpc', path: '/test.Work/Stop' }, '/test.Work/Stop'],
  ])('whoever may wait for himself is told at the cutoff: %j', async (work, name) => {
    const { lifecycle, server, clock, warnings } = serving()
    server.connect()
    server.beginRequest()
    server.unfinished = () => [{ ...work, age: clock.now() + 5 }]
    void lifecycle.stop()
    await clock.advance(50_000)
    expect(warnings).toEqual([expect.stringMatching(/ was in flight .*\.stop\({ except: req }\)/)])
    expect(warnings[0]).toMatch(name)
  })

  test('nobody is told if a signal began the drain, or nothing was left', async () => {
    const { server, signal, clock, warnings } = serving()
    server.connect()
    server.beginRequest()
    signal('SIGTERM')
    await clock.advance(50_000)
    expect(warnings).toEqual([])
  })
})

describe('unready()', () => {
  test('turns readiness red until it is taken back, and nothing else', async () => {
    const { lifecycle, probe, server } = serving()
    const events: unknown[] = []
    lifecycle.on('unready', (payload) => events.push(payload))
    const first = lifecycle.unready('maintenance')
    const second = lifecycle.unready('overload')
    expect((await probe(lifecycle, '/readyz')).status).toBe(503)
    expect((await probe(lifecycle, '/livez')).status).toBe(200)
    expect((await lifecycle.probe('readyz')).status).toBe('unavailable')
    expect(lifecycle.state).toBe('ready')
    expect(server.connect()).toBe(true)
    first()
    first()
    expect((await probe(lifecycle, '/readyz')).status).toBe(503)
    second[Symbol.dispose]()
    expect((await probe(lifecycle, '/readyz')).status).toBe(200)
    expect(events).toEqual([
      { reason: 'maintenance', over: false },
      { reason: 'overload', over: false },
      { reason: 'maintenance', over: true },
      { reason: 'overload', over: true },
    ])
    expect(() => lifecycle.unready('')).toThrow(/unready: reason.*ARGUMENT_INVALID/)
  })
})

describe('a check of liveness', () => {
  test('turns liveness red while it fails, and not readiness; never while draining', async () => {
    const { lifecycle, probe, signal } = serving()
    let ok = true
    let asked = 0
    lifecycle.check(
      'loop',
      () => {
        asked++
        return ok
      },
      { probe: 'livez', ttl: 0 },
    )
    expect((await probe(lifecycle, '/livez')).status).toBe(200)
    ok = false
    expect(await probe(lifecycle, '/livez')).toMatchObject({
      status: 503,
      body: '{"status":"unavailable","state":"ready"}',
    })
    expect((await probe(lifecycle, '/readyz')).status).toBe(200)
    signal('SIGTERM')
    const before = asked
    expect((await probe(lifecycle, '/livez')).status).toBe(200)
    expect(asked).toBe(before)
  })

  test('is refused for a probe that asks none', () => {
    const { lifecycle } = serving()
    expect(() => lifecycle.check('x', () => {}, { probe: 'startupz' as never })).toThrow(/"readyz", "livez"/)
  })
})

describe('probe()', () => {
  test('says what the probe would, and why', async () => {
    const { lifecycle } = serving()
    const error = new Error('refused')
    lifecycle.check('db', () => Promise.reject(error))
    lifecycle.check('cache', async () => ({ cache: { status: 'down', message: 'gone' } }))
    lifecycle.check('disk', () => ({ disk: { status: 'up', free: 7 } }))
    lifecycle.check('plain', () => true)
    lifecycle.check('no', () => false)
    lifecycle.check('loop', () => {}, { probe: 'livez' })
    expect(await lifecycle.probe('readyz')).toEqual({
      status: 'unavailable',
      state: 'ready',
      checks: {
        db: { status: 'failed', error },
        cache: { status: 'failed', details: { cache: { status: 'down', message: 'gone' } } },
        disk: { status: 'ok', details: { disk: { status: 'up', free: 7 } } },
        plain: { status: 'ok' },
        no: { status: 'failed' },
      },
    })
    expect(await lifecycle.probe('livez')).toEqual({
      status: 'ok',
      state: 'ready',
      checks: { loop: { status: 'ok' } },
    })
    expect(await lifecycle.probe('startupz')).toEqual({ status: 'ok', state: 'ready', checks: {} })
    await expect(lifecycle.probe('healthz' as never)).rejects.toThrow(/probe: name.*ARGUMENT_INVALID/)
  })

  test('has the error of a failure in its event, and none when the check is well again', async () => {
    const { lifecycle, clock } = serving()
    const changes: unknown[] = []
    lifecycle.on('checkChanged', (change) => changes.push(change))
    let answer: () => unknown = () => ({ db: { status: 'down' } })
    lifecycle.check('db', () => answer())
    await lifecycle.probe('readyz')
    answer = () => ({ db: { status: 'up' } })
    await clock.advance(1000)
    await lifecycle.probe('readyz')
    expect(changes).toEqual([
      { name: 'db', ok: false, details: { db: { status: 'down' } }, probe: 'readyz' },
      { name: 'db', ok: true, details: { db: { status: 'up' } }, probe: 'readyz' },
    ])
  })
})
