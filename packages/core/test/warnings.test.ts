import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import {
  createServer as createHttp2Server,
  createSecureServer,
  type Http2SecureServer,
  type Http2Server,
} from 'node:http2'
import { describe, expect, test } from 'vitest'
import { createLifecycleIn } from '../src/lifecycle/create-lifecycle.js'
import { knownVariables } from '../src/options/doubts.js'
import type { LifecycleOptions } from '../src/options/options.js'
import type { Platform } from '../src/options/platform.js'
import { createCoordinator } from '../src/process/coordinator.js'
import { findSignalSwallower } from '../src/process/started-wrong.js'
import {
  createFakeClock,
  createFakeProcess,
  createFakeServer,
  createTestBench,
} from '../src/testing/index.js'

describe('a process that would not get its signals', () => {
  const agent = (runner: string) => ({
    npm_lifecycle_event: 'start',
    npm_config_user_agent: `${runner} linux x64`,
  })
  const npm = agent('npm/11.19.1 node/v20.20.2')
  const files: Record<string, string> = {
    '/run.sh': 'node main.js',
    '/forward.sh': "trap 'kill $!' TERM\nnode main.js &",
  }

  /** Command lines, nearest first; the last is process 1. */
  const find = (lines: string[][], env: Record<string, string> = {}, platform: Platform = 'kubernetes') =>
    findSignalSwallower(platform, {
      env,
      ancestors: () =>
        lines.map((commandLine, i) => ({
          pid: lines.length - i,
          commandLine,
          readFile: (path) => files[path] ?? '',
        })),
    })
  const dash = ['/bin/sh', '-c', 'node main.js']
  const init = ['/sbin/tini', '--', 'something']

  test('below a shell that is process 1 is told to use the exec form', () => {
    expect(find([dash])).toContain('CMD ["node", "main.js"]')
    expect(find([['/bin/busybox', 'sh', '-c', 'node main.js']])).toContain('exec')
    expect(find([['bash', '-euo', 'pipefail', '-c', 'node main.js; true']])).toContain('process 1')
    expect(find([['/bin/sh', '-e', '/run.sh']])).toContain('process 1')
    expect(find([['busybox', 'sh', '/run.sh']])).toContain('process 1')
    expect(find([['sh']])).toContain('process 1')
  })

  test('is none where a trap sends the signal on', () => {
    expect(find([['dash', '-c', "trap 'kill -TERM $!' TERM; node main.js & wait"]])).toBeUndefined()
    expect(find([['dash', '-c', "trap 'echo bye' TERM; node main.js"]])).toContain('process 1')
    expect(find([['dash', '/forward.sh']])).toBeUndefined()
  })

  test('below npm or an old pnpm and their shell is told to write exec', () => {
    expect(find([dash, ['npm start   ']], npm)).toMatch(/npm and its shell .* "start": "exec node …"/)
    expect(find([dash, ['npm start'], init], npm)).toContain('npm')
    expect(find([dash, ['node', 'pnpm.cjs', 'start']], agent('pnpm/10.34.9 npm/?'))).toContain('pnpm')
    expect(find([['npm start']], npm)).toBeUndefined()
    expect(find([['node', '/app/node_modules/.bin/tsx', 'main.ts'], dash, ['npm start']], npm)).toContain(
      'npm',
    )
  })

  test('below npx is not told to change a script', () => {
    const env = { ...npm, npm_lifecycle_event: 'npx' }
    expect(find([dash, ['npm exec service']], env)).toMatch(/in the Dockerfile$/)
  })

  test('is one below yarn 1 and node --run, with exec or without', () => {
    const yarn1 = ['node', '/opt/yarn-v1.22.22/bin/yarn.js', 'start']
    const yarn = agent('yarn/1.22.22 npm/?')
    expect(find([dash, yarn1], yarn)).toContain('yarn does not wait')
    expect(find([yarn1], yarn)).toContain('yarn does not wait')
    expect(find([['node', 'supervisor.js'], yarn1], yarn)).toBeUndefined()
    const run = { NODE_RUN_SCRIPT_NAME: 'start' }
    expect(find([['node', '--run', 'start']], run)).toContain('node --run')
    expect(find([dash, ['node', '--run', 'start']], run)).toContain('node --run')
    expect(
      find(
        [
          ['node', 'supervisor.js'],
          ['node', '--run', 'start'],
        ],
        run,
      ),
    ).toBeUndefined()
  })

  test('is none below pnpm and yarn of today', () => {
    const trapping = ['sh', '-c', "trap 'kill -s INT $$' EXIT; node main.js"]
    expect(find([trapping, ['pnpm', 'start']], agent('pnpm/12.21.0 npm/?'))).toBeUndefined()
    expect(find([['node', 'yarn.js', 'start']], agent('yarn/4.18.1 npm/?'))).toBeUndefined()
  })

  test('is one below any of them when a shell is process 1', () => {
    expect(find([['npm start'], ['dash', '-c', 'npm start']], npm)).toContain('process 1')
    expect(find([dash, ['npm start'], ['dash', '-c', 'npm start']], npm)).toContain('process 1')
    expect(find([dash], npm)).toContain('process 1')
  })

  test('is one below a shell that an init, or whoever shares its process numbers, has started', () => {
    const below = [
      init,
      ['/usr/bin/dumb-init', '--'],
      ['/sbin/docker-init', '--'],
      ['/pause'],
      ['process_api'],
    ]
    for (const first of below) {
      const warning = find([dash, first])
      expect(warning).toContain('a shell (/bin/sh -c node main.js) ends at SIGTERM without waiting')
      expect(warning).toContain('CMD ["node", "main.js"]')
      expect(find([['/bin/sh', '/run.sh'], first])).toContain('exec')
    }
    const forwards = ['sh', '-c', "trap 'kill -TERM $!' TERM; node main.js & wait"]
    expect(find([forwards, init])).toBeUndefined()
    expect(find([forwards, dash, init])).toContain('a shell')
  })

  test('is one above the launchers that people put in between', () => {
    const tsx = ['/usr/bin/node', '/app/node_modules/.bin/tsx', 'main.ts']
    const tsxItself = ['node', '--no-warnings', '/app/node_modules/tsx/dist/cli.mjs', 'main.ts']
    for (const launcher of [tsx, tsxItself, ['node', '/app/node_modules/cross-env/dist/bin/cross-env.js']]) {
      expect(find([launcher, dash])).toContain('process 1')
      expect(find([launcher, dash, init])).toContain('a shell')
      expect(find([launcher, init])).toBeUndefined()
    }
  })

  test('is one where systemd tells only the first process, and none where it tells all', () => {
    const ask = (killMode: string) =>
      findSignalSwallower('systemd', {
        env: {},
        killMode: () => killMode,
        ancestors: () =>
          [dash, ['/lib/systemd/systemd']].map((commandLine, i) => ({
            pid: 2 - i,
            commandLine,
            readFile: () => '',
          })),
      })
    expect(ask('control-group')).toBeUndefined()
    for (const mode of ['mixed', 'process']) expect(ask(mode)).toContain('KillMode=control-group')
    expect(find([dash, ['/lib/systemd/systemd']], {}, 'systemd')).toBeUndefined()
  })

  test('is none where somebody types, or where the platform tells every process', () => {
    for (const args of [[], ['-i'], ['-l'], ['--norc', '-il']]) {
      expect(find([['bash', ...args], ['sshd']])).toBeUndefined()
    }
    expect(find([dash, ['PM2 v7.0.4: God Daemon']], {}, 'pm2')).toBeUndefined()
  })

  test('is none below an init, on a terminal, below somebody who manages processes, or where nothing can be told', () => {
    expect(find([init])).toBeUndefined()
    expect(find([dash], {}, 'terminal')).toBeUndefined()
    expect(find([['bash'], init])).toBeUndefined()
    expect(find([['node', 'supervisor.js'], dash])).toBeUndefined()
    expect(find([[]])).toBeUndefined()
    expect(find([])).toBeUndefined()
    expect(find([], npm)).toBeUndefined()
  })
})

describe('advice', () => {
  const collect = async (env: Record<string, string> = {}, lifecycles = 3) => {
    const { createLifecycle, process } = createTestBench(env)
    process.on('SIGTERM', () => process.exit(0))
    const warnings: string[] = []
    for (let i = 0; i < lifecycles; i++) {
      const lifecycle = createLifecycle({ platform: 'ecs', otherHandlers: 'leave' })
      lifecycle.on('warning', ({ message }) => warnings.push(message))
      lifecycle.attach(Object.assign(createFakeServer(), { keepAliveTimeout: 5000 + i / 10 - 1 }))
      await lifecycle.ready()
    }
    return warnings
  }

  test('is given once in a process, however many lifecycles it has', async () => {
    expect(await collect()).toEqual([
      expect.stringContaining('another SIGTERM handler'),
      expect.stringContaining('keepAliveTimeout'),
    ])
  })

  test.each(['VITEST', 'JEST_WORKER_ID', 'NODE_TEST_CONTEXT'])(
    'is not given in a test (%s)',
    async (name) => {
      expect(await collect({ [name]: '1' })).toEqual([])
    },
  )

  test('is not given about handlers that leave the end to others', async () => {
    const { createLifecycle, process } = createTestBench()
    const warnings: string[] = []
    process.on('SIGTERM', () => {
      if (process.listenerCount('SIGTERM') === 0) process.exit(143)
    })
    const shown = { toString: () => 'if (this.#process.listeners(sig).length === count) this.unload()' }
    process.on(
      'SIGINT',
      Object.assign(() => {}, shown),
    )
    process.on(
      'SIGTERM',
      Object.assign(() => {}, {
        toString() {
          throw new Error('nobody sees me')
        },
      }),
    )
    const lifecycle = createLifecycle({ otherHandlers: 'leave' })
    lifecycle.on('warning', ({ message }) => warnings.push(message))
    await lifecycle.ready()
    expect(warnings).toEqual([expect.stringContaining('a function that cannot be shown')])
  })
})

test('who would not get its signals is told at start, once', async () => {
  const clock = createFakeClock()
  const coordinator = createCoordinator(createFakeProcess(), clock)
  const shell = { pid: 1, commandLine: ['/bin/sh', '-c', 'node main.js'], readFile: () => '' }
  const surroundings = { env: {}, isTerminal: false, isContainer: true, ancestors: () => [shell] }
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
  const lifecycle = createLifecycle({ otherHandlers: 'leave' })
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

describe('probes on HTTP/2 without TLS', () => {
  const warningsOf = async (
    servers: readonly (Server | Http2Server | Http2SecureServer)[],
    options: LifecycleOptions = {},
    env: Record<string, string> = {},
  ) => {
    const { createLifecycle } = createTestBench(env)
    const lifecycle = createLifecycle({ platform: 'kubernetes', ...options })
    const warnings: string[] = []
    lifecycle.on('warning', ({ message }) => warnings.push(message))
    for (const server of servers) {
      lifecycle.attach(server)
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
    }
    await lifecycle.ready()
    for (const server of servers) server.close()
    return warnings.filter((message) => message.includes('kubelet'))
  }

  test('are warned about where the kubelet asks, once', async () => {
    const [message, ...more] = await warningsOf([createHttp2Server(), createHttp2Server()])
    expect(message).toContain('probes: { port: 9000 }')
    expect(more).toEqual([])
  })

  test('are not where they can be asked, nobody asks, or it is a test', async () => {
    expect(await warningsOf([createHttp2Server(), createServer()])).toEqual([])
    expect(await warningsOf([createSecureServer()])).toEqual([])
    expect(await warningsOf([createHttp2Server()], { probes: { port: 0, host: '127.0.0.1' } })).toEqual([])
    expect(await warningsOf([createHttp2Server()], { probes: false })).toEqual([])
    expect(await warningsOf([createHttp2Server()], { platform: 'systemd' })).toEqual([])
    expect(await warningsOf([createHttp2Server()], {}, { VITEST: 'true' })).toEqual([])
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

  test('has more patience after its message in a cluster: its SIGINT that follows is no hand on a keyboard', async () => {
    const env = { pm_id: '0', exec_mode: 'cluster_mode', kill_timeout: '5000' }
    const { createLifecycle, process, signal, clock } = createTestBench(env)
    const lifecycle = createLifecycle()
    const release = lifecycle.hold('a job')
    const ignored: unknown[] = []
    lifecycle.on('signalIgnored', (event) => ignored.push(event))
    await lifecycle.ready()
    expect(lifecycle.plan).toMatchObject({ gracePeriod: 5000, linger: 1000 })
    process.emit('message', 'shutdown')
    expect(lifecycle.plan).toMatchObject({ gracePeriod: 13_000, deadline: 11_700 })
    await clock.advance(8000)
    signal('SIGINT')
    expect(ignored).toEqual([{ signal: 'SIGINT' }])
    release()
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

  test('leaves the times alone that somebody has set', async () => {
    const env = { pm_id: '0', exec_mode: 'cluster_mode', kill_timeout: '5000' }
    const { createLifecycle, process } = createTestBench(env)
    const lifecycle = createLifecycle({ gracePeriod: 3000, linger: 100 })
    await lifecycle.ready()
    process.emit('message', 'shutdown')
    expect(lifecycle.plan).toMatchObject({ gracePeriod: 3000, linger: 100 })
  })

  test('is nobody elsewhere', async () => {
    const { createLifecycle, process } = createTestBench()
    await createLifecycle({ platform: 'pm2' }).ready()
    expect(process.sent).toEqual([])
    expect(process.listenerCount('message')).toBe(0)
  })
})

describe('options that were hardly meant so', () => {
  const warningsOf = async (env: Record<string, string>, ...options: LifecycleOptions[]) => {
    const { createLifecycle } = createTestBench(env)
    const warnings: string[] = []
    for (const each of options) createLifecycle(each).on('warning', ({ message }) => warnings.push(message))
    await new Promise(setImmediate)
    return warnings
  }

  test('a grace period of seconds that are milliseconds', async () => {
    const expected = [expect.stringMatching(/gracePeriod is 30 milliseconds: .* 27 ms .* "30s" .* "30ms"/)]
    expect(await warningsOf({}, { gracePeriod: 30 })).toEqual(expected)
    const fromEnvironment = await warningsOf({ LAMEDUCK_GRACE_PERIOD: '999' }, {})
    expect(fromEnvironment).toEqual([expect.stringContaining('LAMEDUCK_GRACE_PERIOD is 999')])
    expect(await warningsOf({ LAMEDUCK_GRACE_PERIOD: '30' }, { gracePeriod: '30ms' })).toEqual([])
    expect(await warningsOf({ LAMEDUCK_GRACE_PERIOD: '30s' }, {}, { gracePeriod: 1000 })).toEqual([])
  })

  test('a variable of the environment that another package reads is known', async () => {
    knownVariables.push('LAMEDUCK_ELSEWHERE')
    const warnings = await warningsOf({ LAMEDUCK_ELSEWHERE: 'yes', LAMEDUCK_ELSEWERE: 'no' }, {})
    expect(warnings).toEqual([expect.stringContaining('did you mean LAMEDUCK_ELSEWHERE?')])
  })

  test('a variable that is not known, once in a process', async () => {
    const env = {
      LAMEDUCK_GRACEPERIOD: '30s',
      LAMEDUCK_COLOUR: 'yellow',
      LAMEDUCK_DELAY: '1s',
      LAMEDUCK_LINGER: '1s',
      PATH: '/',
    }
    expect(await warningsOf(env, {}, {})).toEqual([
      expect.stringContaining('LAMEDUCK_GRACEPERIOD in the environment: did you mean LAMEDUCK_GRACE_PERIOD?'),
      expect.stringMatching(/LAMEDUCK_COLOUR .* known are LAMEDUCK_GRACE_PERIOD, /),
      expect.stringContaining('did you mean LAMEDUCK_SHUTDOWN_DELAY?'),
    ])
  })
})
