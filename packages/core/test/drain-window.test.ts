import { describe, expect, test } from 'vitest'
import type { LifecycleOptions } from '../src/options/options.js'
import { createFakeServer, createTestBench } from '../src/testing/index.js'

function serving(options: LifecycleOptions = {}, rate = 0) {
  const bench = createTestBench()
  const lifecycle = bench.createLifecycle({ platform: 'kubernetes', ...options })
  const server = Object.assign(createFakeServer(), { rate: () => rate })
  lifecycle.attach(server)
  void lifecycle.ready()
  const events: [string, unknown][] = []
  lifecycle.on('closing', (payload) => events.push(['closing', payload]))
  return { ...bench, lifecycle, server, events }
}

describe("readinessDuringDrain: 'keep'", () => {
  const keeping = () => {
    const made = serving({ readinessDuringDrain: 'keep', shutdownDelay: 1000 })
    return { ...made, readiness: async () => (await made.probe(made.lifecycle, '/readyz')).status }
  }

  test('leaves readiness green until the window ends, whoever still has to finish', async () => {
    const { lifecycle, signal, clock, readiness } = keeping()
    lifecycle.onDrain(() => new Promise(() => {}))
    signal('SIGTERM')
    await clock.advance(999)
    expect(await readiness()).toBe(200)
    await clock.advance(1)
    expect(await readiness()).toBe(503)
    await clock.advance(1000)
    expect(await readiness()).toBe(503)
  })

  test('is red at once where there is no window, and where it is cut short', async () => {
    const interrupted = keeping()
    interrupted.lifecycle.hold('work')
    interrupted.signal('SIGINT')
    expect(await interrupted.readiness()).toBe(503)

    const crashed = keeping()
    crashed.lifecycle.hold('work')
    crashed.signal('SIGTERM')
    expect(await crashed.readiness()).toBe(200)
    crashed.process.emit('uncaughtException', new Error('on purpose'))
    expect(await crashed.readiness()).toBe(503)
  })

  test('does not turn green what never was', async () => {
    const { createLifecycle, signal, probe } = createTestBench()
    const lifecycle = createLifecycle({ platform: 'kubernetes', readinessDuringDrain: 'keep' })
    lifecycle.attach(createFakeServer())
    lifecycle.hold('work')
    lifecycle.onDrain(() => new Promise(() => {}))
    signal('SIGTERM')
    expect((await probe(lifecycle, '/readyz')).status).toBe(503)
    expect((await probe(lifecycle, '/livez')).status).toBe(200)
    expect((await probe(lifecycle, '/elsewhere')).status).toBe(404)
  })
})

describe('the window', () => {
  test('is extended while somebody connects, until three seconds are quiet, and says so', async () => {
    const { server, signal, clock, events } = serving({}, 100)
    signal('SIGTERM')
    for (let now = 0; now < 12_000; now += 500) {
      expect(server.connect()).toBe(true)
      server.disconnect()
      await clock.advance(500)
    }
    await clock.advance(2499)
    expect(server.listening).toBe(true)
    await clock.advance(1)
    expect(server.listening).toBe(false)
    expect(events[0]).toMatchObject(['closing', { duration: 14_500, extended: true }])
  })

  test('is extended at the latest until linger and a second before the cutoff', async () => {
    const { lifecycle, server, signal, clock, events } = serving({}, 100)
    signal('SIGTERM')
    const latest = lifecycle.plan.cutoff - lifecycle.plan.linger - 1000
    for (let now = 0; now < 25_000; now += 250) {
      if (server.connect()) server.disconnect()
      await clock.advance(250)
    }
    expect(events[0]).toMatchObject(['closing', { duration: latest, extended: true }])
  })

  test('ends at min where nobody connects, and at max where requests are rare: neither is an extension', async () => {
    for (const [rate, duration] of [
      [100, 5000],
      [0, 10_000],
    ] as const) {
      const { signal, clock, events } = serving({}, rate)
      signal('SIGTERM')
      await clock.advance(28_000)
      expect(events[0]).toMatchObject(['closing', { duration, extended: false }])
    }
  })

  test('ends at once in a crash before its time', async () => {
    const { server, signal, clock, events, process } = serving({ shutdownDelay: 3000 })
    server.connect()
    signal('SIGTERM')
    await clock.advance(1000)
    process.emit('uncaughtException', new Error('bang'))
    await clock.advance(0)
    expect(events[0]).toMatchObject(['closing', { duration: 1000, extended: false }])
  })

  test('ends at once in a crash, extended or not', async () => {
    const { server, signal, clock, events, process } = serving({}, 100)
    signal('SIGTERM')
    for (let now = 0; now < 11_000; now += 500) {
      server.connect()
      await clock.advance(500)
    }
    process.emit('uncaughtException', new Error('bang'))
    await clock.advance(0)
    expect(events[0]).toMatchObject(['closing', { duration: 11_000, extended: false }])
    expect(process.exitCode).toBe(1)
  })
})

describe('linger', () => {
  const lingering = (options: LifecycleOptions = {}, rate = 0) => {
    const made = serving({ shutdownDelay: 1000, linger: 2000, ...options }, rate)
    made.server.connect()
    made.signal('SIGTERM')
    return made
  }

  test('keeps the listener open as long as somebody is idle, then closes it before them', async () => {
    const { server, clock, events } = lingering()
    await clock.advance(2999)
    expect(server.calls).toEqual(['announce'])
    await clock.advance(1)
    expect(server.calls.slice(0, 3)).toEqual(['announce', 'stopAccepting', 'closeIdle'])
    expect(events[0]).toMatchObject(['closing', { duration: 3000, extended: false }])
  })

  test('is over when nobody is idle, be it at once or later', async () => {
    const { server, clock, events } = lingering()
    await clock.advance(1500)
    server.beginRequest()
    await clock.advance(100)
    expect(server.listening).toBe(false)
    expect(events[0]).toMatchObject(['closing', { duration: 1600, inFlight: 1 }])
  })

  test('is lengthened by no request: idle connections stay meanwhile, the listener does not', async () => {
    const { server, clock } = lingering()
    server.connect()
    server.beginRequest()
    await clock.advance(2999)
    expect(server.listening).toBe(true)
    await clock.advance(1)
    expect(server.listening).toBe(false)
    await clock.advance(5000)
    expect(server.connections).toBe(2)
    server.finishRequest()
    await clock.advance(0)
    expect(server.connections).toBe(0)
  })

  test('is moved by newcomers, until it is quiet again', async () => {
    const { server, clock, events } = lingering({ shutdownDelay: { min: 1000, max: 4000 } }, 100)
    await clock.advance(3500)
    server.connect()
    await clock.advance(2999)
    expect(server.listening).toBe(true)
    await clock.advance(1)
    expect(server.listening).toBe(false)
    expect(server.connections).toBe(0)
    expect(events[0]).toMatchObject(['closing', { duration: 6500 }])
  })

  test('is moved by them no later than the window is, and not at all after a window of a fixed length', async () => {
    const { lifecycle, server, clock, events } = lingering({ shutdownDelay: { min: 1000, max: 4000 } }, 100)
    const latest = lifecycle.plan.cutoff - lifecycle.plan.linger - 1000
    const fixed = lingering({}, 100)
    for (let now = 0; now < 27_000; now += 250) {
      if (server.connect()) server.disconnect()
      if (fixed.server.connect()) fixed.server.disconnect()
      await clock.advance(250)
      await fixed.clock.advance(250)
    }
    // Who has been idle all the time has had longer than `linger`.
    expect(events[0]).toMatchObject(['closing', { duration: latest + 2000 }])
    expect(fixed.events[0]).toMatchObject(['closing', { duration: 3000 }])
  })

  test('of 0 closes idle connections with the window', async () => {
    const { server, clock } = lingering({ linger: 0 })
    await clock.advance(1000)
    expect(server.calls.slice(0, 3)).toEqual(['announce', 'stopAccepting', 'closeIdle'])
  })

  test('ends at once in a crash', async () => {
    const { server, clock, process } = lingering()
    await clock.advance(1500)
    process.emit('uncaughtException', new Error('bang'))
    await clock.advance(0)
    expect(server.listening).toBe(false)
    expect(server.connections).toBe(0)
  })

  test('is no step of a process that is forced to exit: nothing comes behind the last line', async () => {
    const { lifecycle, server, clock, signal } = lingering()
    const events: string[] = []
    for (const event of ['closing', 'stopped'] as const) lifecycle.on(event, () => events.push(event))
    await clock.advance(1500)
    signal('SIGINT')
    await clock.advance(5000)
    expect(events).toEqual(['stopped'])
    expect(server.calls).toEqual(['announce'])
  })

  test('keeps no door open through which somebody would come to be cut', async () => {
    const { lifecycle, server, clock, events } = lingering({
      gracePeriod: 10_000,
      shutdownDelay: 3000,
      linger: 5000,
    })
    const { cutoff } = lifecycle.plan
    expect(cutoff).toBeLessThan(9000)
    await clock.advance(cutoff - 1000)
    expect(events[0]).toMatchObject(['closing', { duration: cutoff - 1000 }])
    expect(server.connections).toBe(1)
  })

  test('is had by connections that become idle when the listener has closed', async () => {
    const { server, clock } = lingering()
    server.beginRequest()
    await clock.advance(1200)
    expect(server.listening).toBe(false)
    server.finishRequest()
    await clock.advance(1799)
    expect(server.connections).toBe(1)
    await clock.advance(1)
    expect(server.connections).toBe(0)
  })
})

describe('idle connections', () => {
  test('stay for the linger, and not longer', async () => {
    const { server, signal, clock } = serving({ shutdownDelay: 1000, linger: 2000 })
    server.connect()
    signal('SIGTERM')
    await clock.advance(2999)
    expect(server.connections).toBe(1)
    await clock.advance(1)
    expect(server.connections).toBe(0)
  })

  test('that leave end it', async () => {
    const { server, signal, clock, process } = serving({ shutdownDelay: 1000, linger: 5000 })
    server.connect()
    signal('SIGTERM')
    await clock.advance(1500)
    server.disconnect()
    await clock.advance(0)
    expect(process.exitCode).toBe(0)
  })

  test('do not stay when a crash comes meanwhile', async () => {
    const { server, signal, clock, process } = serving({ shutdownDelay: 1000, linger: 5000 })
    server.connect()
    signal('SIGTERM')
    await clock.advance(1500)
    process.emit('uncaughtException', new Error('bang'))
    await clock.advance(0)
    expect(server.calls).toContain('closeIdle')
    expect(process.exitCode).toBe(1)
  })

  test('that are not gone yet are asked again', async () => {
    const { server, signal, clock, process } = serving({ shutdownDelay: 0, linger: 0 })
    server.connect()
    let turns = 0
    const { closeIdle } = server
    Object.assign(server, { closeIdle: () => (turns++ === 0 ? Promise.resolve() : closeIdle()) })
    signal('SIGTERM')
    await clock.advance(0)
    expect(process.exitCode).toBe(0)
    expect(server.calls).not.toContain('cut')
  })

  test('with a request at the last moment are waited for', async () => {
    const { server, signal, clock, process } = serving({ shutdownDelay: 0, linger: 0 })
    server.connect()
    let turns = 0
    const closeIdle = server.closeIdle
    Object.assign(server, {
      closeIdle: () => {
        if (turns++ === 0) server.beginRequest()
        return closeIdle()
      },
    })
    signal('SIGTERM')
    await clock.advance(1000)
    expect(process.exitCode).toBeUndefined()
    server.finishRequest()
    await clock.advance(0)
    expect(process.exitCode).toBe(0)
    expect(server.calls).not.toContain('cut')
  })
})
