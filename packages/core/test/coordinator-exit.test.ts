import { describe, expect, test } from 'vitest'
import type { Report } from '../src/drain/report.js'
import type { Trigger } from '../src/drain/trigger.js'
import { createCoordinator, disconnecting } from '../src/process/coordinator.js'
import type { Member } from '../src/process/member.js'
import { createFakeClock, createFakeProcess } from '../src/testing/index.js'

function bench() {
  const clock = createFakeClock()
  const host = createFakeProcess()
  const coordinator = createCoordinator(host, clock)
  type Over = Partial<Pick<Member, 'state' | 'flush'> & Member['settings']>
  const join = ({ state = 'ready', flush = async () => {}, ...over }: Over = {}) => {
    const begun: [Trigger, number][] = []
    const forced: number[] = []
    const ignored: string[] = []
    let stop = (_exitCode = 0, _clean = _exitCode === 0) => {}
    const stopped = new Promise<Report>((resolve) => {
      stop = (exitCode = 0, clean = exitCode === 0) => resolve({ exitCode, clean } as Report)
    })
    const leave = coordinator.join({
      state,
      settings: {
        signals: ['SIGTERM', 'SIGINT'],
        otherHandlers: 'defer',
        stopsBySigint: false,
        crash: 'drain',
        hearsMessages: false,
        gracePeriod: 10_000,
        ...over,
      },
      begin(trigger, deadline) {
        begun.push([trigger, deadline])
        return stopped
      },
      ignored: (signal) => void ignored.push(signal),
      except: () => false,
      deferred: () => {},
      absorbs: () => false,
      forced: (code) => void forced.push(code),
      flush,
      standIn: () => {},
    })
    return { begun, forced, ignored, leave, stop }
  }
  return { clock, host, coordinator, join, signal: (name: string) => void host.emit(name, name) }
}

test('a process is ending from the first signal on', async () => {
  const { coordinator, join, signal } = bench()
  join()
  expect(coordinator.isEnding).toBe(false)
  signal('SIGTERM')
  expect(coordinator.isEnding).toBe(true)
})

test('the exit code is the application’s own where every lifecycle was clean, whoever stopped first', async () => {
  for (const [code, isClean] of [
    [7, true],
    [3, false],
  ] as const) {
    const { clock, host, join, signal } = bench()
    Object.assign(host, { applicationExitCode: () => 7 })
    const [first, other] = [join(), join()]
    signal('SIGTERM')
    first.stop(7, true)
    await clock.advance(1)
    other.stop(code, isClean)
    await clock.advance(1000)
    expect(host.exitCode).toBe(code)
  }
})

describe('the deadline', () => {
  test('is kept by force when a drain does not keep it', async () => {
    const { clock, host, join, signal } = bench()
    const { forced } = join()
    signal('SIGTERM')
    await clock.advance(9019)
    expect(host.exitCode).toBeUndefined()
    await clock.advance(1)
    expect(host.exitCode).toBe(1)
    expect(forced).toEqual([1])
  })

  test('is that of the shortest grace period', async () => {
    const { join, signal } = bench()
    const [long, short] = [join({ gracePeriod: 60_000 }), join({ gracePeriod: 5000 })]
    signal('SIGTERM')
    expect(long.begun.map(([, deadline]) => deadline)).toEqual([4500])
    expect(short.begun.map(([, deadline]) => deadline)).toEqual([4500])
  })

  test('is not that of a lifecycle that has stopped, however short its grace period', async () => {
    const { clock, host, join, signal } = bench()
    const stays = join({ gracePeriod: 60_000 })
    signal('SIGTERM')
    const brief = join({ gracePeriod: 1000 })
    await clock.advance(1)
    brief.stop()
    brief.leave()
    await clock.advance(20_000)
    host.emit('uncaughtException', new Error('late'))
    expect(stays.begun.map(([, deadline]) => deadline)).toEqual([54_000 + 4000, 20_001 + 4500])
  })

  test('never moves back', async () => {
    const { clock, host, join, signal } = bench()
    const { begun } = join()
    signal('SIGTERM')
    await clock.advance(6000)
    host.emit('uncaughtException', new Error('bang'))
    expect(begun.map(([, deadline]) => deadline)).toEqual([9000, 9000])
  })

  test('moves up when a crash leaves less', async () => {
    const { clock, host, join, signal } = bench()
    const { begun, forced } = join()
    signal('SIGTERM')
    await clock.advance(1000)
    host.emit('uncaughtException', new Error('bang'))
    expect(begun.map(([, deadline]) => deadline)).toEqual([9000, 5500])
    await clock.advance(4520)
    expect(host.exitCode).toBe(1)
    expect(forced).toEqual([1])
  })

  test('holds for a lifecycle that is created meanwhile, with the limit of the others', async () => {
    const { clock, join, signal } = bench()
    join({ gracePeriod: 5000 })
    signal('SIGTERM')
    const late = join({ gracePeriod: 60_000 })
    await clock.advance(0)
    expect(late.begun).toMatchObject([[{ reason: 'SIGTERM', limit: 5000 }, 4500]])
  })
})

describe('the exit', () => {
  test('waits for every lifecycle, those that came later included', async () => {
    const { clock, host, join, signal } = bench()
    const first = join()
    signal('SIGTERM')
    const late = join()
    await clock.advance(0)
    first.stop()
    await clock.advance(1000)
    expect(host.exitCode).toBeUndefined()
    late.stop()
    await clock.advance(0)
    expect(host.exitCode).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test('tells of the first thing that went wrong', async () => {
    const { clock, host, join, signal } = bench()
    const [clean, bad, worse] = [join(), join(), join()]
    signal('SIGTERM')
    clean.stop()
    await clock.advance(10)
    bad.stop(3)
    await clock.advance(10)
    worse.stop(4)
    await clock.advance(0)
    expect(host.exitCode).toBe(3)
  })

  test('of a crash is 1, however clean the drain', async () => {
    const { clock, host, join, signal } = bench()
    const { stop } = join()
    signal('SIGTERM')
    host.emit('uncaughtException', new Error('bang'))
    stop()
    await clock.advance(0)
    expect(host.exitCode).toBe(1)
  })

  test('waits for the last lines, at most 5 s', async () => {
    for (const [takes, at] of [
      [100, 100],
      [60_000, 5000],
    ] as const) {
      const { clock, host, join, signal } = bench()
      const flush = () => new Promise<void>((resolve) => void clock.after(takes, resolve))
      join({ flush }).stop()
      signal('SIGTERM')
      await clock.advance(at - 1)
      expect(host.exitCode).toBeUndefined()
      await clock.advance(1)
      expect(host.exitCode).toBe(0)
    }
  })

  test('is over 100 ms before the platform would kill', async () => {
    const { clock, host, join, signal } = bench()
    const { stop } = join({ gracePeriod: 2000, flush: () => new Promise(() => {}) })
    signal('SIGTERM')
    await clock.advance(1700)
    stop()
    await clock.advance(199)
    expect(host.exitCode).toBeUndefined()
    await clock.advance(1)
    expect(host.exitCode).toBe(0)
  })

  test('comes at once when somebody forces it while the last lines are written', async () => {
    const { clock, host, join, signal } = bench()
    const { forced, stop } = join({ flush: () => new Promise(() => {}) })
    signal('SIGTERM')
    await clock.advance(400)
    stop()
    await clock.advance(100)
    signal('SIGINT')
    expect(host.exitCode).toBe(130)
    expect(forced).toEqual([])
  })

  test('by force comes once', async () => {
    const { clock, host, join, signal } = bench()
    const { forced } = join({ flush: () => new Promise<void>((resolve) => void clock.after(100, resolve)) })
    signal('SIGTERM')
    await clock.advance(600)
    signal('SIGINT')
    signal('SIGINT')
    await clock.advance(100)
    expect(forced).toEqual([130])
    expect(host.exitCode).toBe(130)
  })
})

describe('a gesture', () => {
  test('lasts less than 500 ms', async () => {
    const { clock, host, join, signal } = bench()
    const { ignored } = join()
    await clock.advance(5000)
    signal('SIGTERM')
    await clock.advance(499)
    signal('SIGTERM')
    signal('SIGINT')
    expect(ignored).toEqual([])
    await clock.advance(1)
    signal('SIGTERM')
    expect(ignored).toEqual(['SIGTERM'])
    signal('SIGINT')
    await clock.advance(0)
    expect(host.exitCode).toBe(130)
  })

  test('comes too late where a worker of a cluster is already on its way', async () => {
    const { clock, host, join } = bench()
    const { begun, stop } = join()
    host.emit(disconnecting, 'worker.disconnect()')
    expect(begun).toMatchObject([[{ reason: 'worker.disconnect()', window: false, linger: true }, 9000]])
    host.emit(disconnecting, 'worker.disconnect()')
    expect(begun).toHaveLength(1)
    stop()
    await clock.advance(0)
    expect(host.exitCode).toBe(0)
  })

  test('is patient if one lifecycle is stopped by SIGINT', () => {
    const { join, signal } = bench()
    join()
    const { begun } = join({ stopsBySigint: true })
    signal('SIGINT')
    expect(begun[0]?.[0]).toMatchObject({ window: true, linger: true })
  })
})

describe('a crash that others listen to', () => {
  const heardByOthers = () => {
    const { host, ...rest } = bench()
    host.on('uncaughtException', () => {})
    return { host, ...rest }
  }

  test('is theirs, and their exit ours', async () => {
    const { clock, host, join } = heardByOthers()
    const { begun, stop } = join()
    host.emit('uncaughtException', new Error('bang'))
    expect(begun).toEqual([])
    await clock.advance(29_000)
    host.exitByApplication(3)
    host.exitByApplication(4)
    expect(host.exitCode).toBeUndefined()
    expect(begun).toMatchObject([[{ reason: 'crash', exitCode: 3, error: new Error('bang') }, 33_500]])
    stop(3)
    await clock.advance(0)
    expect(host.exitCode).toBe(3)
    expect(host.printed).toBe('')
  })

  test('has no longer than 30 s to be the reason of an exit', async () => {
    const { clock, host, join } = heardByOthers()
    join()
    host.emit('uncaughtException', new Error('bang'))
    await clock.advance(30_000)
    host.exitByApplication(3)
    expect(host.exitCode).toBe(3)
  })

  test('while nothing is up does not hold their exit', () => {
    const { host, join } = heardByOthers()
    join({ state: 'starting' })
    host.emit('uncaughtException', new Error('bang'))
    host.exitByApplication(3)
    expect(host.exitCode).toBe(3)
  })

  test('is not ours at all with `crash: false`', () => {
    const { host, join } = heardByOthers()
    join({ crash: false })
    host.emit('uncaughtException', new Error('bang'))
    host.exitByApplication(3)
    expect(host.exitCode).toBe(3)
  })
})

describe('a crash', () => {
  test('lets a lifecycle finish if one of them is up', () => {
    const { host, join } = bench()
    join({ state: 'starting' })
    const { begun } = join({ state: 'ready' })
    host.emit('uncaughtException', new Error('bang'))
    expect(host.exitCode).toBeUndefined()
    expect(begun).toMatchObject([[{ reason: 'crash' }, 4500]])
  })
})
