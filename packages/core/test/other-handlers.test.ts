import { EventEmitter } from 'node:events'
import { describe, expect, test, vi } from 'vitest'
import type { Report } from '../src/drain/report.js'
import type { LifecycleOptions } from '../src/options/options.js'
import { sourceOf } from '../src/process/handler-source.js'
import { createTestBench } from '../src/testing/index.js'

const options = { platform: 'none', shutdownDelay: 0, linger: 0 } as const

function bench() {
  const made = createTestBench()
  const order: string[] = []
  const join = (name: string, more: LifecycleOptions = {}) => {
    const lifecycle = made.createLifecycle({ ...options, ...more })
    const reports: Report[] = []
    lifecycle.on('stopped', (report) => void reports.push(report))
    lifecycle.onStop('hook', () => void order.push(name))
    return { lifecycle, reports }
  }
  /** What somebody does who removes all that `listeners()` gives. */
  const takeListenersAway = () => {
    const { emitter } = made.process
    for (const each of emitter.listeners('SIGTERM')) emitter.off('SIGTERM', each as () => void)
  }
  const handle = (name: string, handler: () => unknown = () => {}, signal = 'SIGTERM') =>
    made.process.on(signal, () => {
      order.push(name)
      return handler()
    })
  return { ...made, join, handle, order, takeListenersAway }
}

describe('handlers of others', () => {
  test('run when the last onStop function of every lifecycle has had its turn', async () => {
    const { join, handle, order, signal, clock, process } = bench()
    const first = join('first')
    const second = join('second')
    second.lifecycle.onStop('slow', () => new Promise<void>((resolve) => clock.after(1000, resolve)))
    handle('theirs', () => process.exitByApplication(0))
    signal('SIGTERM')
    await clock.advance(999)
    expect(order).toEqual(['first'])
    await clock.advance(1)
    expect(order).toEqual(['first', 'second', 'theirs'])
    await clock.advance(0)
    expect(process.exitCode).toBe(0)
    const hooks = [first, second].flatMap(({ reports }) => reports.flatMap((report) => report.hooks))
    expect(hooks.filter(({ name }) => name.includes('SIGTERM handler'))).toHaveLength(1)
  })

  test('that return nothing have a second, or until the event loop is empty, at Ctrl-C as well', async () => {
    const durations: unknown[] = []
    for (const [name, idle] of [
      ['SIGTERM', false],
      ['SIGTERM', true],
      ['SIGINT', false],
    ] as const) {
      const { join, handle, signal, clock, process } = bench()
      const { reports } = join('ours')
      handle('theirs', undefined, name)
      signal(name)
      await clock.advance(50)
      if (idle) process.becomeIdle()
      await clock.advance(1000)
      durations.push(reports[0]?.hooks.at(-1)?.duration)
      expect(process.exitCode).toBe(0)
    }
    expect(durations).toEqual([1000, 50, 1000])
  })

  test('that are removed before their turn are not called', async () => {
    const { join, order, signal, clock, process } = bench()
    const handler = () => void order.push('theirs')
    join('ours').lifecycle.onStop('uninstall', () => void process.off('SIGTERM', handler))
    process.on('SIGTERM', handler)
    signal('SIGTERM')
    await clock.advance(0)
    expect([order, process.exitCode]).toEqual([['ours'], 0])
  })

  test('run at the signal where one lifecycle leaves them, and it hears this signal', async () => {
    const { join, handle, order, signal } = bench()
    join('ours')
    join('other', { otherHandlers: 'leave', signals: ['SIGTERM'] })
    handle('at once')
    handle('last', undefined, 'SIGINT')
    signal('SIGTERM')
    signal('SIGINT')
    expect(order).toEqual(['at once'])
  })

  test('run at the signal where they look who else listens', async () => {
    const { join, order, signal, process } = bench()
    join('ours')
    process.on('SIGTERM', () => void order.push(String(process.listenerCount('SIGTERM'))))
    signal('SIGTERM')
    expect(order).toEqual(['2'])
  })

  test('run before the exit, too, if the signal has come when everything had stopped', async () => {
    const { join, handle, order, signal, clock, process } = bench()
    const { lifecycle } = join('ours')
    lifecycle.onStop('last', () => signal('SIGTERM'))
    handle('theirs', () => {
      throw new Error('broken')
    })
    void lifecycle.stop()
    await clock.advance(2000)
    expect([order, process.exitCode]).toEqual([['ours', 'theirs'], 1])
  })

  test('have time of their own, also where there is no onStop function', async () => {
    const { createLifecycle, handle, signal, clock, process } = bench()
    const lifecycle = createLifecycle(options)
    lifecycle.hold('work')
    handle('theirs')
    signal('SIGTERM')
    expect(lifecycle.plan.hooks).toBe(4000)
    await clock.advance(30_000)
    expect(process.exitCode).toBe(1)
  })

  test('that hang do not move the deadline, and a later SIGINT does not wait for them', async () => {
    const { join, handle, signal, clock, process } = bench()
    const { reports } = join('ours')
    handle('theirs', () => new Promise(() => {}))
    signal('SIGTERM')
    await clock.advance(28_000)
    expect(process.exitCode).toBe(1)
    expect(reports[0]?.hooks.at(-1)).toMatchObject({ outcome: 'timed-out' })

    const other = bench()
    other.join('ours')
    other.handle('theirs', () => new Promise(() => {}))
    other.signal('SIGTERM')
    await other.clock.advance(600)
    other.signal('SIGINT')
    await other.clock.advance(0)
    expect(other.process.exitCode).toBe(130)
  })

  test("lend their code where ours is 0, but not their signal's", async () => {
    const codes: unknown[] = []
    for (const given of [[143], [7, 3], [0, 3]]) {
      const { join, handle, signal, clock, process } = bench()
      const { reports } = join('ours')
      for (const code of given) handle('theirs', () => process.exitByApplication(code))
      signal('SIGTERM')
      await clock.advance(0)
      codes.push([process.exitCode, reports[0]?.exitCode])
    }
    expect(codes).toEqual([
      [0, 0],
      [7, 7],
      [3, 3],
    ])
  })

  test('a kill of oneself is caught where it would end the process and nobody else listens to it', async () => {
    const { join, handle, order, signal, clock, process } = bench()
    join('ours')
    handle('reloads', undefined, 'SIGHUP')
    handle('ends', undefined, 'SIGINT')
    const caught: unknown[] = []
    handle('theirs', () => {
      const signals = ['SIGWINCH', 'SIGHUP', 'SIGINT'] as const
      for (const each of signals) caught.push(process.killByApplication(each))
    })
    handle('nodemon', () => {
      const signals = ['SIGUSR2', 'SIGTERM'] as const
      for (const each of signals) caught.push(process.killByApplication(each))
    })
    signal('SIGTERM')
    await clock.advance(2000)
    expect(caught).toEqual([false, false, true, true, true])
    expect([order, process.exitCode]).toEqual([['ours', 'theirs', 'nodemon', 'ends'], 0])
  })

  test('may send themselves what ends no process: it is not caught, and they go on', async () => {
    const { join, handle, signal, clock, process } = bench()
    const { reports } = join('ours')
    const job = [
      'SIGCHLD',
      'SIGCONT',
      'SIGSTOP',
      'SIGTSTP',
      'SIGTTIN',
      'SIGTTOU',
      'SIGURG',
      'SIGWINCH',
    ] as const
    const ignored = ['SIGINFO', 'SIGUSR1', 'SIGPIPE', 'SIGXFSZ'] as const
    const caught: string[] = []
    handle('theirs', () => {
      for (const each of [...job, ...ignored]) if (process.killByApplication(each)) caught.push(each)
    })
    signal('SIGTERM')
    await clock.advance(2000)
    expect([caught, reports[0]?.hooks.at(-1)?.duration]).toEqual([[], 1000])
  })

  test('that kill themselves have had their turn, in which nobody waits for more', async () => {
    for (const own of ['SIGUSR2', 'SIGTERM', 'SIGKILL'] as const) {
      const { join, handle, signal, clock, process } = bench()
      const { reports } = join('ours')
      handle('theirs', () => void process.killByApplication(own))
      signal('SIGTERM')
      await clock.advance(2000)
      expect([own, reports[0]?.hooks.at(-1)]).toMatchObject([own, { outcome: 'done', duration: 0 }])
    }
  })

  test('are over, those that return nothing, when anybody ends the process meanwhile, and not before', async () => {
    const ends = [
      (process: ReturnType<typeof bench>['process']) => process.exitByApplication(3),
      (process: ReturnType<typeof bench>['process']) => process.killByApplication('SIGINT'),
    ]
    const ended: unknown[] = []
    for (const end of ends) {
      const { join, handle, order, signal, clock, process } = bench()
      const { reports } = join('ours')
      handle('theirs')
      handle('int', undefined, 'SIGINT')
      signal('SIGTERM')
      await clock.advance(100)
      end(process)
      await clock.advance(0)
      ended.push([order, reports[0]?.hooks.at(-1)?.duration, process.exitCode])
    }
    expect(ended).toEqual([
      [['ours', 'theirs'], 100, 3],
      [['ours', 'theirs'], 100, 0],
    ])
  })

  test('do not keep the application from its own end while everything drains', async () => {
    const { join, signal, clock, process } = bench()
    join('ours').lifecycle.hold('work')
    // It has been called already.
    process.on('SIGTERM', () => void process.listenerCount('SIGTERM'))
    signal('SIGTERM')
    await clock.advance(10)
    expect(process.killByApplication('SIGKILL')).toBe(false)
    process.exitByApplication(5)
    expect(process.exitCode).toBe(5)
  })

  test('that return nothing are done when there is no more time, and those that promise are not', async () => {
    const outcomes: unknown[] = []
    for (const given of [undefined, new Promise(() => {})]) {
      const { join, handle, signal, clock, process } = bench()
      const { reports } = join('ours', { gracePeriod: 1000 })
      handle('theirs', () => given)
      signal('SIGTERM')
      await clock.advance(1000)
      outcomes.push([reports[0]?.hooks.at(-1)?.outcome, process.exitCode])
    }
    expect(outcomes).toEqual([
      ['done', 0],
      ['timed-out', 1],
    ])
  })

  test('that return nothing are over as soon as the event loop is empty but for what others have promised', async () => {
    const { join, handle, signal, clock, process } = bench()
    const { reports } = join('ours')
    handle('promises', () => new Promise<void>((resolve) => clock.after(300, resolve)))
    handle('silent')
    signal('SIGTERM')
    await clock.advance(50)
    process.becomeIdle()
    await clock.advance(2000)
    expect(reports[0]?.hooks.slice(1).map(({ duration }) => duration)).toEqual([300, 50])
  })

  test('end together: no lifecycle has stopped before them, whoever has called them', async () => {
    const { join, handle, signal, clock } = bench()
    const stoppedAt: number[] = []
    for (const name of ['first', 'second']) {
      join(name).lifecycle.on('stopped', () => void stoppedAt.push(clock.now()))
    }
    const since = clock.now()
    handle('theirs', () => new Promise<void>((resolve) => clock.after(300, resolve)))
    signal('SIGTERM')
    await clock.advance(2000)
    expect(stoppedAt).toEqual([since + 300, since + 300])
  })

  test('are left to who has time for them by who has none', async () => {
    const { join, handle, order, signal, clock, process } = bench()
    const [first, second] = [join('first', { gracePeriod: 10_000 }), join('second')]
    second.lifecycle.onStop('slow', () => new Promise<void>((resolve) => clock.after(3000, resolve)))
    second.lifecycle.hold('work')
    void first.lifecycle.stop()
    await clock.advance(8000)
    handle('theirs')
    signal('SIGTERM')
    await clock.advance(60_000)
    const namesOf = ({ reports }: typeof first) =>
      reports.flatMap(({ hooks }) => hooks.map(({ name }) => name))
    expect([order, process.exitCode]).toEqual([['first', 'second', 'theirs'], 1])
    expect([namesOf(first), namesOf(second)]).toEqual([
      ['hook'],
      ['slow', 'hook', expect.stringMatching(/^SIGTERM handler registered at .*fake-process\.ts:\d+/)],
    ])
  })

  test('are those of the first signal: what a second one would call is a part of the same end', async () => {
    const { join, handle, order, signal, clock } = bench()
    const deferred: (readonly string[])[] = []
    const { lifecycle } = join('ours')
    lifecycle.on('deferred', ({ handlers }) => void deferred.push(handlers))
    const release = lifecycle.hold('work')
    handle('term')
    handle('int', undefined, 'SIGINT')
    signal('SIGTERM')
    await clock.advance(0)
    signal('SIGINT')
    signal('SIGTERM')
    release()
    await clock.advance(2000)
    expect([order, deferred.length]).toEqual([['ours', 'term'], 1])
  })

  test('are shown in one line, by their first 200 characters', () => {
    expect(sourceOf({ toString: () => '() => {\n  end()\n}' })).toBe('() => { end() }')
    expect([sourceOf('x'.repeat(200)), sourceOf('x'.repeat(201))]).toEqual([
      'x'.repeat(200),
      `${'x'.repeat(200)} …`,
    ])
  })

  test('that pass the signal on to those of another one are no second hand on the keyboard', async () => {
    const { join, handle, order, signal, clock, process } = bench()
    const { lifecycle } = join('ours')
    handle('int', () => process.exitByApplication(130), 'SIGINT')
    lifecycle.onStop('slow', () => new Promise<void>((resolve) => clock.after(1000, resolve)))
    handle('theirs', () => {
      process.emit('SIGINT')
      process.emit('SIGTERM')
    })
    signal('SIGTERM')
    await clock.advance(2000)
    expect([order, process.exitCode]).toEqual([['ours', 'theirs', 'int'], 0])
  })

  test('may wait for stop(), and go on when everything has drained', async () => {
    const { join, handle, order, signal, clock, process } = bench()
    const { lifecycle, reports } = join('ours')
    handle('theirs', async () => {
      const { clean, hooks } = await lifecycle.stop()
      order.push(`${clean}, ${hooks.length}`)
      process.exitByApplication(0)
    })
    signal('SIGTERM')
    await clock.advance(0)
    expect([order, process.exitCode]).toEqual([['ours', 'theirs', 'true, 1'], 0])
    expect(reports[0]?.hooks).toHaveLength(2)
  })

  test('that look who else listens end nothing for as long as the drain lasts, however late they try', async () => {
    const { join, signal, clock, process } = bench()
    const { lifecycle } = join('ours')
    const release = lifecycle.hold('work')
    process.on('SIGTERM', async () => {
      if (process.listenerCount('SIGTERM') === 0) return
      await new Promise<void>((resolve) => clock.after(50, resolve))
      process.exitByApplication(9)
    })
    signal('SIGTERM')
    await clock.advance(100)
    expect(process.exitCode).toBeUndefined()
    release()
    await clock.advance(0)
    expect(process.exitCode).toBe(9)
  })

  test('that ask about listeners of something else are held back as any other', async () => {
    const { join, handle, order, signal, clock } = bench()
    join('ours')
    const bus = new EventEmitter()
    handle('theirs', () => bus.listenerCount('job'))
    signal('SIGTERM')
    await clock.advance(2000)
    expect(order).toEqual(['ours', 'theirs'])
  })

  test('are named at the cutoff, for they come too late for work that they could end', async () => {
    const { join, handle, signal, clock } = bench()
    const warnings: string[] = []
    for (const name of ['ours', 'as well']) {
      const { lifecycle } = join(name)
      lifecycle.on('warning', ({ message }) => void warnings.push(message))
      lifecycle.hold('stream')
    }
    handle('theirs')
    signal('SIGTERM')
    await clock.advance(30_000)
    const said = expect.stringMatching(/SIGTERM handler.*lifecycle\.signal.*otherHandlers: 'leave'/)
    expect(warnings).toEqual([said])
  })

  test('stay where they are, and are those that were registered, until nobody holds them back', async () => {
    const { join, process, order, signal, clock } = bench()
    const { emitter } = process
    const [one, two] = [() => void order.push('one'), () => void order.push('two')]
    const theirs = () => emitter.listeners('SIGTERM').filter((each) => each === one || each === two)
    emitter.on('SIGTERM', one)
    emitter.once('SIGTERM', one)
    emitter.on('SIGTERM', two)
    const before = emitter.rawListeners('SIGTERM')
    const { lifecycle } = join('ours')
    emitter.prependOnceListener('SIGTERM', two)
    process.emit('SIGUSR2')
    expect(theirs()).toEqual([two, one, one, two])
    await lifecycle.stop()
    expect(emitter.rawListeners('SIGTERM').slice(1)).toEqual(before)
    expect(emitter.listeners('SIGTERM')).toEqual([two, one, one, two])
    join('again')
    signal('SIGTERM')
    await clock.advance(2000)
    expect(order).toEqual(['ours', 'again', 'two', 'one', 'one', 'two'])
    expect(theirs()).toEqual([one, two])
  })

  test('are called as ever, with what they are given, where nobody holds them back', () => {
    const { join, process } = bench()
    const called: unknown[] = []
    join('ours', { otherHandlers: 'leave' })
    process.emitter.once('SIGTERM', function (this: unknown, ...args: unknown[]) {
      called.push(this === process.emitter, ...args)
    })
    const before = process.listenerCount('SIGTERM')
    process.emit('SIGTERM', 'by hand')
    expect([called, process.listenerCount('SIGTERM')]).toEqual([[true, 'by hand'], before - 1])
  })

  test('hear for us where somebody has taken our listener away', async () => {
    const { join, handle, order, signal, clock, process, takeListenersAway } = bench()
    join('ours')
    takeListenersAway()
    handle('theirs')
    handle('as well')
    signal('SIGTERM')
    await clock.advance(2000)
    expect([order, process.exitCode]).toEqual([['ours', 'theirs', 'as well'], 0])
  })

  test('are held back by whoever comes after somebody has taken our listener away', async () => {
    const { join, handle, order, signal, clock, process, takeListenersAway } = bench()
    join('first')
    takeListenersAway()
    join('second')
    signal('SIGTERM')
    handle('too late')
    await clock.advance(2000)
    expect([order, process.exitCode]).toEqual([['first', 'second'], 0])
  })

  test('have their turn all the same where our listener is taken away, and stands again, while they are held back', async () => {
    const { join, handle, order, signal, clock, process } = bench()
    join('first')
    const { emitter } = process
    const [ours] = emitter.listeners('SIGTERM')
    handle('theirs')
    emitter.once('SIGTERM', () => void order.push('theirs once'))
    signal('SIGTERM')
    emitter.off('SIGTERM', ours as () => void)
    join('second')
    await clock.advance(2000)
    expect([order, process.exitCode]).toEqual([['first', 'second', 'theirs', 'theirs once'], 0])
  })

  test('may go on behind their exit: what they throw or reject then does not count', async () => {
    const { join, handle, signal, clock, process } = bench()
    join('ours')
    handle('throws', () => {
      process.exitByApplication(0)
      throw new Error('behind the exit')
    })
    handle('rejects', async () => {
      process.exitByApplication(0)
      throw new Error('behind the exit')
    })
    signal('SIGTERM')
    await clock.advance(2000)
    expect(process.exitCode).toBe(0)
  })

  test('and listeners of any other kind make us throw nothing', async () => {
    const { join, signal, clock, process } = bench()
    join('ours')
    const { emitter } = process
    const odd = Object.assign(() => {}, { listener: true })
    emitter.on(Symbol('event'), () => {})
    emitter.on(5 as unknown as string, () => {})
    emitter.on('SIGTERM', odd)
    emitter.emit('newListener', 'SIGTERM')
    expect(emitter.listeners('SIGTERM')).toContain(odd)
    signal('SIGTERM')
    await clock.advance(2000)
    expect(process.exitCode).toBe(0)
  })

  test('leave the limit of listeners to whoever sets it', () => {
    const { join, process } = bench()
    process.emitter.setMaxListeners(1)
    process.on('SIGTERM', () => {})
    join('ours')
    process.emitter.setMaxListeners(100)
    process.emit('SIGUSR2')
    expect(process.emitter.getMaxListeners()).toBe(100)
  })

  test('are no more than the application has, where Node counts them for leaks', () => {
    const { join, process } = bench()
    const warned = vi.spyOn(globalThis.process, 'emitWarning').mockReturnValue()
    process.emitter.setMaxListeners(2)
    process.on('SIGTERM', () => {})
    process.on('SIGTERM', () => {})
    // As another copy of ours may do it.
    const emits = () => process.emit('SIGUSR2')
    process.emitter.on('newListener', emits)
    join('ours')
    process.off('newListener', emits)
    process.emit('SIGUSR2')
    process.off('SIGTERM', process.emitter.listeners('SIGTERM')[0] as () => void)
    process.on('SIGTERM', () => {})
    process.emit('SIGUSR2')
    expect([warned.mock.calls, process.emitter.getMaxListeners()]).toEqual([[], 2])
    process.on('SIGTERM', () => {})
    expect(warned).toHaveBeenCalledTimes(1)
    warned.mockRestore()
  })

  test('whose place cannot be told are named by their source', () => {
    const { join, process, signal } = bench()
    const deferred: string[] = []
    join('ours').lifecycle.on('deferred', ({ handlers }) => void deferred.push(...handlers))
    const { prepareStackTrace } = Error
    for (const prepare of [(_: Error, sites: unknown[]) => sites, () => undefined, () => JSON.parse('')]) {
      Error.prepareStackTrace = prepare
      process.on('SIGTERM', function exits() {})
    }
    Object.assign(Error, { prepareStackTrace })
    signal('SIGTERM')
    expect(deferred).toEqual(Array.from({ length: 3 }, () => expect.stringContaining('function exits')))
  })
})
