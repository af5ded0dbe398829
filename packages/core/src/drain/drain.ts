import { nextTick } from '../clock.js'
import { anchor, cutEarlier, moveUp } from '../options/plan.js'
import { type Cut, countKinds } from './cut.js'
import type { DrainInput } from './drain-input.js'
import type { Drain, Phase } from './drain-under-way.js'
import type { DrainWatcher } from './drainable.js'
import { finishWork } from './finish-work.js'
import { waitUntil } from './gate.js'
import { runHooks } from './hooks.js'
import { linger } from './linger.js'
import { endLongWork } from './long-work.js'
import { type HookOutcome, makeReport, type Report, shortList } from './report.js'
import { groupServers } from './server-group.js'
import { createStopwatch } from './stopwatch.js'
import { watchTraffic } from './traffic.js'
import { withCrash } from './trigger.js'
import { timeForTheLast } from './window.js'

/** Creates a drain; {@link Drain.run} starts it. */
export function createDrain(input: DrainInput): Drain {
  const { clock, gate, emitter, settings, holds, drains } = input
  const servers = groupServers(input.servers, gate.notify, (message) => emitter.emit('warning', { message }))
  const startedAt = clock.now()
  const hasLaterHolds = holds.others()
  const stopwatch = createStopwatch(clock)
  const outcomes: HookOutcome[] = []
  let plan = anchor(input.plan, startedAt)
  let timers: (() => void)[] = []
  let phase: Phase = input.plan.window.max > 0 ? 'window' : 'lingering'
  let { trigger } = input
  let isHurried = false
  let isAbandoned = false
  let settle = (_report: Report) => {}
  /** What was ended by force, once it has been. */
  let cuts: readonly Cut[] | undefined
  let patienceEnd = Number.POSITIVE_INFINITY
  let lingerEnd = Number.POSITIVE_INFINITY
  const at = () => plan.at
  const since = () => Math.round(clock.now() - startedAt)
  const isSettled = () => input.preparing.size === 0 && servers.stopping === 0
  const isQuiet = () => servers.inFlight === 0 && holds.size === 0 && isSettled()
  const isOver = (point: number) => clock.now() >= point
  const lingerTime = () => (isHurried ? 0 : plan.linger)
  const traffic = watchTraffic(clock, servers, () => plan)
  const watcher: DrainWatcher = {
    changed: gate.notify,
    arrived: traffic.arrived,
    get rejectLate() {
      return settings.late === 'reject' && phase !== 'window'
    },
  }
  const setTimers = () => {
    for (const cancel of timers) cancel()
    timers = [patienceEnd, lingerEnd, at().cutoff, at().force, at().deadline]
      .filter((point) => Number.isFinite(point))
      .map((point) => clock.after(Math.max(0, point - clock.now()), gate.notify))
  }

  const replan = (points: typeof plan.at) => {
    plan = { ...plan, at: points }
    setTimers()
    gate.notify()
  }

  const silentPatience = () => Math.min(5000, lingerTime())

  /** A server that does not answer cannot hold the process. */
  const atMost = (point: 'cutoff' | 'deadline', work: Promise<void>) => {
    let isDone = false
    void work.then(() => {
      isDone = true
      gate.notify()
    })
    return gate.until(() => isDone || isOver(at()[point]))
  }

  /** Streams, upgraded sockets and earlier holds: a framework may have hooks that end them. */
  const hasOnlyLongWork = () =>
    !isQuiet() && isOver(patienceEnd) && isSettled() && !hasLaterHolds() && servers.hasOnlyLongWork()

  const unfinished = () => [...holds.list(), ...servers.unfinished()]

  const hasPrepared = () => input.preparing.size === 0
  /** Those that have waited for a server of ours to close may finish what they do afterwards. */
  const prepared = (by: 'cutoff' | 'deadline') => waitUntil(clock, gate, () => at()[by], hasPrepared)

  /** Handlers are told, and may still answer; what is left then is ended, and connections nobody works on with it. */
  const endByForce = async () => {
    // A session may have no work that is counted, and still bytes that are not sent.
    const isFinished = () => isQuiet() && servers.unfinished().length === 0
    if (!isFinished()) {
      const left = unfinished()
      const { listed, unlisted } = shortList(left)
      emitter.emit('cutoff', {
        duration: since(),
        inFlight: servers.inFlight,
        holds: holds.list().map(({ name }) => name),
        work: countKinds(left),
        unfinished: listed,
        unlisted,
      })
      input.cutoff.abort()
      await gate.until(() => isFinished() || isOver(at().force))
    }
    cuts = unfinished()
    await atMost('deadline', servers.cut())
  }

  const exitCodes = () => ({ clean: input.cleanExitCode(), forced: settings.forcedExitCode })
  const report = (cut: readonly Cut[]) =>
    makeReport(trigger, exitCodes(), input.servers, cut, outcomes, stopwatch.durations())

  const note = (outcome: HookOutcome) => {
    outcomes.push(outcome)
    emitter.emit('hookFinished', outcome)
  }

  const steps = async (): Promise<Report> => {
    // Trigger: every client is asked to leave, and served as ever.
    setTimers()
    servers.announce(watcher)
    traffic.begin()

    // Window: balancers get time to notice. Whoever wants to know first (`onDrain`) gets to finish, too.
    const windowEnd = () => Math.min(traffic.windowEnd(), at().cutoff)
    await waitUntil(clock, gate, windowEnd, () => isHurried)
    phase = 'lingering'
    const extended = traffic.windowEnd() > startedAt + plan.window.max && !isHurried
    const windowOver = clock.now()
    await gate.until(hasPrepared)
    stopwatch.lap('window')

    // Linger: idle clients get time for a last request, and whoever is still routed here is served.
    lingerEnd = clock.now() + lingerTime()
    await linger(clock, gate, {
      until: () => Math.min(lingerEnd, at().cutoff - timeForTheLast),
      newcomers: () => traffic.newcomersEnd(windowOver),
      hasIdle: servers.hasIdle,
      isDeserted: () => servers.connections === 0,
      isEnded: () => isAbandoned || isHurried || isOver(at().cutoff),
    })
    await gate.until(() => !isAbandoned)
    stopwatch.lap('linger')

    // Closing: nobody new.
    phase = 'closing'
    emitter.emit('closing', {
      duration: since(),
      extended,
      inFlight: servers.inFlight,
      connections: servers.connections,
      work: countKinds(servers.unfinished()),
    })
    patienceEnd = clock.now() + silentPatience()
    setTimers()
    servers.stopAccepting(silentPatience())
    await gate.until(() => servers.stopping === 0 || isOver(at().cutoff))
    stopwatch.lap('closing')

    // In flight: what was accepted is finished.
    const workIsOver = endLongWork(clock, gate, {
      enders: [...input.stopHooks.enders, ...servers.enders()],
      isAlone: () => !isAbandoned && hasOnlyLongWork(),
      cutoff: () => at().cutoff,
      finished: note,
    })
    await finishWork(clock, gate, {
      isEnded: () => isAbandoned || isOver(at().cutoff),
      mayCloseIdle: () =>
        [...drains].every((drain) => drain.isQuiet()) && (isOver(lingerEnd) || servers.connections === 0),
      closeIdle: () => atMost('cutoff', servers.closeIdle()),
      isDone: () => isQuiet() && servers.connections === 0,
    })
    workIsOver()
    await gate.until(() => !isAbandoned)
    stopwatch.lap('inFlight')

    // Cutoff: what does not finish is ended, by name.
    if (!isQuiet() || servers.connections > 0) await endByForce()
    // Whoever waits inside the drain for a server to close hears of it now, and may still finish something.
    servers.settle()
    await prepared('cutoff')
    stopwatch.lap('cutoff')
    emitter.emit('drained', { duration: since(), finished: servers.finished, work: servers.finishedByKind() })

    // Hooks: only when nobody in this process has work left that could need what they close.
    phase = 'empty'
    gate.notify()
    const mayRun = () => !isAbandoned && ([...drains].every((drain) => drain.isEmpty()) || isOver(at().force))
    await gate.until(mayRun)
    servers.release()
    // Servers say that they have closed in a tick of its own: before the first hook.
    await new Promise<void>((resolve) => nextTick(resolve))
    const hooksHaveRun = () => {
      phase = 'over'
      gate.notify()
    }
    const hooks = [...input.stopHooks.seal(), ...input.others.turn(hooksHaveRun), ...input.stopHooks.closers]
    await runHooks(clock, gate, hooks, { deadline: () => at().deadline, mayRun, finished: note })
    hooksHaveRun()
    await prepared('deadline')
    await gate.until(() => !isAbandoned)
    servers.letGo()
    stopwatch.lap('hooks')

    for (const cancel of timers) cancel()
    return report(cuts ?? [])
  }

  return {
    get plan() {
      return plan
    },
    get isInWindow() {
      return phase === 'window' && !isHurried
    },
    isQuiet,
    isEmpty: () => phase === 'empty' || phase === 'over',
    hasRunHooks: () => phase === 'over',
    include(server) {
      servers.announce(watcher, server)
      if (!['window', 'lingering'].includes(phase)) servers.stopAccepting(silentPatience(), server)
    },
    shorten(shorter, deadline, by = trigger) {
      trigger = withCrash(trigger, by)
      replan(moveUp(at(), shorter, deadline))
    },
    cutBy: (point) => replan(cutEarlier(at(), plan.abort, clock.now(), point)),
    hurry() {
      isHurried = true
      patienceEnd = Math.min(patienceEnd, clock.now())
      lingerEnd = Math.min(lingerEnd, clock.now())
      gate.notify()
    },
    note,
    reportSoFar: () => report(cuts ?? []),
    abandon(exitCode) {
      isAbandoned = true
      for (const cancel of timers) cancel()
      const left = { ...report(cuts ?? unfinished()), clean: false, exitCode }
      settle(left)
      return left
    },
    run: () =>
      new Promise<Report>((resolve, reject) => {
        settle = resolve
        steps().then(resolve, reject)
      }),
  }
}
