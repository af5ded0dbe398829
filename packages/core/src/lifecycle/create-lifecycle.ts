import { setMaxListeners } from 'node:events'
import type { Clock } from '../clock.js'
import { createDrain, type Drain } from '../drain/drain.js'
import { createHolds } from '../drain/holds.js'
import type { HookOutcome, Report } from '../drain/report.js'
import { createStopHooks } from '../drain/stop-hooks.js'
import { startupFailureTrigger, type Trigger } from '../drain/trigger.js'
import { LifecycleError } from '../errors.js'
import { createEmitter } from '../events/events.js'
import { logEvents } from '../events/log-events.js'
import { consoleLogger, flushed } from '../events/logger.js'
import { warnOfDoubts } from '../options/doubts.js'
import type { LifecycleOptions } from '../options/options.js'
import { makePlan } from '../options/plan.js'
import type { Surroundings } from '../options/platform.js'
import { demand, flag, objectOf, text } from '../options/rules.js'
import { resolveSettings } from '../options/settings.js'
import { createChecks } from '../probes/checks.js'
import { createProbeHub } from '../probes/probe-hub.js'
import type { Coordinator } from '../process/coordinator.js'
import { createWarnings } from '../process/warnings.js'
import { createAttachments } from '../servers/attachments.js'
import type { Lifecycle } from './lifecycle.js'
import { createPreparations } from './preparations.js'
import { kSeats, type Seats } from './seats.js'
import { createStartupTasks } from './startup-tasks.js'
import { nextState, type State, type Transition } from './state.js'

/** What a lifecycle lives in: injected, so that a test can have its own. */
export interface LifecycleHost {
  readonly clock: Clock
  readonly coordinator: Coordinator
  readonly surroundings: Surroundings
}

const stopRule = objectOf({ reason: text, window: flag })

/** Creates a lifecycle in a host of the caller's. */
export function createLifecycleIn(host: LifecycleHost, options: LifecycleOptions = {}): Lifecycle {
  const { clock, coordinator } = host
  const { gate, drains } = coordinator
  const settings = resolveSettings(options, host.surroundings)
  const logger = settings.logger ?? consoleLogger()
  const emitter = createEmitter()
  const createdAt = clock.now()
  const draining = new AbortController()
  const cutoff = new AbortController()
  setMaxListeners(0, draining.signal, cutoff.signal)
  const holds = createHolds(clock, gate.notify)
  const stopHooks = createStopHooks()
  let state: State = 'starting'
  let drain: Drain | undefined
  let stopped: Promise<Report> | undefined
  let wasCalledToStop = false
  let listens = false

  const move = (transition: Transition) => {
    const next = nextState(state, transition)
    if (next === undefined) {
      throw new LifecycleError('ILLEGAL_TRANSITION', `cannot ${transition} while ${state}`)
    }
    state = next
  }

  const refuseLate = (isLate: boolean, what: string) => {
    if (!isLate) return
    throw new LifecycleError('REGISTERED_TOO_LATE', `${what} comes too late: already ${state}`)
  }

  const failStartup = (outcome: HookOutcome) => {
    emitter.emit('startupFinished', outcome)
    coordinator.end(startupFailureTrigger(outcome.name))
  }

  const checks = createChecks(clock, (name, ok, error) => emitter.emit('checkChanged', { name, ok, error }))
  const keepsReadiness = () => settings.readinessDuringDrain === 'keep' && drain?.isInWindow === true
  const probes = createProbeHub({ checks, state: () => state, keepsReadiness }, settings.probes, (error) =>
    failStartup({ name: 'probe server', duration: 0, outcome: 'failed', error }),
  )
  const attachments = createAttachments({ clock, probes, settings, drain: () => drain })
  const servers = attachments.open
  const byHand = new WeakSet<object>()

  const warn = (message: string) => emitter.emit('warning', { message })
  const warnings = createWarnings(settings.platform, host.surroundings, servers, coordinator, warn)

  const planFor = (trigger: Pick<Trigger, 'window' | 'linger' | 'limit' | 'byMessage'>) =>
    makePlan(trigger.byMessage ? { ...settings, ...settings.byMessage } : settings, {
      hasHooks: stopHooks.size > 0,
      window: trigger.window && state === 'ready' && [...servers].some(({ listening }) => listening),
      linger: trigger.linger && state === 'ready',
      limit: trigger.limit,
    })

  const preparations = createPreparations(clock, gate)

  const start = (trigger: Trigger, deadline: number): Promise<Report> => {
    const plan = planFor(trigger)
    move('drain')
    const begun = createDrain({
      clock,
      gate,
      emitter,
      trigger,
      plan,
      servers,
      holds,
      settings,
      preparing: preparations.running,
      stopHooks,
      drains,
      cutoff,
    })
    drain = begun
    drains.add(begun)
    begun.shorten(plan, deadline)
    const { reason, signal } = trigger
    emitter.emit('draining', { reason, ...(signal ? { signal } : {}), plan: begun.plan })
    if (signal) warnings.atTrigger()
    const report = begun.run()
    preparations.begin(begun)
    draining.abort()
    return report.then((result) => {
      drains.delete(begun)
      gate.notify()
      move('finish')
      leave()
      emitter.emit('stopped', result)
      if (!coordinator.isEnding) probes.close()
      return result
    })
  }

  const begin = (trigger: Trigger, deadline: number): Promise<Report> => {
    if (stopped === undefined) stopped = start(trigger, deadline)
    else {
      drain?.shorten(planFor(trigger), deadline)
      if (!trigger.window) drain?.hurry()
    }
    return stopped
  }

  const becomeReady = () => {
    if (state !== 'starting' || !listens || startups.pending > 0) return
    move('becomeReady')
    const { slowest } = startups
    emitter.emit('ready', { duration: Math.round(clock.now() - createdAt), ...(slowest ? { slowest } : {}) })
    warnings.atReady()
    coordinator.becameReady()
    gate.notify()
  }

  const startups = createStartupTasks(clock, draining.signal, (outcome) => {
    if (drain !== undefined) return
    if (outcome.outcome !== 'done') return failStartup(outcome)
    emitter.emit('startupFinished', outcome)
    becomeReady()
  })

  if (logger) logEvents(emitter, logger)

  const leave = coordinator.join({
    get state() {
      return state
    },
    settings,
    begin,
    ignored: (signal) => emitter.emit('signalIgnored', { signal }),
    forced(exitCode) {
      if (drain !== undefined && state !== 'stopped') emitter.emit('stopped', drain.abandon(exitCode))
    },
    flush: () => flushed(logger),
  })

  const lifecycle: Lifecycle & { [kSeats]: Seats } = {
    get state() {
      return state
    },
    get plan() {
      return drain?.plan ?? makePlan(settings, { hasHooks: stopHooks.size > 0, window: true, linger: true })
    },
    signal: draining.signal,
    cutoff: cutoff.signal,
    onDrain: preparations.add,
    hold: holds.take,
    on: emitter.on,
    attach(server) {
      attachments.attach(server, settings.probes)
      byHand.add(server)
      return lifecycle
    },
    onStop(name, fn, hookOptions) {
      stopHooks.add(name, fn, hookOptions)
      return lifecycle
    },
    startup(name, fn) {
      refuseLate(state !== 'starting', `startup("${name}")`)
      startups.start(name, fn)
      return lifecycle
    },
    check(name, fn, checkOptions) {
      refuseLate(drain !== undefined, `check("${name}")`)
      checks.add(name, fn, checkOptions)
      return lifecycle
    },
    async ready() {
      if (wasCalledToStop && state !== 'ready') move('becomeReady')
      listens = true
      becomeReady()
      await gate.until(() => state !== 'starting')
    },
    stop(stopOptions = {}) {
      demand('OPTION_INVALID', 'stop', stopRule, stopOptions)
      const { reason = 'stop', window = false } = stopOptions
      wasCalledToStop = stopped === undefined || wasCalledToStop
      const trigger = { reason, window, linger: window }
      return stopped ?? begin(trigger, clock.now() + planFor(trigger).deadline)
    },
    async [Symbol.asyncDispose]() {
      await lifecycle.stop({ reason: 'dispose' })
    },
    [kSeats]: {
      waiting: new Set(),
      clock,
      probes: settings.probes,
      signals: settings.signals,
      respond: probes.respond,
      attach: attachments.attach,
      answers: attachments.answers,
      isByHand: (server) => byHand.has(server),
      warn,
      closeWith: stopHooks.addCloser,
    },
  }
  // Not before whoever creates it can listen.
  process.nextTick(() => {
    warnings.atStart()
    warnOfDoubts(options, host.surroundings.env, coordinator.said, warn)
    emitter.emit('planned', { plan: lifecycle.plan })
  })
  return lifecycle
}
