import { setTimeout as sleep } from 'node:timers/promises'
import { quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { startScenario } from './scenarios/start-scenario.js'

const options = quick

describe.concurrent('stop()', { timeout: 120_000 }, () => {
  test('stop() drains without window, leaves the process alive and its signals to Node', async () => {
    await using server = await startScenario('stop-leaves-the-process-alive', {
      options: { ...options, shutdownDelay: 4000, linger: 4000, gracePeriod: 30_000 },
    })
    const [busy, idle] = [await server.connect(), await server.connect()]
    await idle.get('/fast')
    const slow = busy.get('/slow?ms=900')
    await sleep(100)
    server.signal('SIGUSR2')
    expect(await slow).toMatchObject({ status: 200, text: 'slow', headers: { connection: 'close' } })
    expect(await idle.closed).toBe('fin')
    const stopped = await server.line('stopped')
    expect(server.ownSinceSignal()).toBeLessThan(3000)
    expect(stopped).toMatchObject({
      stopped: { exitCode: 0, reason: 'test', same: true, state: 'stopped' },
      listenersAfter: [0, 0],
    })
    expect(server.said('listenersBefore')).toEqual([[1, 1]])
    await sleep(300)
    expect(server.child.exitCode).toBe(null)
    server.signal('SIGTERM')
    expect(await server.exited()).toMatchObject({ code: null, signal: 'SIGTERM' })
  })

  test('a signal that comes in the turn in which stop() ends is not lost', async () => {
    await using server = await startScenario('signal-as-stop-ends', { options })
    server.signal('SIGUSR2')
    expect(await server.exited()).toMatchObject({ code: 0, signal: null, report: { clean: true } })
  })

  test('a request that stops the process is answered before it leaves, and others are finished', async () => {
    await using server = await startScenario('stopped-by-a-request', {
      options: { ...options, gracePeriod: 30_000 },
    })
    const [busy, steering] = [await server.connect(), await server.connect()]
    const slow = busy.get('/slow?ms=900')
    await sleep(100)
    const stopped = steering.get('/stop')
    expect(await slow).toMatchObject({ status: 200, text: 'slow' })
    expect(await stopped).toMatchObject({
      status: 200,
      text: 'stopped with 0',
      headers: { connection: 'close' },
    })
    expect(await server.exited()).toMatchObject({
      code: 0,
      signal: null,
      report: { clean: true, reason: 'asked' },
    })
    expect(server.said('hook')).toEqual(['asked'])
  })

  test('a signal during stop() makes it end the process, without repeating a step', async () => {
    await using server = await startScenario('signal-during-stop', { options })
    const client = await server.connect()
    const slow = client.get('/slow?ms=1200')
    await sleep(100)
    server.signal('SIGUSR2')
    await server.draining()
    await sleep(100)
    server.signal('SIGTERM')
    expect(await slow).toMatchObject({ status: 200, text: 'slow' })
    expect(await server.exited()).toMatchObject({ code: 0, signal: null, report: { clean: true } })
    expect(server.said('hook')).toEqual(['database'])
    expect(server.said('report')).toHaveLength(1)
  })

  test('leaving an `await using` block drains, and the process ends by itself when nothing holds it', async () => {
    await using server = await startScenario('await-using', { options })
    const client = await server.connect()
    const slow = client.get('/slow?ms=600')
    await sleep(100)
    server.signal('SIGUSR2')
    expect((await slow).text).toBe('slow')
    expect(await server.line('disposed')).toEqual({ disposed: 'stopped', listening: false })
    expect(await server.exited()).toMatchObject({ code: 0, signal: null })
    expect(server.said('hook')).toEqual(['database'])
  })

  test('signals: false installs nothing', async () => {
    await using server = await startScenario('no-signals', { options })
    expect(await server.line('listeners')).toEqual({ listeners: [0, 0] })
    server.signal()
    expect(await server.exited()).toMatchObject({ code: null, signal: 'SIGTERM' })
  })

  test('a worker thread installs no signals and does not end the process', async () => {
    await using server = await startScenario('worker-thread', { options })
    expect(await server.line('listeners')).toMatchObject({ listeners: 0 })
    const client = await server.connect()
    const slow = client.get('/slow?ms=500')
    await sleep(100)
    server.signal('SIGUSR2')
    expect((await slow).text).toBe('slow')
    expect(await server.line('stopped')).toEqual({ stopped: 0 })
    await server.line('workerExit')
    await sleep(200)
    expect(server.child.exitCode).toBe(null)
  })
})
