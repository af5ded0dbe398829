import { type Clock, nextTick } from '../clock.js'
import type { HookOutcome } from '../drain/report.js'
import { startupFailureTrigger } from '../drain/trigger.js'
import { LifecycleError } from '../errors.js'
import { createEmitter } from '../events/events.js'
import { logEvents } from '../events/log-events.js'
import { consoleLogger, flushed } from '../events/logger.js'
import { inPinosOrder } from '../events/winston.js'
import { warnOfDoubts } from '../options/doubts.js'
import type { LifecycleOptions } from '../options/options.js'
import type { Surroundings } from '../options/platform.js'
import { demand, oneOf } from '../options/rules.js'
import { resolveSettings } from '../options/settings.js'
import { createProbeHub } from '../probes/probe-hub.js'
import type { Coordinator } from '../process/coordinator.js'
import type { Member } from '../process/member.js'
import { createWarnings } from '../process/warnings.js'
import { createAttachments } from '../servers/attachments.js'
import { createAborts } from './aborts.js'
import { createDraining } from './draining.js'
import type { Lifecycle } from './lifecycle.js'
import { createReadiness } from './readiness.js'
import { kSeats, type Seats } from './seats.js'
import { createStartupTasks } from './startup-tasks.js'
import { nextState, type State, type Transition } from './state.js'
import { readStop, warnOfWaitingForOneself } from './stop-call.js'
import { createTies } from './ties.js'

/** What a lifecycle lives in: injected, so that a test can have its own. */
export interface LifecycleHost {
  readonly clock: Clock
  readonly coordinator: Coordinator
  readonly surroundings: Surroundings
}

/** Creates a lifecycle in a host of the caller's. */
export function createLifecycleIn(host: LifecycleHost, options: LifecycleOptions = {}): Lifecycle {
  const { clock, coordinator } = host
  const { gate } = coordinator
  const settings = resolveSettings(options, host.surroundings)
  const logger = settings.logger ?? consoleLogger()
  const emitter = createEmitter()
  const createdAt = clock.now()
  let state: State = 'starting'
  let wasCalledToStop = false
  let listens = false

  const move = (transition: Transition) => {
    const next = nextState(state, transition)
    if (next === undefined) {
      const what =
        transition === 'becomeReady'
          ? 'become ready: stop() was called, and this lifecycle is'
          : `${transition} while`
      throw new LifecycleError('ILLEGAL_TRANSITION', `cannot ${what} ${state}`)
    }
    state = next
  }

  const refuseLate = (isLate: boolean, what: string) => {
    if (isLate) throw new LifecycleError('REGISTERED_TOO_LATE', `${what} comes too late: already ${state}`)
  }

  const failStartup = (outcome: HookOutcome) => {
    emitter.emit('startupFinished', outcome)
    coordinator.end(startupFailureTrigger(outcome.name))
  }

  const warn = (message: string) => emitter.emit('warning', { message })
  const { checks, unready, judge } = createReadiness(clock, emitter, {
    state: () => state,
    keepsReadiness: () => settings.readinessDuringDrain === 'keep' && draining.drain?.isInWindow === true,
  })
  const probes = createProbeHub(judge, settings.probes, {
    listening: () => becomeReady(),
    failed: (error) => failStartup({ name: 'probe server', duration: 0, outcome: 'failed', error }),
    warn,
  })
  // A server may serve again after a drain that is over.
  const isOver = () => state === 'stopped' && !coordinator.isEnding
  const attachments = createAttachments({ clock, probes, settings, drain: () => draining.drain, isOver })
  const servers = attachments.open
  const byHand = new WeakSet<object>()
  const isReadinessAwaited = settings.hearsMessages || settings.probes?.port !== undefined
  const warnings = createWarnings(settings.platform, host.surroundings, attachments, coordinator, warn)

  const draining = createDraining({
    clock,
    coordinator,
    emitter,
    settings,
    servers,
    forgottenServers: host.surroundings.forgottenServers ?? (() => []),
    state: () => state,
    begun(trigger) {
      if (trigger.signal) warnings.atTrigger(listens)
    },
    move,
    finished() {
      if (farewell.isOver) leave()
      else void farewell.settled().then(leave)
    },
    told() {
      if (!coordinator.isEnding) probes.close()
    },
  })
  const { stopHooks, farewell } = draining
  emitter.on('cutoff', warnings.atCutoff)

  const becomeReady = () => {
    if (state !== 'starting' || !listens || startups.pending > 0 || !probes.isUp) return
    move('becomeReady')
    const { slowest } = startups
    emitter.emit('ready', { duration: Math.round(clock.now() - createdAt), ...(slowest ? { slowest } : {}) })
    warnings.atReady()
    coordinator.becameReady()
    gate.notify()
  }

  const startups = createStartupTasks(clock, draining.signal, (outcome) => {
    if (draining.drain !== undefined) return
    if (outcome.outcome !== 'done') return failStartup(outcome)
    emitter.emit('startupFinished', outcome)
    becomeReady()
  })

  if (logger) logEvents(emitter, inPinosOrder(logger))

  const member: Member = {
    get state() {
      return state
    },
    settings,
    async begin(trigger, deadline) {
      const report = await draining.begin(trigger, deadline)
      const isCut = !farewell.isOver && (await farewell.over(deadline))
      return isCut ? { ...report, clean: false, exitCode: settings.forcedExitCode } : report
    },
    ignored: (signal) => emitter.emit('signalIgnored', { signal }),
    except(request) {
      const found = state === 'draining' ? attachments.except(request) : []
      found.forEach(farewell.except)
      return found.length > 0
    },
    deferred: (signal, handlers) => emitter.emit('deferred', { signal, handlers }),
    absorbs: createAborts(clock, [draining.signal, draining.cutoff], warn),
    forced: draining.abandon,
    flush: () => flushed(logger),
    // A function of its own would hold this lifecycle, and a logger its application.
    standIn: createLifecycleIn.bind(null, host, { ...options, logger: options.logger && undefined }),
  }
  const leave = coordinator.join(member)
  const ties = createTies(member, (isKept) => coordinator.keep(member, isKept))
  if (isReadinessAwaited) ties.tie()

  const attach: Seats['attach'] = (server, probeSettings) => {
    attachments.attach(server, probeSettings)
    ties.serve(server)
  }

  const lifecycle: Lifecycle & { [kSeats]: Seats } = {
    get state() {
      return state
    },
    get plan() {
      return draining.plan
    },
    get signal() {
      return ties.tiedBy(draining.signal)
    },
    get cutoff() {
      return ties.tiedBy(draining.cutoff)
    },
    onDrain: (fn) => ties.tiedBy(draining.onDrain(fn)),
    hold: (name) => ties.tiedUntil(draining.hold(name)),
    on: (event, listener) => ties.tiedBy(emitter.on(event, listener)),
    attach(server) {
      attach(server, settings.probes)
      byHand.add(server)
      return lifecycle
    },
    onStop(name, fn, hookOptions) {
      stopHooks.add(name, fn, hookOptions)
      ties.tie()
      return lifecycle
    },
    startup(name, fn) {
      refuseLate(state !== 'starting', `startup("${name}")`)
      void startups.start(name, fn).then(ties.tie())
      return lifecycle
    },
    check(name, fn, checkOptions) {
      refuseLate(draining.drain !== undefined, `check("${name}")`)
      checks.add(name, fn, checkOptions)
      return lifecycle
    },
    async probe(name) {
      demand('ARGUMENT_INVALID', 'probe: name', oneOf('readyz', 'livez', 'startupz'), name)
      return judge.explain(name)
    },
    get probesPort() {
      return probes.port
    },
    unready,
    async ready() {
      if (wasCalledToStop && state !== 'ready') move('becomeReady')
      listens = true
      becomeReady()
      await gate.until(() => state !== 'starting')
    },
    stop(stopOptions = {}) {
      const { trigger, exit, except, timeout } = readStop(stopOptions)
      const isFirst = draining.drain === undefined
      wasCalledToStop ||= isFirst
      const report = draining.stop(trigger, exit)
      // With `exit`, others drain as well, and the handler may be one of theirs.
      const isLeftOut = except !== undefined && coordinator.except(except)
      if (isFirst && !isLeftOut) warnOfWaitingForOneself(emitter.on, servers, warn)
      if (timeout !== undefined) draining.drain?.cutBy(clock.now() + timeout)
      gate.notify()
      return report
    },
    [Symbol.asyncDispose]: () => lifecycle.stop({ reason: 'dispose' }).then(() => {}),
    [kSeats]: {
      waiting: new Set(),
      clock,
      probes: settings.probes,
      isAwaited: isReadinessAwaited,
      on: emitter.on,
      sit: ties.tieUntilOwned,
      bind: ties.tie,
      signals: settings.signals,
      respond: probes.respond,
      attach,
      detach: attachments.detach,
      answers: attachments.answers,
      isByHand: (server) => byHand.has(server),
      warn,
      closeWith: stopHooks.addCloser,
      endLongWork: stopHooks.addEnder,
    },
  }
  // Not before whoever creates it can listen.
  nextTick(() => {
    warnings.atStart()
    warnOfDoubts(options, host.surroundings.env, coordinator.said, warn)
    emitter.emit('planned', { plan: lifecycle.plan })
  })
  return lifecycle
}
