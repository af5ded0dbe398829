import type { Server as HttpServer } from 'node:http'
import type { Http2SecureServer, Http2Server } from 'node:http2'
import type { Server as HttpsServer } from 'node:https'
import type { Drainable } from '../drain/drainable.js'
import type { Release } from '../drain/holds.js'
import type { Report } from '../drain/report.js'
import type { StopContext } from '../drain/trigger.js'
import type { LifecycleEventName, LifecycleEvents } from '../events/events.js'
import type { Duration } from '../options/durations.js'
import type { Plan } from '../options/plan.js'
import type { CheckOptions } from '../probes/checks.js'
import type { ProbeResult } from '../probes/judge.js'
import type { ProbeName } from '../probes/probes.js'
import type { EngineServerLike, SocketServerLike } from '../websocket/engine-server.js'
import type { WebSocketServerLike } from '../websocket/web-socket-server.js'
import type { State } from './state.js'
import type { StopOptions } from './stop-call.js'

type NodeServer = HttpServer | HttpsServer | Http2Server | Http2SecureServer

/** Looks at a lifecycle, and takes part in its drain; cannot start or end it. */
export interface LifecycleView {
  /** What the process is doing. */
  readonly state: State
  /**
   * Every slice of the grace period: what a signal would get while traffic is routed here; once draining, what this drain
   * got, with the points on the clock (`plan.at`).
   */
  readonly plan: Plan
  /** Aborts when draining begins: stop taking jobs, end streams. Any number of listeners. */
  readonly signal: AbortSignal
  /** Aborts when unfinished work is about to be cut: answer now. Any number of listeners. */
  readonly cutoff: AbortSignal
  /**
   * Calls `fn` when draining begins; at once, if it has, and not any more once `onStop` functions run. A promise that it returns is awaited before the listeners
   * close, at most until the cutoff; a rejection, or not settling by then, counts as a failed hook.
   *
   * @returns how to unsubscribe
   * @throws {LifecycleError} ARGUMENT_INVALID
   */
  onDrain(fn: () => unknown): () => void
  /**
   * Makes the drain wait for work outside requests, such as a queue's job.
   *
   * @returns how to release it: a function, which may be called twice, also for `using`
   * @throws {LifecycleError} ARGUMENT_INVALID
   */
  hold(name: string): Release
  /**
   * Listens to an event. The same is published on the diagnostics channel `lameduck`.
   *
   * @returns how to stop listening
   * @throws {LifecycleError} EVENT_UNKNOWN, ARGUMENT_INVALID
   */
  on<Name extends LifecycleEventName>(
    event: Name,
    listener: (payload: LifecycleEvents[Name]) => void,
  ): () => void
}

/** Starts, drains and stops what is attached to it. */
export interface Lifecycle extends LifecycleView, AsyncDisposable {
  /**
   * Makes a server part of the drain: one of `node:http`, `node:https` or `node:http2`, a `WebSocketServer` of `ws`, a
   * Socket.IO server or its engine, or anything that implements {@link Drainable}. An HTTP server answers probes from now
   * on; the one that a `WebSocketServer` has made for itself, because it was given a `port`, is attached with it. It may
   * serve already: connections of HTTP/1 that it has accepted since lameduck was imported are known, and what they are
   * busy with is in flight; others, from their next request on.
   *
   * @throws {LifecycleError} NOT_A_SERVER, ALREADY_ATTACHED
   */
  attach(server: NodeServer | WebSocketServerLike | SocketServerLike | EngineServerLike | Drainable): this
  /**
   * Begins a task that has to be done before readiness turns green. One that fails ends the process with 1; `signal`
   * aborts when the process is told to go first.
   *
   * @throws {LifecycleError} NAME_TAKEN, ARGUMENT_INVALID; REGISTERED_TOO_LATE unless starting
   */
  startup(name: string, fn: (signal: AbortSignal) => unknown): this
  /**
   * Adds a check of readiness, or of liveness (`probe: 'livez'`): red while `fn` throws, rejects, returns `false` or takes longer than `timeout`, or
   * gives what a health indicator of `@nestjs/terminus` gives for something that is down. It runs
   * when somebody asks, once for all who ask at the same time, and is good for `ttl`. Why it fails is logged, and never
   * leaves the process otherwise.
   *
   * @throws {LifecycleError} NAME_TAKEN, ARGUMENT_INVALID, OPTION_INVALID; REGISTERED_TOO_LATE while draining or stopped
   */
  check(name: string, fn: (signal: AbortSignal) => unknown, options?: CheckOptions): this
  /**
   * Runs `fn` after the drain, when no request is left: close pools, flush. Functions run in reverse order of
   * registration; each gets its turn even if another fails or hangs. It is told why: by which signal, or by which error.
   *
   * @param options.timeout the most that it may take, in milliseconds or with a unit (`'2s'`), if that is less than its share of the budget
   * @throws {LifecycleError} NAME_TAKEN, ARGUMENT_INVALID, OPTION_INVALID; REGISTERED_TOO_LATE once they run
   */
  onStop(
    name: string,
    fn: (context: StopContext) => unknown,
    options?: { timeout?: Duration | undefined },
  ): this
  /**
   * What a probe would answer now, with the outcome of each check that it asks, and what that returned or threw: for a
   * route of one's own. Never rejects otherwise.
   *
   * @throws {LifecycleError} ARGUMENT_INVALID for a name that is none
   */
  probe(name: ProbeName): Promise<ProbeResult>
  /**
   * Turns readiness red, for load shedding or maintenance; liveness and traffic are as before. Any number may be in force.
   *
   * @returns how to take it back: a function, which may be called twice, also for `using`
   * @throws {LifecycleError} ARGUMENT_INVALID
   */
  unready(reason: string): Release
  /** Where the probes listen, if on a port of their own and listening: what `port: 0` got. */
  readonly probesPort: number | undefined
  /**
   * Says that the servers listen: readiness turns green when every startup task is done, too. Resolves then. Quiet
   * when ready already, and when a signal came first.
   *
   * @throws {LifecycleError} ILLEGAL_TRANSITION after `stop()`
   */
  ready(): Promise<void>
  /**
   * Drains and stops, and leaves the process alive unless `exit` is set: the exit code is then only what the report says.
   * Repeated calls return the same promise; their `timeout`, `force`, `exit` and `except` count. Never rejects: what failed
   * is in the report.
   *
   * @throws {LifecycleError} OPTION_INVALID, OPTION_UNKNOWN
   */
  stop(options?: StopOptions): Promise<Report>
}
