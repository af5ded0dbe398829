import { describe, expect, test } from 'vitest'
import type { LifecycleOptions } from '../src/options/options.js'
import { createFakeServer, createTestBench } from '../src/testing/index.js'

/** A service with a request that never ends, a hook that hangs, and somebody who connects every second. */
function stuck(options: LifecycleOptions) {
  const bench = createTestBench()
  const lifecycle = bench.createLifecycle(options)
  const server = Object.assign(createFakeServer(), { rate: () => 50 })
  lifecycle.attach(server).onStop('database', () => new Promise(() => {}))
  server.connect()
  server.beginRequest()
  void lifecycle.ready()
  const trickle = () => {
    server.connect()
    bench.clock.after(1000, trickle)
  }
  trickle()
  return { ...bench, server }
}

describe('the one deadline', () => {
  test('A2: with five minutes of grace is not passed, however long traffic keeps the window open', async () => {
    const { clock, process, signal } = stuck({ platform: 'kubernetes', gracePeriod: 300_000 })
    signal('SIGTERM')
    await clock.advance(200_000)
    signal('SIGTERM')
    await clock.advance(97_000)
    expect(process.exitCode).toBeUndefined()
    await clock.advance(1100)
    expect(process.exitCode).toBe(1)
  })

  test('A2: with five minutes of grace a request of four and a half is finished', async () => {
    const { createLifecycle, clock, process, signal } = createTestBench()
    const server = createFakeServer()
    const lifecycle = createLifecycle({ platform: 'knative' }).attach(server)
    server.connect()
    server.beginRequest()
    void lifecycle.ready()
    signal('SIGTERM')
    await clock.advance(270_000)
    expect(process.exitCode).toBeUndefined()
    server.finishRequest()
    server.disconnect()
    await clock.advance(0)
    expect(process.exitCode).toBe(0)
  })

  test('E5: on Kubernetes, whose default is 30 s, is two seconds before the kill', async () => {
    const { clock, process, signal } = stuck({ platform: 'kubernetes' })
    signal('SIGTERM')
    await clock.advance(27_900)
    expect(process.exitCode).toBeUndefined()
    await clock.advance(200)
    expect(process.exitCode).toBe(1)
  })
})

describe('a lifecycle that the end of the process leaves behind', () => {
  test('has stopped with the report of what is left, once, although its hook hangs', async () => {
    const { createLifecycle, clock, process, signal } = createTestBench()
    const lifecycle = createLifecycle({ platform: 'none', gracePeriod: 10_000, shutdownDelay: 0 })
    const told: unknown[] = []
    lifecycle.on('stopped', (report) => told.push(report))
    lifecycle.onStop('hangs', () => new Promise(() => {}))
    await lifecycle.ready()
    const stopped = lifecycle.stop()
    signal('SIGTERM')
    await clock.advance(1000)
    signal('SIGINT')
    await clock.advance(0)
    expect(process.exitCode).toBe(130)
    expect(lifecycle.state).toBe('stopped')
    const report = await stopped
    expect(report).toMatchObject({ clean: false, exitCode: 130 })
    await clock.advance(60_000)
    expect(told).toEqual([report])
  })
})
