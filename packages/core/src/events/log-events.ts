import { inspect } from 'node:util'
import type { HookOutcome, Report } from '../drain/report.js'
import type { Plan } from '../options/plan.js'
import { type Emitter, eventNames, type LifecycleEventName, type LifecycleEvents } from './events.js'
import { consoleLogger, type Level, type Logger } from './logger.js'
import { plainError } from './plain-error.js'
import { finishedOf, ms, named, some, workOf } from './unfinished.js'

/** What is logged of an event: how loud, what, and in which details. */
type Line = readonly [level: Level, message: string, details: object]

/** Under a key of ours: `name` belongs to the service in pino's lines. */
const outcomeAs = (key: 'task' | 'hook', { error, ...outcome }: HookOutcome): object => ({
  [key]: outcome,
  ...(error === undefined ? {} : { err: error }),
})

/** The plan in whole milliseconds from the trigger; its points on the clock would only repeat them. */
const planned = ({ at: _, ...slices }: Plan): object =>
  JSON.parse(JSON.stringify(slices, (_key, value) => (typeof value === 'number' ? Math.round(value) : value)))

const hasError = (value: object): value is { error: unknown } => 'error' in value

const withPlainError = <T extends object>(value: T): T =>
  hasError(value) ? { ...value, error: plainError(value.error) } : value

/** The report as every logger can write it: no serializer looks into it for errors. */
const written = (report: Report): Report => ({
  ...withPlainError(report),
  hooks: report.hooks.map(withPlainError),
})

const textOf = (error: unknown) => (error instanceof Error ? error.message : inspect(error))

/** Why it ends, with what was thrown. */
const causeOf = (of: { readonly reason: string; readonly error?: unknown }) => {
  if (!hasError(of)) return of.reason
  const crash = `crash (${textOf(of.error)})`
  return of.reason === 'crash' ? crash : `${of.reason}, ${crash}`
}

/** Nothing that is named as cut or failed tells why the exit code is what it is. */
const needsCause = (report: Report) =>
  hasError(report) || (report.clean && report.exitCode !== 0 && report.signal === undefined)

const summary = (report: Report) => {
  const { cut, unlisted, hooks } = report
  const failed = hooks.filter(({ outcome }) => outcome !== 'done').map(({ name }) => `"${name}"`)
  const things = cut.length + unlisted
  return [
    ...(needsCause(report) ? [causeOf(report)] : []),
    things === 0 ? 'nothing cut' : `${some(things, 'thing')} cut (${named(cut, unlisted)})`,
    ...(failed.length > 0 ? [`${some(failed.length, 'hook')} failed (${failed.join(', ')})`] : []),
  ].join(', ')
}

/** One line for each step of a lifecycle. */
const lines: { readonly [Name in LifecycleEventName]: (payload: LifecycleEvents[Name]) => Line } = {
  planned: ({ plan }) => {
    const { platform, window, linger, cutoff, hooks, deadline } = plan
    const first = `window ${ms(window.min)} to ${ms(window.max)}, linger ${ms(linger)}`
    const last = `cutoff after ${ms(cutoff)}, hooks ${ms(hooks)}, gone after ${ms(deadline)}`
    return ['debug', `plan for ${platform}: ${first}, ${last}`, { step: 'planned', plan: planned(plan) }]
  },
  startupFinished: (task) => [
    task.outcome === 'done' ? 'info' : 'error',
    `startup: "${task.name}" ${task.outcome} after ${ms(task.duration)}`,
    { step: 'startup', ...outcomeAs('task', task) },
  ],
  ready: (ready) => {
    const { duration, slowest } = ready
    const by = slowest ? `, the slowest startup task was "${slowest.name}" with ${ms(slowest.duration)}` : ''
    return ['info', `ready after ${ms(duration)}${by}`, { step: 'ready', ...ready }]
  },
  checkChanged: ({ name, ok, error, details, probe }) => {
    if (ok) return ['info', `check "${name}" is well again`, { check: name }]
    const red = probe === 'livez' ? 'liveness' : 'readiness'
    return ['warn', `check "${name}" fails: ${red} is red`, { check: name, err: error ?? details }]
  },
  unready: ({ reason, over }) =>
    over
      ? ['info', `"${reason}" keeps readiness red no longer`, { unready: reason }]
      : ['warn', `unready, "${reason}": readiness is red until that is taken back`, { unready: reason }],
  draining: (draining) => [
    hasError(draining) ? 'error' : 'info',
    `${causeOf(draining)}: draining, gone in ${ms(draining.plan.deadline)} at the latest`,
    { step: 'draining', ...withPlainError(draining), plan: planned(draining.plan) },
  ],
  signalIgnored: ({ signal }) => [
    'warn',
    `${signal} again: already draining; SIGINT (Ctrl-C) forces`,
    { signal },
  ],
  deferred: (deferred) => ['debug', `run last, after onStop: ${deferred.handlers.join('; ')}`, deferred],
  closing: (closing) => {
    const { duration, extended, work, connections } = closing
    const by = extended ? ' (extended: traffic was still routed here)' : ''
    const left = `${workOf(work) || 'nothing'} in flight, ${some(connections, 'connection')} open`
    const message = `closing listeners after ${ms(duration)}${by}: ${left}`
    return ['info', message, { step: 'closing', ...closing }]
  },
  cutoff: (cutoff) => {
    const { duration, work, unfinished, unlisted } = cutoff
    const left = `${workOf(work)} unfinished: ${named(unfinished, unlisted)}`
    return ['warn', `cutoff after ${ms(duration)}, ${left}`, { step: 'cutoff', ...cutoff }]
  },
  drained: (drained) => [
    'info',
    `drained after ${ms(drained.duration)}, ${finishedOf(drained.work)} finished meanwhile`,
    { step: 'drained', ...drained },
  ],
  hookFinished: (hook) => [
    hook.outcome === 'done' ? 'info' : 'error',
    `hook "${hook.name}" ${hook.outcome.replace('-', ' ')} after ${ms(hook.duration)}`,
    { step: 'hook', ...outcomeAs('hook', hook) },
  ],
  stopped: (report) => [
    report.clean && !hasError(report) ? 'info' : 'error',
    `stopped after ${ms(report.durations.total)}, ${summary(report)}, exit code ${report.exitCode}`,
    { step: 'stopped', report: written(report) },
  ],
  warning: ({ message }) => ['warn', message, {}],
}

/** The steps in between, which nobody needs of a drain that no signal, message or crash has started: of tests, mostly. */
const between: ReadonlySet<LifecycleEventName> = new Set(['closing', 'drained', 'hookFinished'])

/** Logs what a lifecycle tells. A logger that fails must not cost a request: its first failure is told, and what it does not take goes to the console. */
export function logEvents(
  { on }: Pick<Emitter, 'on'>,
  logger: Logger,
  fallback: Logger = consoleLogger(),
): void {
  let hasFailed = false
  let isByHand = false
  const log = ([level, message, details]: Line) => {
    try {
      logger[level]?.(details, message)
    } catch (error) {
      if (!hasFailed)
        fallback.warn({}, `the logger failed (${textOf(error)}): what it does not take goes to the console`)
      hasFailed = true
      fallback[level]?.(details, message)
    }
  }
  const observe = <Name extends LifecycleEventName>(event: Name) =>
    on(event, (payload) => {
      const [level, message, details] = lines[event](payload)
      log([isByHand && level === 'info' && between.has(event) ? 'debug' : level, message, details])
    })
  on('draining', ({ byHand }) => {
    isByHand = byHand
  })
  for (const event of eventNames) observe(event)
}
