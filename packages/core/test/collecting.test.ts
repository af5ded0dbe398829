import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import type { LifecycleMessage } from '../src/events/events.js'
import { createLifecycleIn, type LifecycleHost } from '../src/lifecycle/create-lifecycle.js'
import type { Lifecycle } from '../src/lifecycle/lifecycle.js'
import { kSeats, type Seats } from '../src/lifecycle/seats.js'
import { createCoordinator } from '../src/process/coordinator.js'
import {
  createFakeClock,
  createFakeProcess,
  createFakeServer,
  createTestBench,
} from '../src/testing/index.js'
import { createWeakList, keepWith } from '../src/weak-list.js'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

async function collect(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await turn()
    gc()
  }
}

/** Makes many, because the last few may still be on some stack; says how many are left. */
async function left(make: () => object): Promise<number> {
  const made = Array.from({ length: 50 }, () => new WeakRef(make()))
  await collect()
  return made.filter((each) => each.deref() !== undefined).length
}

const bench = createTestBench()
const dropped = () => bench.createLifecycle().attach(createServer())
const seatsOf = (lifecycle: Lifecycle) => (lifecycle as Lifecycle & { [kSeats]: Seats })[kSeats]

describe('a lifecycle that nobody holds', () => {
  test.each<[string, () => object]>([
    ['has a server that never listens', dropped],
    [
      'was ready',
      () => {
        const lifecycle = dropped()
        void lifecycle.ready()
        return lifecycle
      },
    ],
    ['has a check', () => dropped().check('db', () => true)],
    [
      'has a hold that was released',
      () => {
        const lifecycle = dropped()
        lifecycle.hold('job')()
        return lifecycle
      },
    ],
    ['has startup tasks that are done', () => dropped().startup('cache', () => {})],
    [
      'has an adapter that has said whose it is, twice',
      () => {
        const lifecycle = bench.createLifecycle()
        const owner = {}
        const liveWith = seatsOf(lifecycle).sit()
        liveWith(owner)
        liveWith({})
        return lifecycle
      },
    ],
  ])('is collected: it %s', async (_, make) => {
    expect(await left(make)).toBeLessThan(10)
  })

  test.each<[string, () => object]>([
    ['has no server', () => bench.createLifecycle()],
    ['has a server that is not one of Node’s', () => bench.createLifecycle().attach(createFakeServer())],
    ['has onStop', () => dropped().onStop('db', () => {})],
    [
      'has onDrain',
      () => {
        const lifecycle = dropped()
        lifecycle.onDrain(() => {})
        return lifecycle
      },
    ],
    [
      'has a hold',
      () => {
        const lifecycle = dropped()
        lifecycle.hold('job')
        return lifecycle
      },
    ],
    ['has a startup task', () => dropped().startup('cache', () => new Promise(() => {}))],
    [
      'has given its signal away',
      () => {
        const lifecycle = dropped()
        void lifecycle.signal
        return lifecycle
      },
    ],
    [
      'has given its cutoff away',
      () => {
        const lifecycle = dropped()
        void lifecycle.cutoff
        return lifecycle
      },
    ],
    [
      'has a listener',
      () => {
        const lifecycle = dropped()
        lifecycle.on('stopped', () => {})
        return lifecycle
      },
    ],
    [
      'has an adapter that has not said whose it is',
      () => {
        const lifecycle = dropped()
        seatsOf(lifecycle).sit()
        return lifecycle
      },
    ],
  ])('is kept until it has stopped: it %s', async (_, make) => {
    expect(await left(make)).toBe(50)
  })

  test('lives as long as its server, and hears signals', async () => {
    const { createLifecycle, signal, process, clock } = createTestBench()
    const server = createServer()
    const lifecycle = new WeakRef(createLifecycle().attach(server))
    server.removeAllListeners()
    await collect()
    expect(lifecycle.deref()?.state).toBe('starting')
    signal('SIGTERM')
    await clock.advance(30_000)
    expect(process.exitCode).toBe(0)
    expect(server.listening).toBe(false)
  })

  describe('leaves its signals to the process', () => {
    /** What every lifecycle of a process tells from a signal on, when all that could be collected was. */
    async function afterCollecting(signals: NodeJS.Signals[] | false, stays: (host: LifecycleHost) => void) {
      const clock = createFakeClock()
      const process = createFakeProcess()
      const surroundings = { env: {}, isTerminal: false, isContainer: false, ancestors: () => [] }
      const forgottenServers = () => ['127.0.0.1:3000']
      const host: LifecycleHost = {
        clock,
        coordinator: createCoordinator(process, clock),
        surroundings: { ...surroundings, forgottenServers },
      }
      const make = () => createLifecycleIn(host, { signals, logger: false }).attach(createServer())
      const made = Array.from({ length: 20 }, () => new WeakRef(make()))
      await collect()
      expect(made.filter((each) => each.deref() !== undefined).length).toBeLessThan(5)
      stays(host)
      await collect()
      const told: LifecycleMessage[] = []
      const hear = (message: unknown) => void told.push(message as LifecycleMessage)
      subscribe('lameduck', hear)
      process.emit('SIGHUP', 'SIGHUP')
      await clock.advance(30_000)
      unsubscribe('lameduck', hear)
      const payloads = (event: string) =>
        told.filter((each) => each.event === event).map(({ payload }) => payload)
      return { exitCode: process.exitCode, stopped: payloads('stopped'), warnings: payloads('warning') }
    }

    test('and another one in its place, with nothing to drain, that warns of forgotten servers', async () => {
      const { exitCode, stopped, warnings } = await afterCollecting(['SIGHUP'], () => {})
      expect(exitCode).toBe(0)
      expect(stopped).toMatchObject([{ clean: true, unattached: ['127.0.0.1:3000'] }])
      expect(warnings).toMatchObject([{ message: expect.stringContaining('127.0.0.1:3000') }])
    })

    test('and nobody in its place where one lives', async () => {
      const { exitCode, stopped } = await afterCollecting(['SIGHUP'], (host) => {
        createLifecycleIn(host, { signals: ['SIGTERM'], logger: false })
      })
      expect(exitCode).toBe(0)
      expect(stopped).toHaveLength(1)
    })

    test('unless it listened to none', async () => {
      const { exitCode, stopped } = await afterCollecting(false, (host) => {
        void createLifecycleIn(host, { logger: false }).stop()
      })
      expect(exitCode).toBeUndefined()
      expect(stopped).toEqual([])
    })
  })
})

describe('a weak list', () => {
  test('keeps what it is told to, in the order of adding, and tells of what is gone', async () => {
    const gone: string[] = []
    const list = createWeakList<object, string>((note) => gone.push(note))
    const add = (note: string, isKept: boolean) => {
      const item = { note }
      list.add(item, note)
      list.keep(item, isKept)
    }
    for (let i = 0; i < 20; i++) add('dropped', false)
    add('first', true)
    add('second', true)
    await collect()
    expect([...list].slice(-2)).toEqual([{ note: 'first' }, { note: 'second' }])
    expect(gone.length).toBeGreaterThan(10)
    const stranger = {}
    list.keep(stranger, true)
    list.delete(stranger)
    const [last] = [...list].slice(-1)
    list.delete(last as object)
    expect([...list].slice(-1)).toEqual([{ note: 'first' }])
  })

  test('is kept by an owner until that is taken back', async () => {
    const owner = {}
    const hold = () => {
      const what = {}
      return [new WeakRef(what), keepWith(owner, what)] as const
    }
    const kept = Array.from({ length: 20 }, () => hold()[0])
    const released = Array.from({ length: 20 }, () => {
      const [what, letGo] = hold()
      letGo()
      return what
    })
    await collect()
    expect(kept.filter((what) => what.deref() !== undefined)).toHaveLength(20)
    expect(released.filter((what) => what.deref() !== undefined).length).toBeLessThan(5)
    expect(owner).toEqual({})
  })
})
