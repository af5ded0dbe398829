import { expect, test, vi } from 'vitest'
import { createEmitter, type LifecycleEventName, type LifecycleEvents } from '../src/events/events.js'
import { logEvents } from '../src/events/log-events.js'
import { flushed, type Logger } from '../src/events/logger.js'
import { writeToStandardError } from '../src/events/standard-error.js'
import { anchor, makePlan } from '../src/options/plan.js'
import { resolveSettings } from '../src/options/settings.js'
import { createTestBench } from '../src/testing/index.js'

vi.mock('../src/events/standard-error.js', () => ({ writeToStandardError: vi.fn() }))

const plan = makePlan(
  resolveSettings({ platform: 'kubernetes' }, { env: {}, isTerminal: false, isContainer: false }),
  { hasHooks: true, window: true, linger: true },
)
const error = new Error('why')
const report: LifecycleEvents['stopped'] = {
  reason: 'SIGTERM',
  exitCode: 0,
  clean: true,
  durations: { window: 0, linger: 0, closing: 0, inFlight: 0, cutoff: 0, hooks: 0, total: 12 },
  requests: { finished: 0, cut: 0 },
  connections: {},
  cut: [],
  unlisted: 0,
  hooks: [],
}
const cut = [{ kind: 'upgraded', method: 'GET', path: '/feed', age: 5 }]
const hooks = [{ name: 'db', duration: 3, outcome: 'failed', error }] as const
const { message, stack } = error
const writtenHooks = [{ ...hooks[0], error: { name: 'Error', message, stack } }]
const unfinished = {
  duration: 7,
  inFlight: 4,
  holds: ['job'],
  work: { hold: 1, request: 2, grpc: 1, upgraded: 1 },
  unfinished: [
    { kind: 'hold', name: 'job', age: 4 },
    { kind: 'request', method: 'POST', path: '/slow', age: 5 },
    { kind: 'grpc', path: '/pkg.Service/Get', age: 6 },
    { kind: 'request', method: 'GET', path: '/slow', age: 7 },
    { kind: 'upgraded', method: 'GET', path: '/feed', age: 8 },
  ],
  unlisted: 5,
}

type Case = {
  [Name in LifecycleEventName]: readonly [Name, LifecycleEvents[Name], string, string, object]
}[LifecycleEventName]

const cases: readonly Case[] = [
  [
    'planned',
    { plan },
    'debug',
    'plan for kubernetes: window 5000 ms to 10000 ms, linger 5000 ms, cutoff after 23000 ms, hooks 4000 ms, gone after 28000 ms',
    { step: 'planned', plan },
  ],
  [
    'startupFinished',
    { name: 'db', duration: 3, outcome: 'done' },
    'info',
    'startup: "db" done after 3 ms',
    { step: 'startup', task: { name: 'db', duration: 3, outcome: 'done' } },
  ],
  [
    'startupFinished',
    { name: 'db', duration: 3, outcome: 'failed', error },
    'error',
    'startup: "db" failed after 3 ms',
    { step: 'startup', task: { name: 'db', duration: 3, outcome: 'failed' }, err: error },
  ],
  ['ready', { duration: 4 }, 'info', 'ready after 4 ms', { step: 'ready', duration: 4 }],
  [
    'ready',
    { duration: 4, slowest: { name: 'db', duration: 3, outcome: 'done' } },
    'info',
    'ready after 4 ms, the slowest startup task was "db" with 3 ms',
    { step: 'ready', duration: 4, slowest: { name: 'db', duration: 3, outcome: 'done' } },
  ],
  [
    'checkChanged',
    { name: 'db', ok: true, probe: 'readyz' },
    'info',
    'check "db" is well again',
    { check: 'db' },
  ],
  [
    'checkChanged',
    { name: 'db', ok: false, error, probe: 'readyz' },
    'warn',
    'check "db" fails: readiness is red',
    { check: 'db', err: error },
  ],
  [
    'checkChanged',
    { name: 'disk', ok: false, details: { full: true }, probe: 'livez' },
    'warn',
    'check "disk" fails: liveness is red',
    { check: 'disk', err: { full: true } },
  ],
  [
    'unready',
    { reason: 'migration', over: false },
    'warn',
    'unready, "migration": readiness is red until that is taken back',
    { unready: 'migration' },
  ],
  [
    'unready',
    { reason: 'migration', over: true },
    'info',
    '"migration" keeps readiness red no longer',
    { unready: 'migration' },
  ],
  [
    'draining',
    { reason: 'SIGTERM', signal: 'SIGTERM', plan: anchor(plan, 1767323045678.25), byHand: false },
    'info',
    'SIGTERM: draining, gone in 28000 ms at the latest',
    { step: 'draining', reason: 'SIGTERM', signal: 'SIGTERM', plan, byHand: false },
  ],
  [
    'draining',
    { reason: 'crash', error, plan: anchor(plan, 1767323045678.25), byHand: false },
    'error',
    'crash (why): draining, gone in 28000 ms at the latest',
    { step: 'draining', reason: 'crash', error: { name: 'Error', message, stack }, plan, byHand: false },
  ],
  [
    'signalIgnored',
    { signal: 'SIGTERM' },
    'warn',
    'SIGTERM again: already draining; SIGINT (Ctrl-C) forces',
    { signal: 'SIGTERM' },
  ],
  [
    'closing',
    { duration: 5000, extended: false, inFlight: 2, connections: 2, work: { request: 1, upgraded: 1 } },
    'info',
    'closing listeners after 5000 ms: 1 request and 1 upgraded connection in flight, 2 connections open',
    {
      step: 'closing',
      duration: 5000,
      extended: false,
      inFlight: 2,
      connections: 2,
      work: { request: 1, upgraded: 1 },
    },
  ],
  [
    'closing',
    { duration: 5000, extended: true, inFlight: 0, connections: 1, work: {} },
    'info',
    'closing listeners after 5000 ms (extended: traffic was still routed here): nothing in flight, 1 connection open',
    { step: 'closing', duration: 5000, extended: true, inFlight: 0, connections: 1, work: {} },
  ],
  [
    'cutoff',
    unfinished,
    'warn',
    'cutoff after 7 ms, 1 hold, 2 requests, 1 call and 1 upgraded connection unfinished: hold "job" after 4 ms, POST /slow after 5 ms, call /pkg.Service/Get after 6 ms, and 7 more',
    { step: 'cutoff', ...unfinished },
  ],
  [
    'drained',
    { duration: 8, finished: 4, work: { http: 2, http2: 1, grpc: 1 } },
    'info',
    'drained after 8 ms, 3 requests and 1 call finished meanwhile',
    { step: 'drained', duration: 8, finished: 4, work: { http: 2, http2: 1, grpc: 1 } },
  ],
  [
    'hookFinished',
    { name: 'db', duration: 9, outcome: 'done' },
    'info',
    'hook "db" done after 9 ms',
    { step: 'hook', hook: { name: 'db', duration: 9, outcome: 'done' } },
  ],
  [
    'hookFinished',
    { name: 'db', duration: 9, outcome: 'timed-out' },
    'error',
    'hook "db" timed out after 9 ms',
    { step: 'hook', hook: { name: 'db', duration: 9, outcome: 'timed-out' } },
  ],
  [
    'hookFinished',
    { name: 'db', duration: 9, outcome: 'failed', error },
    'error',
    'hook "db" failed after 9 ms',
    { step: 'hook', hook: { name: 'db', duration: 9, outcome: 'failed' }, err: error },
  ],
  ['stopped', report, 'info', 'stopped after 12 ms, nothing cut, exit code 0', { step: 'stopped', report }],
  [
    'stopped',
    { ...report, clean: false, exitCode: 1, cut, hooks },
    'error',
    'stopped after 12 ms, 1 thing cut (upgraded connection GET /feed after 5 ms), 1 hook failed ("db"), exit code 1',
    { step: 'stopped', report: { ...report, clean: false, exitCode: 1, cut, hooks: writtenHooks } },
  ],
  [
    'stopped',
    { ...report, reason: 'crash', exitCode: 1, error },
    'error',
    'stopped after 12 ms, crash (why), nothing cut, exit code 1',
    {
      step: 'stopped',
      report: { ...report, reason: 'crash', exitCode: 1, error: { name: 'Error', message, stack } },
    },
  ],
  [
    'stopped',
    { ...report, signal: 'SIGTERM', exitCode: 1, error: 'a text' },
    'error',
    "stopped after 12 ms, SIGTERM, crash ('a text'), nothing cut, exit code 1",
    { step: 'stopped', report: { ...report, signal: 'SIGTERM', exitCode: 1, error: 'a text' } },
  ],
  [
    'stopped',
    { ...report, reason: 'startup task "db" failed', exitCode: 1 },
    'info',
    'stopped after 12 ms, startup task "db" failed, nothing cut, exit code 1',
    { step: 'stopped', report: { ...report, reason: 'startup task "db" failed', exitCode: 1 } },
  ],
  ['warning', { message: 'mend this' }, 'warn', 'mend this', {}],
]

for (const [event, payload, level, message, details] of cases) {
  test(`${event} is logged: ${message} (A11)`, () => {
    const lines: unknown[] = []
    const at = (name: string) => (given: object, text: string) => lines.push([name, text, given])
    const emitter = createEmitter()
    logEvents(emitter, { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') })
    emitter.emit(event, payload)
    expect(lines).toEqual([[level, message, details]])
  })
}

test('a logger that fails is told of once, and asked on; the console has what it does not take', () => {
  const written = vi.mocked(writeToStandardError).mockClear()
  const emitter = createEmitter()
  const fail = vi.fn(() => {
    throw new Error('disk full')
  })
  logEvents(emitter, { info: fail, warn: fail, error: fail })
  emitter.emit('warning', { message: 'first' })
  emitter.emit('warning', { message: 'second' })
  expect(fail).toHaveBeenCalledTimes(2)
  expect(written.mock.calls).toEqual(
    [/the logger failed \(disk full\)/, /first/, /second/].map((text) => [expect.stringMatching(text)]),
  )
})

test('the plan is told once, when hooks are known, and a logger without debug is fine', async () => {
  const { createLifecycle } = createTestBench()
  const plans: object[] = []
  const nothing = () => {}
  const logger: Logger = { info: nothing, warn: nothing, error: nothing }
  createLifecycle({ platform: 'kubernetes', logger })
  createLifecycle({
    platform: 'kubernetes',
    logger: { ...logger, debug: (details) => plans.push(details) },
  }).onStop('db', nothing)
  await new Promise(setImmediate)
  expect(plans).toEqual([{ step: 'planned', plan }])
})

test('a logger that can flush is waited for, if it says when it has', async () => {
  const nothing = () => {}
  const log = { info: nothing, warn: nothing, error: nothing }
  const calls: string[] = []
  await flushed(false)
  await flushed(log)
  await flushed({ ...log, flush: () => calls.push('told') })
  let done = nothing
  const flush = (tell = nothing) => {
    done = tell
  }
  const waiting = flushed({ ...log, flush: (tell) => flush(tell) }).then(() => calls.push('waited'))
  await new Promise(setImmediate)
  expect(calls).toEqual(['told'])
  done()
  await waiting
  expect(calls).toEqual(['told', 'waited'])
})

test('a drain that code has asked for takes two lines, unless something went wrong', () => {
  const said: string[] = []
  const at = (level: string) => (_: object, text: string) => said.push(`${level} ${text}`)
  const emitter = createEmitter()
  logEvents(emitter, { info: at('info'), warn: at('warn'), error: at('error') })
  emitter.emit('draining', { reason: 'stop', plan, byHand: true })
  emitter.emit('closing', { duration: 0, extended: false, inFlight: 0, connections: 0, work: {} })
  emitter.emit('drained', { duration: 1, finished: 0, work: {} })
  emitter.emit('hookFinished', { name: 'cache', duration: 1, outcome: 'done' })
  emitter.emit('stopped', report)
  expect(said).toEqual([
    expect.stringMatching(/^info stop: draining/),
    expect.stringMatching(/^info stopped/),
  ])
  emitter.emit('hookFinished', { name: 'db', duration: 1, outcome: 'failed', error })
  expect(said.at(-1)).toBe('error hook "db" failed after 1 ms')
})

test('a plan is logged in whole milliseconds, without points on the clock', () => {
  const plans: object[] = []
  const emitter = createEmitter()
  const log = (details: object) => plans.push(details)
  logEvents(emitter, { info: log, warn: log, error: log })
  const odd = { ...plan, cutoff: 22999.6, window: { ...plan.window, min: 1333.4 } }
  emitter.emit('draining', { reason: 'SIGTERM', plan: anchor(odd, 1767323045678.25), byHand: false })
  expect(plans).toMatchObject([{ plan: { cutoff: 23000, window: { min: 1333 } } }])
  expect(JSON.stringify(plans)).not.toMatch(/"at"|\d\.\d/)
})
