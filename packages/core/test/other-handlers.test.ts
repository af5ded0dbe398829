import { describe, expect, test } from 'vitest'
import type { Report } from '../src/drain/report.js'
import type { LifecycleOptions } from '../src/options/options.js'
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
  const handle = (name: string, handler: () => unknown = () => {}, signal = 'SIGTERM') =>
    made.process.on(signal, () => {
      order.push(name)
      return handler()
    })
  return { ...made, join, handle, order }
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

  test('a kill of oneself by that signal is caught, another one is not', async () => {
    const { join, handle, signal, clock, process } = bench()
    join('ours')
    const caught: boolean[] = []
    handle('theirs', () =>
      caught.push(process.killByApplication('SIGHUP'), process.killByApplication('SIGTERM')),
    )
    signal('SIGTERM')
    await clock.advance(0)
    expect([caught, process.exitCode]).toEqual([[false, true], 0])
  })
})
