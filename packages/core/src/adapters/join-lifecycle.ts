import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server as NetServer } from 'node:net'
import { type CallServer, type CallServerOptions, createCallServer } from '../calls/call-server.js'
import { type Calls, createCalls } from '../calls/calls.js'
import { LifecycleError } from '../errors.js'
import { audible, type FrameworkLogger } from '../events/audible.js'
import { probeOf, sendProbe } from '../http/answers.js'
import { findOwners } from '../http/hand-over.js'
import type { Lifecycle } from '../lifecycle/lifecycle.js'
import { kSeats, type Seats } from '../lifecycle/seats.js'
import {
  createMessageServer,
  type MessageServer,
  type MessageServerOptions,
} from '../messages/message-server.js'
import { optionRules } from '../options/option-rules.js'
import type { LifecycleOptions } from '../options/options.js'
import { demand, isRecord, objectOf } from '../options/rules.js'
import type { ProbeAnswer, ProbeName, ProbePaths } from '../probes/probes.js'
import { resolveProbes } from '../probes/probes.js'
import { createLifecycle } from '../process/this-process.js'
import { isAttached } from '../servers/attached.js'
import { discoverServers } from '../servers/discover-servers.js'
import { refuseBeside, seatProbes } from './beside-shared.js'
import { createHealth, type Health } from './health.js'
import { warnOfLateHooks } from './late-hooks.js'
import { takeOverClose } from './own-close.js'

/** The options of every adapter: a lifecycle's own, or a lifecycle to share. */
export interface AdapterOptions extends LifecycleOptions {
  /**
   * A lifecycle to share between adapters: it is ready when every adapter registered on it listens, and closing any
   * of them stops it whole. Beside it, only `probes` and `logger` may be given.
   *
   * @default a new one
   */
  lifecycle?: Lifecycle | undefined
}

/** An adapter's place in a lifecycle. */
export interface Seat {
  readonly lifecycle: Lifecycle
  /** Where this adapter's servers answer probes; nothing if they do not. */
  readonly probes: ProbePaths | undefined
  /** Probes are answered, here or on a port of their own. */
  readonly answersProbes: boolean
  /** The signals that the lifecycle listens to; nobody else's handler should. */
  readonly signals: readonly NodeJS.Signals[]
  /**
   * The lifecycle, and later searches, live as long as `owner`, which leads to this adapter's application: a test that drops
   * the application need not stop it. Where something else depends on the drain (`onStop`, a hold, …), or this is never
   * called, the lifecycle lives until it has stopped.
   */
  liveWith(owner: object): void
  /** Something depends on the drain that the lifecycle does not know of, a hook of the framework's, say: until it has stopped, it is kept. */
  bind(): void
  /** What they answer: for `inject()` and the like, which never reach a server. */
  answerProbe(probe: ProbeName, url: string): ProbeAnswer | Promise<ProbeAnswer>
  /** Which of them a request's target asks for, by the rule of the servers: the path exactly as it was sent. */
  probeAt(target: string | undefined): ProbeName | undefined
  /** Answers a request in place of the adapter's application, if it is for one of this adapter's probes; false if not. */
  answer(req: IncomingMessage, res: ServerResponse): boolean
  /** What the probes say, wherever they are answered over HTTP: for protocols that have their own words for it. */
  readonly health: Health
  /** Creates a count of calls, for an adapter whose protocol has them. */
  createCalls(): Calls
  /** Creates the server that these calls are of, to be attached. */
  createCallServer(calls: Calls, options: CallServerOptions): CallServer
  /**
   * Makes a server of `node:net` or `node:tls`, whose clients send messages, one that can be attached; or a count of
   * messages, where there is no such server.
   */
  createMessageServer(server: NetServer | undefined, options: MessageServerOptions): MessageServer
  /** As {@link Lifecycle.attach}, with this adapter's probes. */
  attach(server: unknown): void
  /** Takes a server out of the drain again, because it is not this adapter's to close. */
  detach(server: object): void
  /**
   * Takes a server that turned out to be this adapter's, and listens. It is attached, unless a lifecycle has it already;
   * a lifecycle that has stopped takes none any more.
   *
   * @returns whether nothing is left to do for requests that come through this server: it answers this adapter's probes
   * @throws {LifecycleError} NOT_A_SERVER
   */
  take(server: object): boolean
  /** Whether the lifecycle was given this server by `lifecycle.attach()`, and it is no adapter's own. */
  isByHand(server: object): boolean
  /**
   * Takes every server of this process that listens, now or later, and that `isOurs`; until the lifecycle has stopped.
   *
   * @returns how to look once more at those that listen already
   */
  search(isOurs: (server: EventEmitter) => boolean): () => void
  /**
   * Calls `find` with every upgraded socket that no attached server has, of every server that drains: when its drain begins,
   * when the listener has closed, and with one that is upgraded in between. Who attaches its owner then takes it over.
   *
   * @returns how to stop
   */
  findOwners(find: (socket: object) => void): () => void
  /** Says that this adapter's server listens: the lifecycle is ready when all do. */
  listening(): void
  /**
   * Says that this adapter's application serves what is injected into it, and is not about to listen, as far as it knows:
   * tests never do. The lifecycle is ready then, unless somebody waits for readiness who does not ask the main port.
   */
  initialised(): void
  /** Gives the seat up, because the adapter could not be registered; a lifecycle of its own is stopped. */
  giveUp(): Promise<void>
  /** Logs what will lose work, and how to mend it: the event `warning`. */
  warn(message: string): void
  /**
   * Runs the framework's own close as the last step of the drain.
   *
   * @returns what takes the place of that close, for whoever calls it: drains first, without window or linger, and then
   * gives the close's own result; rejects with a {@link LifecycleError} CLOSE_TIMED_OUT if the close does not end in time
   */
  closeWith<Result>(name: string, close: () => Promise<Result>): () => Promise<Result | undefined>
  /**
   * Calls `end` while draining, once, as soon as nothing is left but streams, upgraded sockets and holds older than the
   * drain; it is awaited at most until the cutoff. Not called if these end by themselves.
   */
  endLongWork(name: string, end: () => unknown): void
  /**
   * For a framework whose hooks cannot be called before its close: when work is about to be cut, a warning names those
   * that might have ended it, as `Class.hook`, and says what to do instead.
   *
   * @param owners whatever may have such hooks; asked only then
   * @param source where the application gets its lifecycle from
   */
  warnOfLateHooks(hooks: readonly string[], owners: () => readonly unknown[], source: string): void
  /**
   * For each route that the application registers and that answers GET or HEAD.
   *
   * @throws {LifecycleError} PROBE_ROUTE_TAKEN if this adapter's probes have that path
   */
  refuseProbePath(path: unknown): void
}

const adapterOptions = objectOf({
  ...optionRules,
  lifecycle: { expected: 'a lifecycle', holds: (value) => isRecord(value) && kSeats in value },
})

/**
 * Creates a lifecycle for an adapter, or takes a seat in the one it was given.
 *
 * @param logger the framework's own, used if none is given; warnings and errors go to the console where it writes nothing
 * @throws {LifecycleError} LIFECYCLE_SHARED, and what {@link createLifecycle} throws
 */
export function joinLifecycle(options: AdapterOptions = {}, logger?: FrameworkLogger): Seat {
  demand('OPTION_INVALID', 'options', adapterOptions, options)
  const { lifecycle: shared, ...rest } = options
  if (shared !== undefined) refuseBeside(rest)
  const lifecycle =
    shared ??
    createLifecycle({ ...rest, ...(logger && rest.logger === undefined ? { logger: audible(logger) } : {}) })
  const seats = (lifecycle as Lifecycle & { [kSeats]: Seats })[kSeats]
  const seat = Symbol('seat')
  const liveWith = seats.sit()
  let holder: object | undefined
  seats.waiting.add(seat)
  const probes = shared === undefined ? seats.probes : seatProbes(rest.probes, seats.probes)
  const paths = probes?.port === undefined ? probes?.paths : undefined
  const responder = seats.respond(probes)
  const anyway = seats.respond(resolveProbes({}))

  const listening = () => {
    seats.waiting.delete(seat)
    if (seats.waiting.size === 0 && lifecycle.state === 'starting') void lifecycle.ready()
  }

  const take = (server: object) => {
    if (!isAttached(server) && lifecycle.state !== 'stopped') seats.attach(server, probes)
    listening()
    return probes === undefined || seats.answers(server, probes)
  }

  return {
    lifecycle,
    probes: paths,
    answersProbes: probes !== undefined,
    signals: seats.signals,
    liveWith(owner) {
      holder = owner
      liveWith(owner)
    },
    bind: seats.bind,
    answerProbe: responder.answer,
    probeAt: responder.match,
    health: createHealth(seats.clock, seats.on, (probe) => anyway.answer(probe, '')),
    createCalls: () => createCalls(seats.clock),
    createCallServer: (calls, options) => createCallServer(seats.clock, calls, options),
    createMessageServer: (server, options) => createMessageServer(seats.clock, server, options),
    answer(req, res) {
      const { originalUrl = req.url } = req as { originalUrl?: string | undefined }
      const probe = probeOf(responder, req.method, originalUrl)
      if (probe === undefined) return false
      sendProbe(req, res, responder.answer(probe, originalUrl ?? ''))
      return true
    },
    attach: (server) => seats.attach(server, probes),
    detach: seats.detach,
    take,
    isByHand: seats.isByHand,
    search(isOurs) {
      const look = (server: EventEmitter) => {
        if (isOurs(server)) take(server)
      }
      let stop = discoverServers(look, holder)
      seats.on('stopped', () => stop())
      return () => {
        if (lifecycle.state === 'stopped') return
        stop()
        stop = discoverServers(look, holder)
      }
    },
    findOwners,
    listening,
    initialised() {
      if (!seats.isAwaited) listening()
    },
    async giveUp() {
      seats.waiting.delete(seat)
      if (shared === undefined) await lifecycle.stop({ reason: 'registration failed' })
    },
    warn: seats.warn,
    closeWith: (name, close) => takeOverClose(lifecycle, seats, name, close),
    endLongWork: (name, fn) => seats.endLongWork?.({ name, fn }),
    warnOfLateHooks: (...late) => warnOfLateHooks(seats, seats.warn, ...late),
    refuseProbePath(path) {
      if (Object.values(paths ?? {}).some((each) => each === path)) throw routeTaken(String(path))
    },
  }
}

const routeTaken = (path: string) =>
  new LifecycleError(
    'PROBE_ROUTE_TAKEN',
    `expected no route of the application on the probe path ${path}, got one; ` +
      'move it, or give the probe another path by the option "probes"',
  )
