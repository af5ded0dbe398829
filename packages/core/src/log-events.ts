import { inspect } from 'node:util'
import type { Emitter } from './events.js'
import type { Logger } from './logger.js'
import { writeToStandardError } from './standard-error.js'

const ms = (duration: number) => `${Math.round(duration)} ms`
const some = (count: number, thing: string) => `${count} ${thing}${count === 1 ? '' : 's'}`

/** A logger that fails must not cost a request: its first failure is printed, and that is all. */
function guard(logger: Logger): Pick<Logger, 'info' | 'warn' | 'error'> {
  let hasFailed = false
  const guarded = (level: 'info' | 'warn' | 'error') => (details: object, message: string) => {
    try {
      logger[level](details, message)
    } catch (error) {
      if (!hasFailed) writeToStandardError(`lameduck: the logger failed on "${message}": ${inspect(error)}\n`)
      hasFailed = true
    }
  }
  return { info: guarded('info'), warn: guarded('warn'), error: guarded('error') }
}

/** Logs one structured line for each step of a lifecycle. */
export function logEvents({ on }: Pick<Emitter, 'on'>, unguarded: Logger): void {
  const logger = guard(unguarded)
  on('startupFinished', ({ error, ...task }) => {
    const { name, duration, outcome } = task
    const details = { step: 'startup', ...task }
    if (outcome === 'done') logger.info(details, `startup: "${name}" done after ${ms(duration)}`)
    else logger.error({ ...details, err: error }, `startup: "${name}" failed after ${ms(duration)}`)
  })
  on('ready', ({ duration, slowest }) => {
    const by = slowest ? `, the slowest startup task was "${slowest.name}" with ${ms(slowest.duration)}` : ''
    logger.info(
      { step: 'ready', duration, ...(slowest ? { slowest } : {}) },
      `ready after ${ms(duration)}${by}`,
    )
  })
  on('checkChanged', ({ name, ok, error }) => {
    if (ok) logger.info({ check: name }, `check "${name}" is well again`)
    else logger.warn({ check: name, err: error }, `check "${name}" fails: readiness is red`)
  })
  on('draining', ({ reason, signal, plan }) => {
    logger.info(
      { step: 'draining', reason, ...(signal ? { signal } : {}), plan },
      `${reason}: draining, gone in ${ms(plan.deadline)} at the latest`,
    )
  })
  on('signalIgnored', ({ signal }) => {
    logger.warn({ signal }, `${signal} again: already draining; SIGINT (Ctrl-C) forces`)
  })
  on('closing', (closing) => {
    const { duration, extended, inFlight, connections } = closing
    logger.info(
      { step: 'closing', ...closing },
      `window over after ${ms(duration)}${extended ? ' (extended: traffic was still routed here)' : ''}: closing listeners, ` +
        `${some(inFlight, 'request')} in flight on ${some(connections, 'connection')}`,
    )
  })
  on('cutoff', (cutoff) => {
    logger.warn(
      { step: 'cutoff', ...cutoff },
      `cutoff after ${ms(cutoff.duration)}: ${some(cutoff.inFlight, 'request')} and ${some(cutoff.holds.length, 'hold')} unfinished`,
    )
  })
  on('drained', (drained) => {
    logger.info(
      { step: 'drained', ...drained },
      `drained after ${ms(drained.duration)}, ${some(drained.finished, 'request')} finished meanwhile`,
    )
  })
  on('hookFinished', ({ error, ...hook }) => {
    const { name, duration, outcome } = hook
    const details = { step: 'hook', ...hook, ...(error === undefined ? {} : { err: error }) }
    if (outcome === 'done') logger.info(details, `"${name}" done after ${ms(duration)}`)
    else
      logger.error(
        details,
        `"${name}" ${outcome === 'failed' ? 'failed' : 'timed out'} after ${ms(duration)}`,
      )
  })
  on('warning', ({ message }) => {
    logger.warn({}, message)
  })
  on('stopped', (report) => {
    const { durations, exitCode, cut, clean } = report
    const summary = `stopped after ${ms(durations.total)}, ${some(cut.length, 'thing')} cut, exit code ${exitCode}`
    if (clean) logger.info({ step: 'stopped', report }, summary)
    else logger.error({ step: 'stopped', report }, summary)
  })
}
