import type { Clock } from './clock.js'
import type { Drainable, DrainWatcher } from './drainable.js'
import type { Emitter } from './events.js'
import { type Gate, waitUntil } from './gate.js'
import type { Holds } from './holds.js'
import { type Hook, runHooks } from './hooks.js'
import { anchor, moveUp, type Plan } from './plan.js'
import { type Cut, type HookOutcome, makeReport, type Report } from './report.js'
import { createStopwatch } from './stopwatch.js'
import type { Trigger } from './trigger.js'
import { type Traffic, windowEnd } from './window.js'

/** What a drain works on. Lists are read anew at each step: servers may be attached while draining. */
export interface DrainInput {
  readonly clock: Clock
  readonly gate: Gate
  readonly emitter: Emitter
  readonly trigger: Trigger
  readonly plan: Plan
  readonly rejectLate: boolean
  readonly forcedExitCode: number
  readonly servers: ReadonlySet<Drainable>
  readonly holds: Holds
  /** `onDrain` functions that have not settled. */
  readonly preparing: ReadonlySet<unknown>
  readonly hooks: () => readonly Hook[]
  /** The frameworks' own closes. */
  readonly closers: () => readonly Hook[]
  /** Every drain of the process, this one included. */
  readonly drains: ReadonlySet<Drain>
  readonly abortCutoff: () => void
}

/** A drain under way. */
export interface Drain {
  readonly plan: Plan
  /** The listeners are closing, or have closed. */
  readonly isClosing: boolean
  /** No request, hold or `onDrain` function is unfinished. */
  isQuiet(): boolean
  /** Nothing can begin any more either: every connection is closed. */
  isEmpty(): boolean
  /** Takes part in what has already happened: a server that was attached while draining. */
  include(server: Drainable): void
  /** Ends the drain by `deadline`, in Unix milliseconds, with the slices of `plan` before it; no step is restarted. */
  shorten(plan: Plan, deadline: number): void
  /** Ends the window and the linger now. */
  hurry(): void
  /** Records a hook's outcome that the drain did not run itself. */
  note(outcome: HookOutcome): void
  /** The report if the process exits with `exitCode` now, leaving behind what is unfinished. */
  forcedReport(exitCode: number): Report
  run(): Promise<Report>
}

/** Creates a drain; {@link Drain.run} starts it. */
export function createDrain(input: DrainInput): Drain {
  const { clock, gate, emitter, trigger, servers, holds, drains } = input
  const startedAt = clock.now()
  const stopwatch = createStopwatch(clock)
  const cuts: Cut[] = []
  const outcomes: HookOutcome[] = []
  let plan = anchor(input.plan, startedAt)
  let timers: (() => void)[] = []
  let phase: 'open' | 'closing' | 'empty' = 'open'
  let stopping = 0
  let isHurried = false
  let lingerEnd = Number.POSITIVE_INFINITY

  const sum = (of: (server: Drainable) => number) => [...servers].reduce((total, each) => total + of(each), 0)
  const at = () => plan.at
  const since = () => Math.round(clock.now() - startedAt)
  const inFlight = () => sum((server) => server.inFlight)
  const connections = () => sum((server) => server.connections)
  const isQuiet = () => inFlight() === 0 && holds.size === 0 && input.preparing.size === 0 && stopping === 0
  const isOver = (point: number) => clock.now() >= point
  const linger = () => (isHurried ? 0 : plan.linger)
  const traffic: Traffic = { rate: sum((server) => server.rate()), lastArrival: undefined }
  const watcher: DrainWatcher = {
    changed: gate.notify,
    arrived: () => {
      traffic.lastArrival = clock.now()
    },
    rejectLate: input.rejectLate,
  }

  const setTimers = () => {
    for (const cancel of timers) cancel()
    timers = [lingerEnd, at().cutoff, at().force, at().deadline]
      .filter((point) => Number.isFinite(point))
      .map((point) => clock.after(Math.max(0, point - clock.now()), gate.notify))
  }

  const silentPatience = () => Math.min(5000, linger())

  const stopAccepting = (server: Drainable) => {
    stopping++
    void server.stopAccepting(silentPatience()).finally(() => {
      stopping--
      gate.notify()
    })
  }

  /** A server that does not keep its word cannot hold the process. */
  const atMost = (point: 'cutoff' | 'deadline', work: Promise<unknown>) =>
    Promise.race([work, gate.until(() => isOver(at()[point]))])

  /** Requests, holds and slow readers finish; idle connections stay while anybody works, and at least `linger`. */
  const finishWork = async () => {
    const everybodyIsQuiet = () => [...drains].every((drain) => drain.isQuiet())
    const nobodyComesBack = () => isOver(lingerEnd) || connections() === 0
    while (!isOver(at().cutoff)) {
      await gate.until(() => isOver(at().cutoff) || (everybodyIsQuiet() && nobodyComesBack()))
      if (isOver(at().cutoff)) return
      await atMost('cutoff', Promise.all([...servers].map((server) => server.closeIdle())))
      if (isQuiet() && connections() === 0) return
      await new Promise<void>((resolve) => clock.nextTurn(resolve))
    }
  }

  const unfinished = () => [...holds.list(), ...[...servers].flatMap((server) => server.unfinished())]

  /** Handlers are told, and may still answer; what is left then is ended, and connections nobody works on with it. */
  const endByForce = async () => {
    if (!isQuiet()) {
      emitter.emit('cutoff', {
        duration: since(),
        inFlight: inFlight(),
        holds: holds.list().map(({ name }) => name ?? ''),
      })
      input.abortCutoff()
      await gate.until(() => isQuiet() || isOver(at().force))
    }
    cuts.push(...unfinished())
    await atMost('deadline', Promise.all([...servers].map((server) => server.cut())))
  }

  const release = () => {
    for (const server of servers) server.release()
  }

  const afterRelease = (close: Hook): Hook => ({
    ...close,
    fn: () => {
      release()
      return close.fn()
    },
  })

  const report = (cut: readonly Cut[]) =>
    makeReport({ trigger, forcedExitCode: input.forcedExitCode, servers, cut, hooks: outcomes, stopwatch })

  const note = (outcome: HookOutcome) => {
    outcomes.push(outcome)
    emitter.emit('hookFinished', outcome)
  }

  return {
    get plan() {
      return plan
    },
    get isClosing() {
      return phase !== 'open'
    },
    isQuiet,
    isEmpty: () => phase === 'empty',
    include(server) {
      server.announce(watcher)
      if (phase !== 'open') stopAccepting(server)
    },
    shorten(shorter, deadline) {
      plan = { ...plan, at: moveUp(at(), shorter, deadline) }
      setTimers()
      gate.notify()
    },
    hurry() {
      isHurried = true
      lingerEnd = Math.min(lingerEnd, clock.now())
      gate.notify()
    },
    note,
    forcedReport: (exitCode) => ({ ...report([...cuts, ...unfinished()]), clean: false, exitCode }),
    async run() {
      // Trigger: every client is asked to leave, and served as ever.
      setTimers()
      for (const server of servers) server.announce(watcher)

      // Window: balancers get time to notice. Whoever wants to know first (`onDrain`) gets to finish, too.
      const latest = () => at().cutoff - plan.linger - 1000
      const end = () => windowEnd(plan.window, startedAt, traffic, latest())
      await waitUntil(
        clock,
        gate,
        () => Math.min(end(), at().cutoff),
        () => isHurried,
      )
      const extended = end() > startedAt + plan.window.max && !isHurried
      await gate.until(() => input.preparing.size === 0)
      stopwatch.lap('window')

      // Closing: nobody new.
      phase = 'closing'
      emitter.emit('closing', {
        duration: since(),
        extended,
        inFlight: inFlight(),
        connections: connections(),
      })
      lingerEnd = clock.now() + linger()
      setTimers()
      for (const server of servers) stopAccepting(server)
      await gate.until(() => stopping === 0 || isOver(at().cutoff))
      stopwatch.lap('closing')

      // In flight: what was accepted is finished.
      await finishWork()
      stopwatch.lap('inFlight')

      // Cutoff: what does not finish is ended, by name.
      if (!isQuiet() || connections() > 0) await endByForce()
      stopwatch.lap('cutoff')
      emitter.emit('drained', { duration: since(), finished: sum((server) => server.finished) })

      // Hooks: only when nobody in this process has work left that could need what they close.
      phase = 'empty'
      gate.notify()
      await gate.until(() => [...drains].every((drain) => drain.isEmpty()) || isOver(at().force))
      await runHooks(
        clock,
        gate,
        [...input.hooks(), ...input.closers().map(afterRelease)],
        () => at().deadline,
        note,
      )
      release()
      stopwatch.lap('hooks')

      for (const cancel of timers) cancel()
      return report(cuts)
    },
  }
}
