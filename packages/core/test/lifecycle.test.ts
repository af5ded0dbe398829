import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { HookOutcome } from '../src/drain/report.js'
import type { Lifecycle } from '../src/lifecycle/lifecycle.js'
import { createFakeServer, createTestBench } from '../src/testing/index.js'

function serving(options: Parameters<ReturnType<typeof createTestBench>['createLifecycle']>[0] = {}) {
  const bench = createTestBench()
  const lifecycle = bench.createLifecycle({ platform: 'kubernetes', ...options })
  const server = createFakeServer()
  lifecycle.attach(server)
  void lifecycle.ready()
  return { ...bench, lifecycle, server }
}

describe('a lifecycle', () => {
  test('goes through its four states, readiness first', async () => {
    const { lifecycle, signal, clock, process } = serving()
    expect(lifecycle.state).toBe('ready')
    signal('SIGTERM')
    expect(lifecycle.state).toBe('draining')
    expect(lifecycle.signal.aborted).toBe(true)
    await clock.advance(28_000)
    expect(lifecycle.state).toBe('stopped')
    expect(process.exitCode).toBe(0)
  })

  test('drains in the order of its steps', async () => {
    const { lifecycle, server, signal, clock } = serving({ shutdownDelay: 1000, linger: 1000 })
    lifecycle.onStop('db', () => void (server.calls as string[]).push('db closed'))
    server.connect()
    signal('SIGTERM')
    await clock.advance(28_000)
    expect(server.calls).toEqual(['announce', 'stopAccepting', 'closeIdle', 'release', 'db closed'])
  })

  test('serves newcomers while idle connections linger, and nobody after it', async () => {
    const { server, signal, clock } = serving({ shutdownDelay: 1000, linger: 2000 })
    server.connect()
    signal('SIGTERM')
    await clock.advance(2999)
    expect(server.connect()).toBe(true)
    await clock.advance(2)
    expect(server.connect()).toBe(false)
  })

  test('waits for requests by counting, and leaves as soon as the last one is done', async () => {
    const { server, signal, clock, process } = serving({ shutdownDelay: 0, linger: 0 })
    server.connect()
    server.beginRequest()
    signal('SIGTERM')
    await clock.advance(12_345)
    expect(process.exitCode).toBeUndefined()
    server.finishRequest()
    await clock.advance(0)
    expect(process.exitCode).toBe(0)
  })

  test('cuts what does not finish, says what, and is gone before the grace period', async () => {
    const { lifecycle, server, signal, clock, process } = serving({ gracePeriod: 10_000 })
    const report = new Promise((resolve) => lifecycle.on('stopped', resolve))
    server.connect()
    server.beginRequest()
    lifecycle.hold('job 7')
    signal('SIGTERM')
    await clock.advance(8249)
    expect(lifecycle.cutoff.aborted).toBe(false)
    await clock.advance(1)
    expect(lifecycle.cutoff.aborted).toBe(true)
    await clock.advance(500)
    expect(await report).toMatchObject({
      clean: false,
      exitCode: 1,
      requests: { cut: 1 },
      cut: [{ kind: 'hold', name: 'job 7' }, { kind: 'request' }],
    })
    expect(process.exitCode).toBe(1)
  })

  test('runs onStop functions in reverse, and exits with 1 when one fails', async () => {
    const { lifecycle, signal, clock, process } = serving()
    const outcomes: HookOutcome[] = []
    lifecycle.on('hookFinished', (outcome) => outcomes.push(outcome))
    lifecycle.onStop('first', () => {})
    lifecycle.onStop('second', () => Promise.reject(new Error('no')))
    signal('SIGTERM')
    await clock.advance(28_000)
    expect(outcomes.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['second failed', 'first done'])
    expect(process.exitCode).toBe(1)
  })

  test('awaits what onDrain returns before the listeners close', async () => {
    const { lifecycle, server, signal, clock } = serving({ shutdownDelay: 0 })
    let finish = () => {}
    lifecycle.onDrain(() => new Promise<void>((resolve) => (finish = resolve)))
    signal('SIGTERM')
    await clock.advance(500)
    expect(server.calls).toEqual(['announce'])
    finish()
    await clock.advance(0)
    expect(server.calls).toContain('stopAccepting')
  })

  test('an onDrain function that rejects or hangs is a failed hook', async () => {
    const { lifecycle, signal, clock, process } = serving({ shutdownDelay: 0 })
    const outcomes: string[] = []
    lifecycle.on('hookFinished', ({ name, outcome }) => outcomes.push(`${name} ${outcome}`))
    lifecycle.onDrain(async function rejects() {
      throw new Error('no')
    })
    lifecycle.onDrain(function hangs() {
      return new Promise(() => {})
    })
    signal('SIGTERM')
    await clock.advance(28_000)
    expect(outcomes).toEqual(['rejects failed', 'hangs timed-out'])
    expect(process.exitCode).toBe(1)
  })

  test('a hold is released once, however often it is called', async () => {
    const { lifecycle, signal, clock, process } = serving({ shutdownDelay: 0, linger: 0 })
    const one = lifecycle.hold('one')
    const two = lifecycle.hold('two')
    one()
    one()
    signal('SIGTERM')
    await clock.advance(1000)
    expect(process.exitCode).toBeUndefined()
    two[Symbol.dispose]()
    await clock.advance(0)
    expect(process.exitCode).toBe(0)
  })
})

test('the plan tells the budget before a drain, and its points on the clock during one', async () => {
  const { createLifecycle, signal, clock } = createTestBench()
  const lifecycle = createLifecycle({ platform: 'kubernetes' })
  expect(lifecycle.plan).toMatchObject({
    window: { min: 5000, max: 10_000 },
    linger: 5000,
    gracePeriod: 30_000,
  })
  expect(lifecycle.plan.at).toBeUndefined()
  lifecycle.hold('work')
  await clock.advance(1000)
  signal('SIGTERM')
  expect(lifecycle.plan.at).toMatchObject({ trigger: 1000, deadline: 29_000 })
})

describe('stop()', () => {
  test('drains without window and linger, and leaves the process alive', async () => {
    const { lifecycle, server, clock, process } = serving()
    server.connect()
    const stopped = lifecycle.stop({ reason: 'test' })
    await clock.advance(0)
    expect(await stopped).toMatchObject({
      reason: 'test',
      clean: true,
      exitCode: 0,
      connections: { idle: 1 },
    })
    expect(process.exitCode).toBeUndefined()
    expect(process.listenerCount('SIGTERM')).toBe(0)
    expect(process.listenerCount('uncaughtException')).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test('gives the same promise every time', () => {
    const { lifecycle } = serving()
    expect(lifecycle.stop()).toBe(lifecycle.stop({ window: true }))
  })

  test('keeps the window if asked to', async () => {
    const { lifecycle, server, clock } = serving({ shutdownDelay: 1000 })
    void lifecycle.stop({ window: true })
    await clock.advance(999)
    expect(server.listening).toBe(true)
    await clock.advance(1)
    expect(server.listening).toBe(false)
  })

  test('is what await using does', async () => {
    const { lifecycle, clock } = serving()
    const disposed = lifecycle[Symbol.asyncDispose]()
    await clock.advance(0)
    await disposed
    expect(lifecycle.state).toBe('stopped')
  })

  test('is followed by a loud ready()', async () => {
    const { lifecycle, clock } = serving()
    void lifecycle.stop()
    await clock.advance(0)
    await expect(lifecycle.ready()).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
  })
})

describe('wrong calls', () => {
  test('a second onStop function of the same name is refused', () => {
    const { lifecycle } = serving()
    lifecycle.onStop('db', () => {})
    expect(() => lifecycle.onStop('db', () => {})).toThrow(expect.objectContaining({ code: 'NAME_TAKEN' }))
  })

  test('a server is attached once', () => {
    const { lifecycle, server } = serving()
    expect(() => lifecycle.attach(server)).toThrow(expect.objectContaining({ code: 'ALREADY_ATTACHED' }))
  })

  for (const [name, value] of [
    ['null', null],
    ['an object', {}],
    ['a function', () => {}],
    ['an object without a prototype', Object.create(null)],
    ['nothing', undefined],
  ] as const) {
    test(`${name} is no server`, () => {
      const { lifecycle } = serving()
      expect(() => lifecycle.attach(value as never)).toThrow(
        expect.objectContaining({ code: 'NOT_A_SERVER' }),
      )
    })
  }

  test('arguments are checked', () => {
    const { lifecycle } = serving()
    const invalid = expect.objectContaining({ code: 'ARGUMENT_INVALID' })
    expect(() => lifecycle.onStop('', () => {})).toThrow(invalid)
    expect(() => lifecycle.onStop('x', 'y' as never)).toThrow(invalid)
    expect(() => lifecycle.onDrain('y' as never)).toThrow(invalid)
    expect(() => lifecycle.hold('')).toThrow(invalid)
    expect(() => lifecycle.hold(5 as never)).toThrow(/hold: name: expected .* got 5 \(ARGUMENT_INVALID\)/)
    expect(() => lifecycle.on('stopped', undefined as never)).toThrow(invalid)
  })

  test('an event that does not exist is refused, with the nearest that does', () => {
    const { lifecycle } = serving()
    expect(() => lifecycle.on('stoped' as never, () => {})).toThrow(
      /got "stoped"; did you mean "stopped"\? \(EVENT_UNKNOWN\)/,
    )
  })

  const options: [string, (lifecycle: Lifecycle) => unknown, RegExp][] = [
    [
      'a time-out below 0',
      (it) => it.onStop('x', () => {}, { timeout: -1 }),
      /onStop\("x"\).timeout: .* got -1/,
    ],
    ['a reason that is no text', (it) => it.stop({ reason: 5 as never }), /stop.reason: expected .* got 5/],
    ['a window that is no boolean', (it) => it.stop({ window: 'yes' as never }), /stop.window: .* got "yes"/],
    ['options that are none', (it) => it.stop('SIGUSR2' as never), /stop: expected an object, got "SIGUSR2"/],
    ['an unknown option', (it) => it.stop({ windows: true } as never), /did you mean "window"\?/],
  ]
  for (const [what, call, message] of options) {
    test(`${what} is refused, and nothing happens`, () => {
      const { lifecycle } = serving()
      expect(() => call(lifecycle)).toThrow(message)
      expect(lifecycle.state).toBe('ready')
    })
  }
})

describe('what fails beside the drain costs no request', () => {
  test('a listener that throws becomes a warning', async () => {
    const { lifecycle, server, signal, clock, process } = serving({ shutdownDelay: 1000 })
    const warnings: string[] = []
    lifecycle.on('warning', ({ message }) => warnings.push(message))
    lifecycle.on('draining', () => {
      throw new Error('in a listener')
    })
    signal('SIGTERM')
    await clock.advance(999)
    expect(server.listening).toBe(true)
    expect(warnings).toEqual([expect.stringContaining('in a listener')])
    await clock.advance(1)
    expect(process.exitCode).toBe(0)
  })

  test('so does a warning listener that throws: it is dropped', async () => {
    const { lifecycle, signal, clock, process } = serving({ shutdownDelay: 0 })
    const fail = () => {
      throw new Error('no')
    }
    lifecycle.on('warning', fail)
    lifecycle.on('draining', fail)
    signal('SIGTERM')
    await clock.advance(0)
    expect(process.exitCode).toBe(0)
  })

  test('a logger that throws is no crash', async () => {
    const fail = () => {
      throw new Error('disk full')
    }
    const logger = { info: fail, warn: fail, error: fail }
    const printed = vi.spyOn(globalThis.process.stderr, 'write').mockReturnValue(true)
    onTestFinished(() => printed.mockRestore())
    const { signal, clock, process } = serving({ shutdownDelay: 0, logger })
    signal('SIGTERM')
    await clock.advance(0)
    expect(process.exitCode).toBe(0)
    const text = printed.mock.calls.map(([line]) => String(line)).join('')
    expect(text.match(/the logger failed \(disk full\)/g)).toHaveLength(1)
    expect(text).toContain('stopped after')
  })

  test('a server whose announce, release or numbers throw is warned about', async () => {
    const { lifecycle, server, signal, clock, process } = serving({ shutdownDelay: 0 })
    const warnings: string[] = []
    lifecycle.on('warning', ({ message }) => warnings.push(message))
    const fail = () => {
      throw new Error('broken server')
    }
    Object.assign(server, { announce: fail, release: fail, unfinished: fail })
    signal('SIGTERM')
    await clock.advance(28_000)
    expect(process.exitCode).toBe(0)
    expect(warnings[0]).toContain('broken server')
  })
})
