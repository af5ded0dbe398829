import type { Cut } from './cut.js'

/** What a drainable tells the drain while it is being watched. */
export interface DrainWatcher {
  /** `inFlight` or `connections` may have become 0. */
  changed(): void
  /** Somebody who is no probe has connected anew: traffic is still routed here. */
  arrived(): void
  /**
   * The window is over, and requests on connections that were open at the trigger are answered 503 instead of served; on
   * all of them once the listener has closed.
   */
  readonly rejectLate: boolean
}

/** A request that a drain leaves out. */
export interface LeftOut {
  /** Resolves when it is answered, with what waits behind it, or its client has gone. */
  readonly answered: Promise<void>
  /** Ends it by force, and says what it was, unless it is answered. */
  end(): Cut | undefined
}

/**
 * The port that a server offers to the drain, so that anything which holds work and connections can take part.
 * Asking clients to leave, closing idle connections and dropping work are three different calls.
 */
export interface Drainable {
  /** What the report calls it: `http`, `grpc`, … */
  readonly kind: string
  /** What it drains, if that is another object: from `attach` on, `isAttached` is true of it. */
  readonly server?: object | undefined
  /** New connections are accepted: traffic may be routed here. */
  readonly listening: boolean
  /** Requests, streams or calls that are not finished: all of them from {@link announce} on. */
  readonly inFlight: number
  /**
   * Whether all that is in flight goes on by itself and may never end: responses whose head is sent and whose request is
   * read, upgraded sockets. Asked a few times a second while draining; without it, true if there is no connection.
   */
  hasOnlyLongWork?(): boolean
  /**
   * Ends such work as the application has told the server to end it, by what it has put around the server's own `close`.
   * Read while draining; undefined where it has put nothing there.
   */
  readonly endLongWork?: (() => unknown) | undefined
  /** Open connections, idle ones included. */
  readonly connections: number
  /** Those that were open at `announce`, and are still. Without it, what becomes of them says nothing about traffic. */
  readonly kept?: number
  /**
   * Whether a connection is open on which a client that cannot be told to leave may send its next request at any time.
   * Asked a few times a second while lingering; without it, true if there are more connections than work.
   */
  hasIdle?(): boolean
  /** Requests finished since `announce`, probes aside. */
  readonly finished: number
  /** Connections that were closed since `announce`, by what they were doing. */
  readonly closed: Readonly<Record<string, number>>
  /** How long the server keeps idle connections, in milliseconds, if it closes them at all. */
  readonly keepAliveTimeout?: number | undefined
  /** Requests per second over the last minute, probes aside. */
  rate(): number
  /** Tells clients to leave from now on, and serves on. Runs in the tick of the trigger, and must not throw. */
  announce(watcher: DrainWatcher): void
  /**
   * The listeners are about to close: tells those clients to go who will hear of it only on a new connection. The listeners
   * of the lifecycle stay open until this resolves. `patience` as for {@link stopAccepting}.
   */
  beforeClosing?(patience: number): Promise<void>
  /**
   * Stops accepting connections without resetting those that the kernel has accepted. Connections that have not sent a
   * whole request head get `patience` milliseconds to get on, whatever {@link closeIdle} is asked for meanwhile.
   */
  stopAccepting(patience: number): Promise<void>
  /** Closes the connections without work; resolves when they are gone. Work that has just arrived is left alone. */
  closeIdle(): Promise<void>
  /** The work that is not finished, as the report lists it. */
  unfinished(): readonly Cut[]
  /** Ends all work by force; resolves when every connection is closed. */
  cut(): Promise<void>
  /**
   * Leaves a request out from now on: it is no work any more. Its connection is left alone when it has no other, and
   * closes behind its answer. `undefined` for a request that is not here. Asked while draining.
   */
  except?(request: object): LeftOut | undefined
  /**
   * Nothing is left of its work and its connections: answers those that have asked it to close meanwhile, by a method of
   * its own.
   */
  settle?(): void
  /** Lets go of what the drain held: every server has drained, and the hooks are about to run. */
  release(): void
  /** The lifecycle has stopped: nothing of it is left on the server. */
  letGo?(): void
  /** The server is about to be another lifecycle's, or to listen without one: nothing of ours may be felt there any more. */
  giveBack?(): void
}

/** Whether a value has these methods. */
export function has(...methods: string[]): (value: unknown) => boolean {
  return (value) => methods.every((name) => typeof Object(value)[name] === 'function')
}

/** Whether `value` offers the port. */
export function isDrainable(value: unknown): value is Drainable {
  return has('rate', 'announce', 'stopAccepting', 'closeIdle', 'unfinished', 'cut', 'release')(value)
}
