import { setMaxListeners } from 'node:events'
import type { Clock } from './clock.js'
import type { Coordinator } from './coordinator.js'
import { createDrain, type Drain } from './drain.js'
import type { Drainable } from './drainable.js'
import { LifecycleError } from './errors.js'
import { createEmitter } from './events.js'
import { createHolds } from './holds.js'
import type { Lifecycle } from './lifecycle.js'
import { logEvents } from './log-events.js'
import { consoleLogger, flushed } from './logger.js'
import type { LifecycleOptions } from './options.js'
import { makePlan } from './plan.js'
import type { Surroundings } from './platform.js'
import { createPreparations } from './preparations.js'
import { createProbeHub } from './probe-hub.js'
import { createTrafficFilter, type ProbeSettings } from './probes.js'
import type { Report } from './report.js'
import { kSeats, type Seats } from './seats.js'
import { resolveSettings } from './settings.js'
import { createStartupTasks } from './startup-tasks.js'
import { nextState, type State, type Transition } from './state.js'
import { createStopHooks } from './stop-hooks.js'
import { toDrainables } from './to-drainable.js'
import { startupFailureTrigger, type Trigger } from './trigger.js'
import { createWarnings } from './warnings.js'

/** What a lifecycle lives in: injected, so that a test can have its own. */
export interface LifecycleHost {
  readonly clock: Clock
  readonly coordinator: Coordinator
  readonly surroundings: Surroundings
}

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
  const servers = new Set<Drainable>()
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

  const warnings = createWarnings({
    platform: settings.platform,
    surroundings: host.surroundings,
    servers,
    foreignHandlers: coordinator.foreignHandlers,
    warn: (message) => emitter.emit('warning', { message }),
  })

  const planFor = (trigger: Pick<Trigger, 'window' | 'linger' | 'limit'>) =>
    makePlan(settings, {
      hasHooks: stopHooks.size > 0,
      window: trigger.window && state === 'ready' && [...servers].some(({ listening }) => listening),
      linger: trigger.linger && state === 'ready',
      ...(trigger.limit === undefined ? {} : { limit: trigger.limit }),
    })

  const preparations = createPreparations(clock, gate, () => drain)

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
      preparing: preparations.running,
      drains,
      rejectLate: settings.late === 'reject',
      forcedExitCode: settings.forcedExitCode,
      hooks: stopHooks.seal,
      closers: stopHooks.closers,
      abortCutoff: () => cutoff.abort(),
    })
    drain = begun
    drains.add(begun)
    begun.shorten(plan, deadline)
    const { reason, signal } = trigger
    emitter.emit('draining', { reason, ...(signal ? { signal } : {}), plan: begun.plan })
    if (signal) warnings.atTrigger()
    const report = begun.run()
    preparations.begin()
    draining.abort()
    return report.then((result) => {
      drains.delete(begun)
      gate.notify()
      move('finish')
      leave()
      emitter.emit('stopped', result)
      probes.close()
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
    emitter.emit('startupFinished', outcome)
    if (outcome.outcome === 'done') becomeReady()
    else coordinator.end(startupFailureTrigger(outcome.name))
  })

  const probes = createProbeHub({
    clock,
    settings: settings.probes,
    state: () => state,
    keepsReadiness: () => settings.readinessDuringDrain === 'keep' && drain !== undefined && !drain.isClosing,
    checkChanged: (name, ok, error) => emitter.emit('checkChanged', { name, ok, error }),
    failed(error) {
      emitter.emit('startupFinished', { name: 'probe server', duration: 0, outcome: 'failed', error })
      coordinator.end(startupFailureTrigger('probe server'))
    },
  })

  const attach = (server: unknown, own: ProbeSettings | undefined) => {
    const isTraffic = createTrafficFilter(own?.ignore ?? [])
    const { webSocketCloseCode } = settings
    const context = { clock, probes: probes.respond(own), isTraffic, webSocketCloseCode }
    for (const each of toDrainables(server, context)) {
      servers.add(each)
      drain?.include(each)
    }
  }

  if (logger) logEvents(emitter, logger)

  const leave = coordinator.join({
    get state() {
      return state
    },
    signals: settings.signals,
    stopsBySigint: settings.stopsBySigint,
    drainsOnCrash: settings.crash === 'drain',
    hearsMessages: settings.platform === 'pm2',
    gracePeriod: settings.gracePeriod,
    begin,
    ignored(signal) {
      emitter.emit('signalIgnored', { signal })
    },
    forced(exitCode) {
      if (drain !== undefined && state !== 'stopped') emitter.emit('stopped', drain.abandon(exitCode))
    },
    flush: () => flushed(logger),
  })

  const seats: Seats = {
    waiting: new Set(),
    probes: settings.probes,
    respond: probes.respond,
    attach,
    closeWith: stopHooks.addCloser,
  }

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
      attach(server, settings.probes)
      return lifecycle
    },
    onStop(name, fn, hookOptions = {}) {
      stopHooks.add({ name, fn, ...hookOptions })
      return lifecycle
    },
    startup(name, fn) {
      if (state !== 'starting') {
        throw new LifecycleError('ILLEGAL_TRANSITION', `startup("${name}") comes too late: already ${state}`)
      }
      startups.start(name, fn)
      return lifecycle
    },
    check(name, fn, checkOptions) {
      if (drain !== undefined) {
        throw new LifecycleError('ILLEGAL_TRANSITION', `check("${name}") comes too late: already ${state}`)
      }
      probes.checks.add(name, fn, checkOptions)
      return lifecycle
    },
    async ready() {
      if (wasCalledToStop && state !== 'ready') move('becomeReady')
      listens = true
      becomeReady()
      await gate.until(() => state !== 'starting')
    },
    stop({ reason = 'stop', window = false } = {}) {
      wasCalledToStop = stopped === undefined || wasCalledToStop
      const trigger = { reason, window, linger: window }
      return stopped ?? begin(trigger, clock.now() + planFor(trigger).deadline)
    },
    async [Symbol.asyncDispose]() {
      await lifecycle.stop({ reason: 'dispose' })
    },
    [kSeats]: seats,
  }
  // Not before whoever creates it can listen.
  process.nextTick(warnings.atStart)
  return lifecycle
}
