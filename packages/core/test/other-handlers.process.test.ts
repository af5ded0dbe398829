import { setTimeout as sleep } from 'node:timers/promises'
import { quick } from '@lameduck/conformance'
import { describe, expect, test } from 'vitest'
import { forkScenario, startScenario } from './scenarios/start-scenario.js'

type Handler = [kind: string, how?: 'on' | 'once' | 'addListener' | 'prependListener', signal?: string]

interface Handlers {
  readonly before?: Handler[]
  readonly after?: Handler[]
  readonly drop?: string
  readonly isWrapped?: boolean
  readonly next?: 'early signal' | 'crash' | 'stop'
}

const options = quick
const start = (handlers: Handlers, more: object = {}) =>
  startScenario('other-handlers', {
    options: { ...options, ...more },
    env: { HANDLERS: JSON.stringify(handlers) },
  })

/** Stops a process with these handlers by SIGTERM. */
async function stopped(handlers: Handlers, more?: object) {
  await using server = await start(handlers, more)
  server.signal()
  const exit = await server.exited()
  return { server, exit, called: server.said('called'), hooks: exit.report.hooks }
}

describe.concurrent("other people's handlers of a stop signal", { timeout: 120_000 }, () => {
  test('run last, in their order, as Node would call them, wherever they were installed and however', async () => {
    await using server = await start({
      before: [['exits'], ['returns', 'once'], ['killsItself', 'prependListener']],
      after: [
        ['exitsWithItsSignal', 'addListener'],
        ['resolves', 'once'],
        ['returns', 'prependListener'],
      ],
    })
    expect(await server.line('listeners')).toEqual({ listeners: 7 })
    const client = await server.connect()
    const slow = client.get('/slow?ms=500')
    await sleep(100)
    server.signal()
    expect(await slow).toMatchObject({ status: 200, text: 'slow' })
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 0, signal: null, report: { clean: true, exitCode: 0 } })
    expect(server.said('called')).toEqual([
      'onStop',
      'returns',
      'killsItself',
      'exits',
      'returns',
      'exitsWithItsSignal',
      'resolves',
    ])
    expect(server.said('args')).toEqual(Array.from({ length: 6 }, () => ['SIGTERM', 15]))
    expect(server.said('isProcess')).toEqual(Array.from({ length: 6 }, () => true))
    expect(server.said('resolved')).toEqual([true])
    expect(exit.report.hooks.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 7 }, () => 'done'))
    expect(server.said('deferred')).toEqual([
      expect.arrayContaining([expect.stringMatching(/^SIGTERM handler registered at .*other-handlers\.mjs/)]),
    ])
    expect(server.output).not.toContain('may end the process')
  })

  const ends: [Handlers['after'] & object, number][] = [
    [[['exitsWith']], 7],
    [[['exitsLater']], 7],
    [[['exitsWithItsSignal']], 0],
    [[['killsItselfLater']], 0],
    [[['exits'], ['exitsWith']], 7],
    [[['exitsByName']], 7],
    [[['exitsByEarlyName']], 0],
    [[['exitsByCode']], 0],
    [[['killsItselfByName']], 0],
    [[['endsAsNodemonDoes']], 0],
    [[['asksAboutSomethingElse']], 7],
    [[['isSlow']], 0],
  ]
  for (const [after, code] of ends) {
    test(`${after.join(', ')}: exit code ${code}`, async () => {
      const { exit, server } = await stopped({ after })
      expect(exit).toMatchObject({ code, signal: null, report: { clean: true, exitCode: code } })
      expect(server.said('called')).toEqual(['onStop', ...after.map(([kind]) => kind)])
      expect(server.said('exit')).toHaveLength(1)
      expect(server.said('finished')).toEqual(after[0]?.[0] === 'isSlow' ? [true] : [])
    })
  }

  test('that fail are failed hooks, and named; the others have their turn', async () => {
    const { exit, called, hooks } = await stopped(
      { after: [['throws'], ['rejects'], ['exitsWithAText'], ['hangs'], ['resolves'], ['exitsWith']] },
      { gracePeriod: 5000 },
    )
    expect(exit).toMatchObject({ code: 1, report: { clean: false } })
    expect(called).toEqual([
      ...['onStop', 'throws', 'rejects', 'exitsWithAText', 'hangs', 'resolves', 'exitsWith'],
    ])
    expect(hooks.map(({ outcome }) => outcome)).toEqual([
      'done',
      'failed',
      'failed',
      'failed',
      'timed-out',
      'done',
      'done',
    ])
  })

  test('that keep the event loop alive and say nothing are left after a second', async () => {
    const { exit } = await stopped({ after: [['keepsTheLoop']] })
    expect(exit).toMatchObject({ code: 0, report: { clean: true } })
    expect(exit.report.hooks.at(-1)?.duration).toBeGreaterThanOrEqual(1000)
  })

  test('that leave an empty event loop are not waited for', async () => {
    const { exit } = await stopped({ after: [['returns']] })
    expect(exit.report.hooks.at(-1)?.duration).toBeLessThan(1000)
  })

  for (const drop of ['all', 'SIGTERM']) {
    test(`removeAllListeners (${drop}) takes theirs away, and never ours`, async () => {
      const { exit, called, server } = await stopped({
        before: [['exitsWith']],
        after: [['exitsWith']],
        drop,
      })
      expect(server.said('listeners')).toEqual([1])
      expect(exit).toMatchObject({ code: 0, report: { clean: true } })
      expect(called).toEqual(['onStop'])
    })
  }

  test('are called once, also when the signal comes again', async () => {
    await using server = await start({ after: [['returns']] })
    const client = await server.connect()
    const slow = client.get('/slow?ms=1200')
    await sleep(100)
    server.signal()
    await sleep(700)
    server.signal()
    expect((await slow).text).toBe('slow')
    expect((await server.exited()).code).toBe(0)
    expect(server.said('called')).toEqual(['onStop', 'returns'])
  })

  test('one that looks who else listens runs at the signal, and ends nothing', async () => {
    const { exit, called } = await stopped({ after: [['looksWhoElseListens']] })
    expect(exit).toMatchObject({ code: 9, report: { clean: true, exitCode: 9 } })
    expect(called).toEqual(['looksWhoElseListens', 'onStop'])
  })

  for (const passes of ['emitsCtrlC', 'sendsCtrlC']) {
    test(`one that ${passes} has the handlers of SIGINT called in its turn`, async () => {
      await using server = await start({ after: [[passes], ['exitsByCtrlC', 'on', 'SIGINT']] })
      const client = await server.connect()
      const slow = client.get('/slow?ms=700')
      await sleep(100)
      server.signal()
      expect((await slow).text).toBe('slow')
      expect(await server.exited()).toMatchObject({ code: 0, report: { clean: true } })
      expect(server.said('called')).toEqual(['onStop', passes, 'exitsByCtrlC'])
    })
  }

  test('one that awaits stop() goes on when all is drained', async () => {
    const { server, exit } = await stopped({ after: [['waitsForTheStop']] })
    expect(exit).toMatchObject({ code: 0, report: { clean: true } })
    expect(server.said('waited')).toEqual([true])
    expect(exit.report.hooks.at(-1)?.duration).toBeLessThan(10_000)
  })

  test('one function registered twice is called twice, once of them for the last time', async () => {
    const { called, hooks } = await stopped({ before: [['shared'], ['shared', 'once']] })
    expect(called).toEqual(['onStop', 'shared', 'shared'])
    expect(hooks.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done'])
  })

  test('a signal that came while the application was loaded, and waits, is heard', async () => {
    await using server = forkScenario('other-handlers', {
      options,
      env: { HANDLERS: JSON.stringify({ before: [['exitsWith']], next: 'early signal' }) },
    })
    expect(await server.exited()).toMatchObject({ code: 7, signal: null, report: { clean: true } })
    expect(server.said('called')).toEqual(['onStop', 'exitsWith'])
  })

  for (const drop of ['all', 'uncaughtExceptionMonitor']) {
    test(`removeAllListeners (${drop}) does not make a crash end the process at once`, async () => {
      await using server = await start({ drop, next: 'crash' })
      expect(await server.exited()).toMatchObject({ code: 1, report: { reason: 'crash' } })
    })
  }

  for (const given of [{ drop: 'all' }, {}, { isWrapped: true }] as const) {
    test(`a process whose lifecycles are over ends by its signal as ever (${JSON.stringify(given)})`, async () => {
      const handlers = { before: [['returns', 'once', 'SIGINT']], next: 'stop', ...given } as const
      await using server = forkScenario('other-handlers', {
        options,
        env: { HANDLERS: JSON.stringify(handlers) },
      })
      expect(await server.line('left')).toEqual({ left: 0 })
      server.signal()
      expect(await server.exited()).toMatchObject({ code: null, signal: 'SIGTERM' })
    })
  }

  test('of SIGINT run last as well, and Ctrl-C ends at once', async () => {
    await using server = await start({
      before: [['exitsByCtrlC', 'on', 'SIGINT']],
      after: [
        ['returns', 'once', 'SIGINT'],
        ['exitsWith', 'on', 'SIGTERM'],
      ],
    })
    server.signal('SIGINT')
    const exit = await server.exited()
    expect(exit).toMatchObject({ code: 0, signal: null, report: { clean: true } })
    expect(server.said('called')).toEqual(['onStop', 'exitsByCtrlC', 'returns'])
  })

  test('that hang are not waited for when a later SIGINT forces', async () => {
    await using server = await start({ after: [['hangs']] })
    server.signal()
    await server.until(() => server.said('called').includes('hangs'), 10_000, 'not called')
    await sleep(600)
    server.signal('SIGINT')
    expect(await server.exited()).toMatchObject({ code: 130, report: { clean: false } })
  })

  test("'leave': they run at the signal, and are warned about", async () => {
    await using server = await start({ after: [['exitsWith']] }, { otherHandlers: 'leave' })
    await server.until(() => server.output.includes('may end the process before'), 3000, 'no warning')
    server.signal()
    await server.until(() => server.said('called').length > 0, 3000, 'not called')
    expect(server.said('called')).toEqual(['exitsWith'])
  })
})
