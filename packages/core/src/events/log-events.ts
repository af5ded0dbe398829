import { inspect } from 'node:util'
import { type Emitter, eventNames, type LifecycleEventName, type LifecycleEvents } from './events.js'
import type { Level, Logger } from './logger.js'
import { writeToStandardError } from './standard-error.js'

const ms = (duration: number) => `${Math.round(duration)} ms`
const some = (count: number, thing: string) => `${count} ${thing}${count === 1 ? '' : 's'}`

/** What is logged of an event: how loud, what, and in which details. */
type Line = readonly [level: Level, message: string, details: object]

const withError = ({ error, ...details }: { error?: unknown }): object =>
  error === undefined ? details : { ...details, err: error }

/** One line for each step of a lifecycle. */
const lines: { readonly [Name in LifecycleEventName]: (payload: LifecycleEvents[Name]) => Line } = {
  planned: ({ plan }) => {
    const { platform, window, linger, cutoff, hooks, deadline } = plan
    const first = `window ${ms(window.min)} to ${ms(window.max)}, linger ${ms(linger)}`
    const last = `cutoff after ${ms(cutoff)}, hooks ${ms(hooks)}, gone after ${ms(deadline)}`
    return ['debug', `plan for ${platform}: ${first}, ${last}`, { step: 'planned', plan }]
  },
  startupFinished: (task) => [
    task.outcome === 'done' ? 'info' : 'error',
    `startup: "${task.name}" ${task.outcome} after ${ms(task.duration)}`,
    { step: 'startup', ...withError(task) },
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
    'info',
    `${draining.reason}: draining, gone in ${ms(draining.plan.deadline)} at the latest`,
    { step: 'draining', ...draining },
  ],
  signalIgnored: ({ signal }) => [
    'warn',
    `${signal} again: already draining; SIGINT (Ctrl-C) forces`,
    { signal },
  ],
  closing: (closing) => {
    const { duration, extended, inFlight, connections } = closing
    const by = extended ? ' (extended: traffic was still routed here)' : ''
    const left = `${some(inFlight, 'request')} in flight on ${some(connections, 'connection')}`
    const message = `window over after ${ms(duration)}${by}: closing listeners, ${left}`
    return ['info', message, { step: 'closing', ...closing }]
  },
  cutoff: (cutoff) => {
    const left = `${some(cutoff.inFlight, 'request')} and ${some(cutoff.holds.length, 'hold')}`
    return ['warn', `cutoff after ${ms(cutoff.duration)}: ${left} unfinished`, { step: 'cutoff', ...cutoff }]
  },
  drained: (drained) => [
    'info',
    `drained after ${ms(drained.duration)}, ${some(drained.finished, 'request')} finished meanwhile`,
    { step: 'drained', ...drained },
  ],
  hookFinished: (hook) => [
    hook.outcome === 'done' ? 'info' : 'error',
    `"${hook.name}" ${hook.outcome.replace('-', ' ')} after ${ms(hook.duration)}`,
    { step: 'hook', ...withError(hook) },
  ],
  stopped: (report) => [
    report.clean ? 'info' : 'error',
    `stopped after ${ms(report.durations.total)}, ${some(report.cut.length + report.unlisted, 'thing')} cut, exit code ${report.exitCode}`,
    { step: 'stopped', report },
  ],
  warning: ({ message }) => ['warn', message, {}],
}

/** Logs what a lifecycle tells. A logger that fails must not cost a request: its first failure is printed, and that is all. */
export function logEvents({ on }: Pick<Emitter, 'on'>, logger: Logger): void {
  let hasFailed = false
  const log = ([level, message, details]: Line) => {
    try {
      logger[level]?.(details, message)
    } catch (error) {
      if (!hasFailed) writeToStandardError(`lameduck: the logger failed on "${message}": ${inspect(error)}\n`)
      hasFailed = true
    }
  }
  const observe = <Name extends LifecycleEventName>(event: Name) =>
    on(event, (payload) => log(lines[event](payload)))
  for (const event of eventNames) observe(event)
}
