import { describe, expect, test } from 'vitest'
import type { State } from '../src/lifecycle/state.js'
import { createChecks } from '../src/probes/checks.js'
import { createJudge } from '../src/probes/judge.js'
import { createProbeResponder, type Shown } from '../src/probes/probe-responder.js'
import { probeDefaults } from '../src/probes/probes.js'
import { createFakeClock, createTestBench } from '../src/testing/index.js'

function bench(shown: Shown = 'outcomes') {
  const clock = createFakeClock()
  const changes: string[] = []
  const checks = createChecks(clock, ({ name, ok }) => void changes.push(`${name} ${ok ? 'well' : 'fails'}`))
  let state: State = 'ready'
  const judge = createJudge({
    checks,
    state: () => state,
    keepsReadiness: () => false,
    isUnready: () => false,
  })
  const responder = createProbeResponder(judge, probeDefaults, shown)
  const ask = async (url: string) => {
    const answer = responder.answer('readyz', url)
    await clock.advance(0)
    return answer
  }
  return { clock, checks, changes, ask, go: (to: State) => (state = to) }
}

describe('a check', () => {
  const failures: [string, () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error('secret')
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret'))],
    ['returns false', () => false],
    ['returns what a terminus indicator does when it is down', async () => ({ db: { status: 'down' } })],
  ]
  for (const [what, fn] of failures) {
    test(`that ${what} makes readiness red, and does not say why`, async () => {
      const { checks, changes, ask } = bench()
      checks.add('db', fn)
      const { status, body } = await ask('/readyz')
      expect(status).toBe(503)
      expect(JSON.parse(body)).toEqual({ status: 'unavailable', state: 'ready', checks: { db: 'failed' } })
      expect(changes).toEqual(['db fails'])
    })
  }

  for (const result of [
    { db: { status: 'up' } },
    { db: { status: 'degraded' } },
    { rows: null },
    [],
    null,
    0,
    '',
  ]) {
    test(`that returns ${JSON.stringify(result)} leaves readiness green`, async () => {
      const { checks, ask } = bench()
      checks.add('db', () => result)
      expect((await ask('/readyz')).status).toBe(200)
    })
  }

  test('that hangs is aborted and red when its time is over', async () => {
    const { clock, checks, ask } = bench()
    let isAborted = false
    checks.add(
      'slow',
      (signal) => {
        signal.addEventListener('abort', () => {
          isAborted = true
        })
        return new Promise(() => {})
      },
      { timeout: 500 },
    )
    const answer = ask('/readyz')
    await clock.advance(500)
    expect((await answer).status).toBe(503)
    expect(isAborted).toBe(true)
  })

  test('that answers when its time is over has failed all the same', async () => {
    const { clock, checks, changes, ask } = bench()
    checks.add('slow', () => new Promise((resolve) => void clock.after(600, () => resolve(true))), {
      timeout: 500,
    })
    const answer = ask('/readyz')
    await clock.advance(700)
    expect((await answer).status).toBe(503)
    expect(changes).toEqual(['slow fails'])
  })

  test('runs once for 100 probes at the same time, and is good for its ttl (A7)', async () => {
    const { clock, checks, ask } = bench()
    let runs = 0
    checks.add(
      'db',
      async () => {
        runs++
      },
      { ttl: 1000 },
    )
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask('/readyz')))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(runs).toBe(1)
    await clock.advance(999)
    await ask('/readyz')
    expect(runs).toBe(1)
    await clock.advance(1)
    await ask('/readyz')
    expect(runs).toBe(2)
  })

  test('that is well again turns readiness green, and says both once', async () => {
    const { clock, checks, changes, ask } = bench()
    let ok = false
    checks.add('db', () => ok, { ttl: 0 })
    expect((await ask('/readyz')).status).toBe(503)
    expect((await ask('/readyz')).status).toBe(503)
    ok = true
    await clock.advance(1)
    expect((await ask('/readyz')).status).toBe(200)
    expect(changes).toEqual(['db fails', 'db well'])
  })

  test('is refused with a name that is taken, or limits that make no sense', () => {
    const { checks } = bench()
    checks.add('db', () => true)
    expect(() => checks.add('db', () => true)).toThrow(expect.objectContaining({ code: 'NAME_TAKEN' }))
    const invalid = expect.objectContaining({ code: 'ARGUMENT_INVALID' })
    expect(() => checks.add('', () => true)).toThrow(invalid)
    expect(() => checks.add('x', 'y' as never)).toThrow(invalid)
    const wrong = expect.objectContaining({ code: 'OPTION_INVALID' })
    expect(() => checks.add('x', () => true, { timeout: 0 })).toThrow(wrong)
    expect(() => checks.add('x', () => true, { ttl: -1 })).toThrow(wrong)
    expect(() => checks.add('x', () => true, 5 as never)).toThrow(wrong)
    expect(() => checks.add('x', () => true, { timeOut: 1 } as never)).toThrow(/OPTION_UNKNOWN/)
  })
})

describe('details (C6)', () => {
  const two = (shown?: Shown) => {
    const made = bench(shown)
    made.checks.add('db', () => true)
    made.checks.add('cache', () => false)
    return made
  }

  test('?verbose answers in the text form of the API server', async () => {
    const { status, body, headers } = await two().ask('/readyz?verbose')
    expect(status).toBe(503)
    expect(body).toBe('[+]db ok\n[-]cache failed\nreadyz check failed\n')
    expect(headers['content-type']).toContain('text/plain')
  })

  test('?exclude leaves checks out', async () => {
    expect((await two().ask('/readyz?exclude=cache')).status).toBe(200)
    expect((await two().ask('/readyz?exclude=cache&exclude=db')).status).toBe(200)
  })

  test('/readyz/name asks for one; an unknown one is 404', async () => {
    expect((await two().ask('/readyz/db')).status).toBe(200)
    expect((await two().ask('/readyz/cache')).status).toBe(503)
    expect((await two().ask('/readyz/nothing')).status).toBe(404)
    expect((await two().ask('/readyz/%E0%A4%A')).status).toBe(404)
  })

  test('are not shown on the main port unless asked for', async () => {
    const { ask } = two('nothing')
    const { body } = await ask('/readyz?verbose&exclude=cache')
    expect(JSON.parse(body)).toEqual({ status: 'unavailable', state: 'ready' })
  })
})

test('red readiness runs no check', async () => {
  const { checks, ask, go } = bench('nothing')
  let runs = 0
  checks.add('db', () => {
    runs++
  })
  go('draining')
  expect((await ask('/readyz')).status).toBe(503)
  expect(runs).toBe(0)
})

describe('startup tasks (D-1)', () => {
  test('gate readiness until all of them are done; the slowest is named', async () => {
    const { createLifecycle, clock } = createTestBench()
    const lifecycle = createLifecycle()
    let finish = () => {}
    lifecycle.startup('migrate', () => new Promise<void>((resolve) => (finish = resolve)))
    lifecycle.startup('warm up', () => {})
    void clock.after(90, () =>
      lifecycle.startup('late', () => new Promise((done) => void clock.after(5, done as () => void))),
    )
    const slowest = new Promise((resolve) => lifecycle.on('ready', (event) => resolve(event.slowest?.name)))
    let isReady = false
    void lifecycle.ready().then(() => {
      isReady = true
    })
    await clock.advance(100)
    expect(lifecycle.state).toBe('starting')
    expect(isReady).toBe(false)
    finish()
    await clock.advance(0)
    expect(lifecycle.state).toBe('ready')
    expect(isReady).toBe(true)
    expect(await slowest).toBe('migrate')
  })

  test('that end one after the other: the slowest is named, not the last', async () => {
    const { createLifecycle, clock } = createTestBench()
    const lifecycle = createLifecycle()
    const takes = (time: number) => () => new Promise((done) => void clock.after(time, done as () => void))
    lifecycle.startup('migrate', takes(10))
    void clock.after(8, () => lifecycle.startup('warm up', takes(5)))
    const slowest = new Promise((resolve) => lifecycle.on('ready', (event) => resolve(event.slowest)))
    void lifecycle.ready()
    await clock.advance(20)
    expect(await slowest).toMatchObject({ name: 'migrate', duration: 10 })
  })

  test('done before ready() do not make it ready', async () => {
    const { createLifecycle, clock } = createTestBench()
    const lifecycle = createLifecycle().startup('quick', () => {})
    await clock.advance(0)
    expect(lifecycle.state).toBe('starting')
  })

  test('one that fails ends the process with 1 and its name', async () => {
    const { createLifecycle, clock, process } = createTestBench()
    const lifecycle = createLifecycle()
    const report = new Promise((resolve) => lifecycle.on('stopped', resolve))
    lifecycle.startup('connect', () => Promise.reject(new Error('no database')))
    await clock.advance(0)
    expect(process.exitCode).toBe(1)
    expect(await report).toMatchObject({ reason: 'startup task "connect" failed', exitCode: 1 })
  })

  test("are told when the process is to go first, and their failure then is nobody's business", async () => {
    const { createLifecycle, clock, signal, process } = createTestBench()
    const lifecycle = createLifecycle()
    lifecycle.startup(
      'connect',
      (aborts) =>
        new Promise((_, reject) => aborts.addEventListener('abort', () => reject(new Error('aborted')))),
    )
    signal('SIGTERM')
    await clock.advance(0)
    expect(process.exitCode).toBe(0)
  })

  test('come too late once ready; checks once draining', async () => {
    const { createLifecycle } = createTestBench()
    const lifecycle = createLifecycle()
    await lifecycle.ready()
    const late = expect.objectContaining({ code: 'REGISTERED_TOO_LATE' })
    expect(() => lifecycle.startup('late', () => {})).toThrow(late)
    void lifecycle.stop()
    expect(() => lifecycle.check('late', () => true)).toThrow(late)
  })
})
