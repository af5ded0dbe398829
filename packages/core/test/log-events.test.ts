import { expect, test, vi } from 'vitest'
import { createEmitter, type LifecycleEventName, type LifecycleEvents } from '../src/events/events.js'
import { logEvents } from '../src/events/log-events.js'
import { flushed, type Logger } from '../src/events/logger.js'
import { writeToStandardError } from '../src/events/standard-error.js'
import { makePlan } from '../src/options/plan.js'
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
  durations: { window: 0, closing: 0, inFlight: 0, cutoff: 0, hooks: 0, total: 12 },
  requests: { finished: 0, cut: 0 },
  connections: {},
  cut: [],
  unlisted: 0,
  hooks: [],
}
const cut = [{ kind: 'request', age: 5 }]

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
    { step: 'startup', name: 'db', duration: 3, outcome: 'done' },
  ],
  [
    'startupFinished',
    { name: 'db', duration: 3, outcome: 'failed', error },
    'error',
    'startup: "db" failed after 3 ms',
    { step: 'startup', name: 'db', duration: 3, outcome: 'failed', err: error },
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
    'draining',
    { reason: 'SIGTERM', signal: 'SIGTERM', plan },
    'info',
    'SIGTERM: draining, gone in 28000 ms at the latest',
    { step: 'draining', reason: 'SIGTERM', signal: 'SIGTERM', plan },
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
    { duration: 5000, extended: false, inFlight: 1, connections: 2 },
    'info',
    'window over after 5000 ms: closing listeners, 1 request in flight on 2 connections',
    { step: 'closing', duration: 5000, extended: false, inFlight: 1, connections: 2 },
  ],
  [
    'closing',
    { duration: 5000, extended: true, inFlight: 0, connections: 1 },
    'info',
    'window over after 5000 ms (extended: traffic was still routed here): closing listeners, 0 requests in flight on 1 connection',
    { step: 'closing', duration: 5000, extended: true, inFlight: 0, connections: 1 },
  ],
  [
    'cutoff',
    { duration: 7, inFlight: 2, holds: ['job'] },
    'warn',
    'cutoff after 7 ms: 2 requests and 1 hold unfinished',
    { step: 'cutoff', duration: 7, inFlight: 2, holds: ['job'] },
  ],
  [
    'drained',
    { duration: 8, finished: 3 },
    'info',
    'drained after 8 ms, 3 requests finished meanwhile',
    { step: 'drained', duration: 8, finished: 3 },
  ],
  [
    'hookFinished',
    { name: 'db', duration: 9, outcome: 'done' },
    'info',
    '"db" done after 9 ms',
    { step: 'hook', name: 'db', duration: 9, outcome: 'done' },
  ],
  [
    'hookFinished',
    { name: 'db', duration: 9, outcome: 'timed-out' },
    'error',
    '"db" timed out after 9 ms',
    { step: 'hook', name: 'db', duration: 9, outcome: 'timed-out' },
  ],
  [
    'hookFinished',
    { name: 'db', duration: 9, outcome: 'failed', error },
    'error',
    '"db" failed after 9 ms',
    { step: 'hook', name: 'db', duration: 9, outcome: 'failed', err: error },
  ],
  ['stopped', report, 'info', 'stopped after 12 ms, 0 things cut, exit code 0', { step: 'stopped', report }],
  [
    'stopped',
    { ...report, clean: false, exitCode: 1, cut },
    'error',
    'stopped after 12 ms, 1 thing cut, exit code 1',
    { step: 'stopped', report: { ...report, clean: false, exitCode: 1, cut } },
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

test('a logger that fails is told of once, and asked on', () => {
  const written = vi.mocked(writeToStandardError).mockClear()
  const emitter = createEmitter()
  const fail = vi.fn(() => {
    throw new Error('disk full')
  })
  logEvents(emitter, { info: fail, warn: fail, error: fail })
  emitter.emit('warning', { message: 'first' })
  emitter.emit('warning', { message: 'second' })
  expect(fail).toHaveBeenCalledTimes(2)
  expect(written.mock.calls).toEqual([[expect.stringMatching(/failed on "first": Error: disk full/)]])
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
