import { AsyncResource } from 'node:async_hooks'
import { setMaxListeners } from 'node:events'
import type { Clock } from '../clock.js'
import { createDrain } from '../drain/drain.js'
import type { Drain } from '../drain/drain-under-way.js'
import type { Drainable } from '../drain/drainable.js'
import { createHolds } from '../drain/holds.js'
import { currentPart } from '../drain/part.js'
import type { Report } from '../drain/report.js'
import { createStopHooks, type StopHooks } from '../drain/stop-hooks.js'
import { contextOf, type Trigger, withCrash } from '../drain/trigger.js'
import type { Emitter } from '../events/events.js'
import { makePlan } from '../options/plan.js'
import type { Settings } from '../options/settings.js'
import type { Coordinator } from '../process/coordinator.js'
import { createFarewell, type Farewell } from './farewell.js'
import type { Lifecycle } from './lifecycle.js'
import { createPreparations } from './preparations.js'
import type { State, Transition } from './state.js'

/** What the one drain of a lifecycle needs of it. */
export interface DrainingHost {
  readonly clock: Clock
  readonly coordinator: Coordinator
  readonly emitter: Emitter
  readonly settings: Settings
  readonly servers: ReadonlySet<Drainable>
  /** The addresses of servers of HTTP that no lifecycle has. */
  readonly forgottenServers: () => readonly string[]
  readonly state: () => State
  move(transition: Transition): void
  /** The drain has begun, and everybody was told. */
  begun(trigger: Trigger): void
  /** It is over, and nobody was told. */
  finished(): void
  /** Everybody was told. */
  told(): void
}

/** All that a lifecycle has to do with its drain: what takes part in it, when it begins, and who else ends with it. */
export interface Draining extends Pick<Lifecycle, 'signal' | 'cutoff' | 'plan' | 'onDrain' | 'hold'> {
  readonly stopHooks: StopHooks
  readonly farewell: Farewell
  /** The drain, once it has begun. */
  readonly drain: Drain | undefined
  /** Begins to drain, or makes a drain under way end by `deadline`. */
  begin(trigger: Trigger, deadline: number): Promise<Report>
  /** The process exits with `exitCode` now: the drain is left as it is, and whoever waits for it gets the report of that. */
  abandon(exitCode: number): void
  /** Drains, if nothing else began it; with `exit`, the process ends as by a signal. */
  stop(trigger: Trigger, exit: boolean): Promise<Report>
}

/** Creates what drains once. */
export function createDraining(host: DrainingHost): Draining {
  const { clock, coordinator, emitter, settings, servers, state } = host
  const { gate, drains } = coordinator
  /** The async context that this was made in: hooks are no part of the request whose error has begun the drain. */
  const outside = new AsyncResource('lameduck', { requireManualDestroy: true })
  const draining = new AbortController()
  const cutoff = new AbortController()
  setMaxListeners(0, draining.signal, cutoff.signal)
  const holds = createHolds(clock, gate.notify)
  const preparations = createPreparations(clock, gate)
  const farewell = createFarewell(clock, (message) => emitter.emit('warning', { message }))
  let cause: Trigger = { reason: 'none', window: false, linger: false }
  const stopHooks = createStopHooks(() => contextOf(cause), farewell.closing)
  let drain: Drain | undefined
  let unattached: readonly string[] = []
  let stopped: Promise<Report> | undefined

  const planFor = (trigger: Pick<Trigger, 'signal' | 'window' | 'linger' | 'limit' | 'byMessage'>) =>
    makePlan(trigger.byMessage ? { ...settings, ...settings.byMessage } : settings, {
      hasHooks:
        stopHooks.size > 0 || (trigger.signal !== undefined && coordinator.others.pending().length > 0),
      window: trigger.window && state() === 'ready' && [...servers].some(({ listening }) => listening),
      linger: trigger.linger && state() === 'ready',
      limit: trigger.limit,
    })

  /** A drain of the whole process is only as good as its list of servers. */
  const summed = (report: Report): Report => (unattached.length > 0 ? { ...report, unattached } : report)

  const leave = (over: Drain) => {
    drains.delete(over)
    gate.notify()
    host.move('finish')
  }

  const start = async (trigger: Trigger, deadline: number): Promise<Report> => {
    const plan = planFor(trigger)
    host.move('drain')
    cause = trigger
    if (trigger.signal) unattached = host.forgottenServers()
    const begun = createDrain({
      ...host,
      gate,
      trigger,
      plan,
      holds,
      preparing: preparations.running,
      stopHooks,
      others: coordinator.others,
      drains,
      cutoff,
      cleanExitCode: coordinator.applicationExitCode,
    })
    drain = begun
    drains.add(begun)
    begun.shorten(plan, deadline)
    emitter.emit('draining', { ...contextOf(trigger), plan: begun.plan, byHand: trigger.byHand === true })
    const go = () => {
      const running = begun.run()
      host.begun(trigger)
      preparations.begin(begun)
      draining.abort()
      return running
    }
    const report = summed(await ('error' in trigger ? outside.runInAsyncScope(go) : go()))
    if (!coordinator.isEnding) await coordinator.signalsHeard()
    if (state() === 'stopped') return report
    leave(begun)
    host.finished()
    emitter.emit('stopped', report)
    host.told()
    return report
  }

  const abandon = (exitCode: number) => {
    if (drain === undefined || state() === 'stopped') return
    const report = summed(drain.abandon(exitCode))
    leave(drain)
    emitter.emit('stopped', report)
  }

  const begin = (trigger: Trigger, deadline: number): Promise<Report> => {
    if (stopped === undefined) {
      // There before the drain begins: whoever is told of that may call stop() again.
      let settle: (report: Promise<Report>) => void = () => {}
      stopped = new Promise((resolve) => {
        settle = resolve
      })
      settle(start(trigger, deadline))
    } else if (state() !== 'stopped') {
      cause = withCrash(cause, trigger)
      drain?.shorten(planFor(trigger), deadline, trigger)
      if (!trigger.window) drain?.hurry()
    }
    return stopped
  }

  /** All that a hook may wait for: what comes after the `onStop` functions waits for it. */
  const onStopOver = async () => {
    await gate.until(() => drain?.hasRunHooks() === true)
    return (drain as Drain).reportSoFar()
  }

  /** Ends the process when the drain is over, which lends it its exit code, unless it was clean: then others may still say one. */
  const exitAfter = async (report: Promise<Report>, trigger: Trigger) => {
    const { clean, exitCode } = await report
    coordinator.end(clean ? trigger : { ...trigger, exitCode })
  }

  return {
    stopHooks,
    farewell,
    signal: draining.signal,
    cutoff: cutoff.signal,
    onDrain: preparations.add,
    hold: holds.take,
    get drain() {
      return drain
    },
    get plan() {
      return drain?.plan ?? makePlan(settings, { hasHooks: stopHooks.size > 0, window: true, linger: true })
    },
    begin,
    abandon,
    stop(trigger, exit) {
      if (exit && !coordinator.isEnding) {
        if (stopped !== undefined && state() === 'stopped') void exitAfter(stopped, trigger)
        else coordinator.end(trigger)
      }
      const whole = stopped ?? begin(trigger, clock.now() + planFor(trigger).deadline)
      return currentPart()?.step === 'hook' ? Promise.race([whole, onStopOver()]) : whole
    },
  }
}
