import { describe, expect, test } from 'vitest'
import { createCoordinator } from '../src/coordinator.js'
import { createLifecycleIn } from '../src/create-lifecycle.js'
import type { Platform, Surroundings } from '../src/platform.js'
import { findSignalSwallower } from '../src/started-wrong.js'
import {
  createFakeClock,
  createFakeProcess,
  createFakeServer,
  createTestBench,
} from '../src/testing/index.js'

describe('a process that would not get its signals (D-5)', () => {
  const npm = { npm_lifecycle_event: 'start', npm_config_user_agent: 'npm/11.19.1 node/v20.20.2 linux x64' }
  const yarn = { ...npm, npm_config_user_agent: 'yarn/1.22.22 npm/? node/v20.20.2' }
  const pnpm = { ...npm, npm_config_user_agent: 'pnpm/12.21.0 npm/? node/v20.20.2' }
  const shell = ['/bin/sh', '-c', 'node main.js']
  const find = (parent: string[], over: Partial<Surroundings> = {}, platform: Platform = 'kubernetes') =>
    findSignalSwallower(platform, {
      env: {},
      isTerminal: false,
      isContainer: true,
      ppid: 1,
      commandLine: (pid) => (pid === (over.ppid ?? 1) ? parent : []),
      ...over,
    })

  test('below a shell that is process 1 is told to use the exec form', () => {
    expect(find(shell)).toContain('CMD ["node", "main.js"]')
    expect(find(['/bin/busybox', 'sh', '-c', 'node main.js'])).toContain('exec')
  })

  test('below npm or yarn and their shell is told to write exec', () => {
    expect(find(shell, { env: npm, ppid: 42 })).toContain('"start": "exec node …"')
    expect(find(shell, { env: yarn, ppid: 42 })).toContain('yarn')
  })

  test('is not one below pnpm, an init, a terminal, or a shell that is not process 1', () => {
    expect(find(shell, { env: pnpm, ppid: 42 })).toBeUndefined()
    expect(find(['/sbin/tini', '--', 'node', 'main.js'])).toBeUndefined()
    expect(find(shell, {}, 'terminal')).toBeUndefined()
    expect(find(['bash'], { ppid: 42 })).toBeUndefined()
    expect(find([])).toBeUndefined()
  })
})

test('who would not get its signals is told at start, once', async () => {
  const clock = createFakeClock()
  const coordinator = createCoordinator(createFakeProcess(), clock)
  const commandLine = () => ['/bin/sh', '-c', 'node main.js']
  const surroundings = { env: {}, isTerminal: false, isContainer: true, ppid: 1, commandLine }
  const lifecycle = createLifecycleIn({ clock, coordinator, surroundings }, { logger: false })
  const warnings: string[] = []
  lifecycle.on('warning', ({ message }) => warnings.push(message))
  await new Promise(setImmediate)
  await lifecycle.ready()
  expect(warnings).toEqual([expect.stringContaining('a shell is process 1')])
})

test('a long handler is shown by its beginning, and one from before us without its place', async () => {
  const { createLifecycle, process } = createTestBench()
  const handler = Object.assign(() => {}, { toString: () => `function handler() { ${'x'.repeat(300)} }` })
  process.on('SIGTERM', handler)
  const lifecycle = createLifecycle()
  const warnings: string[] = []
  lifecycle.on('warning', ({ message }) => warnings.push(message))
  await lifecycle.ready()
  expect(warnings).toEqual([expect.stringMatching(/over: function handler\(\) { x{100,200} …; remove it/)])
})

describe('a keepAliveTimeout of 5 s', () => {
  const warningsOn = async (platform: Platform, keepAliveTimeout: number) => {
    const { createLifecycle } = createTestBench()
    const lifecycle = createLifecycle({ platform })
    const warnings: string[] = []
    lifecycle.on('warning', ({ message }) => warnings.push(message))
    lifecycle.attach(Object.assign(createFakeServer(), { keepAliveTimeout }))
    await lifecycle.ready()
    return warnings
  }

  test('is warned about behind balancers that keep connections longer', async () => {
    expect(await warningsOn('ecs', 5000)).toEqual([expect.stringContaining('keepAliveTimeout')])
    expect(await warningsOn('ecs', 72_000)).toEqual([])
    expect(await warningsOn('ecs', 0)).toEqual([])
    expect(await warningsOn('systemd', 5000)).toEqual([])
  })
})

describe('PM2', () => {
  test('is told when every lifecycle is ready, and its message is a signal', async () => {
    const { createLifecycle, process, clock } = createTestBench({ pm_id: '0' })
    const [a, b] = [createLifecycle(), createLifecycle({ platform: 'kubernetes' })]
    await a.ready()
    expect(process.sent).toEqual([])
    await b.ready()
    expect(process.sent).toEqual(['ready'])
    process.emit('message', 'something else')
    expect(a.state).toBe('ready')
    process.emit('message', 'shutdown')
    expect(a.state).toBe('draining')
    await clock.advance(0)
    expect(process.exitCode).toBe(0)
  })

  test('is not listened to where no signal is wanted, and told all the same', async () => {
    const { createLifecycle, process } = createTestBench({ pm_id: '0' })
    await createLifecycle({ signals: false }).ready()
    expect(process.sent).toEqual(['ready'])
    expect(process.listenerCount('message')).toBe(0)
  })

  test('stops by SIGINT, whatever platform is claimed', async () => {
    const { createLifecycle, signal } = createTestBench({ pm_id: '0' })
    const lifecycle = createLifecycle({ platform: 'kubernetes', shutdownDelay: 1000 })
    lifecycle.attach(createFakeServer())
    await lifecycle.ready()
    signal('SIGINT')
    expect(lifecycle.plan.window.max).toBe(1000)
  })

  test('is nobody elsewhere', async () => {
    const { createLifecycle, process } = createTestBench()
    await createLifecycle({ platform: 'pm2' }).ready()
    expect(process.sent).toEqual([])
    expect(process.listenerCount('message')).toBe(0)
  })
})
