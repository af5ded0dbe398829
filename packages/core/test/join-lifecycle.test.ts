import { createServer } from 'node:http'
import { env } from 'node:process'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type AdapterOptions, discoverServers, joinLifecycle } from '../src/index.js'
import { createCoordinator } from '../src/process/coordinator.js'
import {
  createFakeClock,
  createFakeProcess,
  createFakeServer,
  createTestBench,
} from '../src/testing/index.js'

const kCoordinator = Symbol.for('lameduck.coordinator.v1')
const holder = globalThis as { [kCoordinator]?: unknown }
const options = { platform: 'terminal', logger: false } as const

/** From now on lifecycles of this process live in another one, whose environment says nothing to us. */
function elsewhere() {
  for (const name of Object.keys(env)) if (name.startsWith('LAMEDUCK_')) vi.stubEnv(name, undefined)
  const [process, clock] = [createFakeProcess(), createFakeClock()]
  holder[kCoordinator] = createCoordinator(process, clock)
  return { process, clock }
}
afterEach(() => {
  Reflect.deleteProperty(holder, kCoordinator)
  vi.unstubAllEnvs()
})

describe('a seat', () => {
  test('in a lifecycle of its own: ready when its server listens', async () => {
    elsewhere()
    const seat = joinLifecycle(options)
    seat.attach(createFakeServer())
    expect(seat.lifecycle.state).toBe('starting')
    seat.listening()
    expect(seat.lifecycle.state).toBe('ready')
    await seat.lifecycle.stop()
    seat.listening()
    expect(seat.lifecycle.state).toBe('stopped')
  })

  test('in a shared lifecycle: ready when all listen, and the closes run last', async () => {
    elsewhere()
    const first = joinLifecycle(options)
    const { lifecycle } = first
    const second = joinLifecycle({ lifecycle, probes: { livez: '/alive' }, logger: false })
    first.listening()
    expect(lifecycle.state).toBe('starting')
    second.listening()
    expect(lifecycle.state).toBe('ready')
    expect(first.probes?.livez).toBe('/livez')
    expect(second.probes).toEqual({ livez: '/alive', readyz: '/readyz', startupz: '/startupz' })
    expect(await second.answerProbe('readyz', '/readyz')).toMatchObject({ status: 200 })
    const order: string[] = []
    first.closeWith('framework', async () => order.push('framework'))
    lifecycle.onStop('db', () => order.push('db'))
    await lifecycle.stop()
    expect(order).toEqual(['db', 'framework'])
  })

  test('closes its framework inside the drain when a hook or an onDrain function asks for it, once', async () => {
    const { clock } = elsewhere()
    const seat = joinLifecycle(options)
    const order: string[] = []
    const close = seat.closeWith('framework', async () => {
      order.push('framework')
      return 'closed'
    })
    seat.lifecycle.onStop('last', () => void order.push('last'))
    seat.lifecycle.onStop('closes', async () => void order.push(`hook: ${await close()}`))
    seat.lifecycle.onDrain(async () => void order.push(`onDrain: ${await close()}`))
    seat.listening()
    const stopped = seat.lifecycle.stop()
    await clock.advance(100)
    expect(await stopped).toMatchObject({ clean: true })
    expect(order).toEqual(['framework', 'hook: closed', 'onDrain: closed', 'last'])
    expect(await close()).toBe('closed')
  })

  test('names at the cutoff the hooks of its framework that come too late, each once and not too many', async () => {
    elsewhere()
    const seat = joinLifecycle(options)
    class Jobs {
      end() {}
    }
    const others = Array.from({ length: 11 }, (_, i) => ({ end() {}, constructor: { name: `Other${i}` } }))
    const bare = Object.assign(Object.create(null), { end() {} })
    const owners = [undefined, 'text', new Jobs(), new Jobs(), bare, ...others]
    seat.warnOfLateHooks(['end', 'finish'], () => owners, '@Inject()')
    seat.warnOfLateHooks(['never'], () => owners, '@Inject()')
    const warnings: string[] = []
    seat.lifecycle.on('warning', ({ message }) => void warnings.push(message))
    seat.lifecycle.hold('job')
    expect((await seat.lifecycle.stop({ force: true })).cut).toHaveLength(1)
    const named = ['Jobs', 'object', ...Array.from({ length: 8 }, (_, i) => `Other${i}`)]
    expect(warnings).toEqual([
      expect.stringContaining(`: ${named.map((name) => `${name}.end`).join(', ')} and 3 more. `),
    ])
    expect(warnings[0]).toMatch(/lifecycle\.signal\.addEventListener.* from @Inject\(\)$/)
  })

  test('names a few late hooks without counting the rest', async () => {
    elsewhere()
    const seat = joinLifecycle({ ...options, gracePeriod: 1000 })
    seat.warnOfLateHooks(['end'], () => [{ end() {} }], '@Inject()')
    const warnings: string[] = []
    seat.lifecycle.on('warning', ({ message }) => void warnings.push(message))
    seat.lifecycle.hold('job')
    await seat.lifecycle.stop({ force: true })
    expect(warnings).toEqual([expect.stringContaining(': Object.end. If one')])
  })

  test('shows no probe where there is none, or where they have a port of their own', async () => {
    elsewhere()
    for (const probes of [false, { port: 0, host: '127.0.0.1' }] as const) {
      const seat = joinLifecycle({ ...options, probes })
      expect(seat.probes).toBeUndefined()
      expect(await seat.answerProbe('livez', '/livez')).toMatchObject({ status: 503 })
      await seat.lifecycle.stop()
    }
    const shared = joinLifecycle(options).lifecycle
    expect(joinLifecycle({ lifecycle: shared, probes: false }).probes).toBeUndefined()
  })

  test('that is given up stops its own lifecycle, and only frees a shared one', async () => {
    elsewhere()
    const own = joinLifecycle(options)
    await own.giveUp()
    expect(own.lifecycle.state).toBe('stopped')
    const first = joinLifecycle(options)
    const second = joinLifecycle({ lifecycle: first.lifecycle })
    await second.giveUp()
    first.listening()
    expect(first.lifecycle.state).toBe('ready')
  })

  test("uses the framework's logger unless another is given", async () => {
    const { clock } = elsewhere()
    const lines: string[] = []
    const logger = { info: (_: object, line: string) => lines.push(line), warn() {}, error() {} }
    await joinLifecycle({ platform: 'terminal' }, logger).lifecycle.stop()
    await joinLifecycle(options, logger).lifecycle.stop()
    await clock.advance(0)
    expect(lines.filter((line) => line.startsWith('stopped'))).toHaveLength(1)
  })

  test("gives the framework's close after the drain, with its own result, and says when it did not end", async () => {
    const { clock, createLifecycle } = createTestBench()
    const closes = {
      well: async () => 'closed',
      badly: () => Promise.reject(new Error('on purpose')),
      never: () => new Promise(() => {}),
    }
    const results: unknown[] = []
    for (const close of Object.values(closes)) {
      const seat = joinLifecycle({ lifecycle: createLifecycle() })
      const closed = seat
        .closeWith('app.close', close)()
        .catch((error) => error.code ?? error.message)
      await clock.advance(60_000)
      results.push(await closed)
      expect(seat.lifecycle.state).toBe('stopped')
    }
    expect(results).toEqual(['closed', 'on purpose', 'CLOSE_TIMED_OUT'])
  })

  test('refuses routes on the paths of its own probes, and no others', async () => {
    elsewhere()
    const cases: [AdapterOptions['probes'], unknown, boolean][] = [
      [{ livez: '/alive' }, '/alive', true],
      [{ livez: '/alive' }, '/readyz', true],
      [{ livez: '/alive' }, '/livez', false],
      [{}, /livez/, false],
      [{ port: 0, host: '127.0.0.1' }, '/livez', false],
      [false, '/livez', false],
    ]
    for (const [probes, path, isRefused] of cases) {
      const seat = joinLifecycle({ ...options, probes })
      const act = () => seat.refuseProbePath(path)
      if (isRefused) expect(act).toThrow(expect.objectContaining({ code: 'PROBE_ROUTE_TAKEN' }))
      else expect(act).not.toThrow()
      await seat.lifecycle.stop()
    }
  })

  test('warns of what only its adapter can see', () => {
    elsewhere()
    const warnings: string[] = []
    const seat = joinLifecycle(options)
    seat.lifecycle.on('warning', ({ message }) => warnings.push(message))
    seat.warn('nobody counts the calls')
    expect(warnings).toEqual(['nobody counts the calls'])
  })

  const shared = () => createTestBench().createLifecycle()
  const refusals: [string, () => unknown, string, RegExp][] = [
    [
      'no lifecycle',
      () => ({ lifecycle: 'mine' }),
      'OPTION_INVALID',
      /lifecycle: expected a lifecycle, got "mine"/,
    ],
    ['nothing', () => ({ lifecycle: null }), 'OPTION_INVALID', /got null/],
    [
      "the shared lifecycle's own options",
      () => ({ lifecycle: shared(), linger: 5, crash: false }),
      'LIFECYCLE_SHARED',
      /linger, crash: expected beside "lifecycle" only probes and logger/,
    ],
    [
      'a port for probes beside a shared lifecycle',
      () => ({ lifecycle: shared(), probes: { port: 1 } }),
      'LIFECYCLE_SHARED',
      /probes.port/,
    ],
    ['no options at all', () => 5, 'OPTION_INVALID', /options: expected an object, got 5/],
    ['a misspelt lifecycle', () => ({ lifecycel: shared() }), 'OPTION_UNKNOWN', /did you mean "lifecycle"/],
    ['unknown options', () => ({ lifecycle: shared(), lingr: 5 }), 'OPTION_UNKNOWN', /did you mean "linger"/],
  ]
  for (const [what, given, code, message] of refusals) {
    test(`is refused with ${what}`, () => {
      elsewhere()
      const join = () => joinLifecycle(given() as never)
      expect(join).toThrow(expect.objectContaining({ code }))
      expect(join).toThrow(message)
    })
  }
})

test('servers are discovered when they begin to listen, until that is no longer wanted', async () => {
  const found: object[] = []
  const listen = async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    server.close()
    return server
  }
  const stop = discoverServers((server) => found.push(server))
  const server = await listen()
  stop()
  await listen()
  expect(found).toEqual([server])
})
