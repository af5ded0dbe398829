import { LifecycleError } from './errors.js'
import type { Lifecycle } from './lifecycle.js'
import type { Logger } from './logger.js'
import { optionNames, optionRules } from './option-rules.js'
import type { LifecycleOptions } from './options.js'
import type { ProbeAnswer, ProbeName, ProbePaths, ProbeSettings } from './probes.js'
import { resolveProbes } from './probes.js'
import { demand, isRecord, objectOf } from './rules.js'
import { kSeats, type Seats } from './seats.js'
import { createLifecycle } from './this-process.js'

/** The options of every adapter: a lifecycle's own, or a lifecycle to share. */
export interface AdapterOptions extends LifecycleOptions {
  /**
   * A lifecycle to share between adapters: it is ready when every adapter registered on it listens, and closing any
   * of them stops it whole. Beside it, only `probes` and `logger` may be given.
   *
   * @default a new one
   */
  lifecycle?: Lifecycle
}

/** An adapter's place in a lifecycle. */
export interface Seat {
  readonly lifecycle: Lifecycle
  /** Where this adapter's servers answer probes; nothing if they do not. */
  readonly probes: ProbePaths | undefined
  /** The signals that the lifecycle listens to; nobody else's handler should. */
  readonly signals: readonly NodeJS.Signals[]
  /** What they answer: for `inject()` and the like, which never reach a server. */
  answerProbe(probe: ProbeName, url: string): ProbeAnswer | Promise<ProbeAnswer>
  /** As {@link Lifecycle.attach}, with this adapter's probes. */
  attach(server: unknown): void
  /** Says that this adapter's server listens: the lifecycle is ready when all do. */
  listening(): void
  /** Gives the seat up, because the adapter could not be registered; a lifecycle of its own is stopped. */
  giveUp(): Promise<void>
  /** Runs the framework's own close as the last step of the drain. */
  closeWith(name: string, close: () => unknown): void
}

const adapterOptions = objectOf({
  ...optionRules,
  lifecycle: { expected: 'a lifecycle', holds: (value) => isRecord(value) && kSeats in value },
})

/**
 * Creates a lifecycle for an adapter, or takes a seat in the one it was given.
 *
 * @param logger the framework's own, used if none is given
 * @throws {LifecycleError} LIFECYCLE_SHARED, and what {@link createLifecycle} throws
 */
export function joinLifecycle(options: AdapterOptions = {}, logger?: Logger): Seat {
  demand('OPTION_INVALID', 'options', adapterOptions, options)
  const { lifecycle: shared, ...rest } = options
  if (shared !== undefined) refuseBeside(rest)
  const lifecycle = shared ?? createLifecycle({ ...(logger ? { logger } : {}), ...rest })
  const seats = (lifecycle as Lifecycle & { [kSeats]: Seats })[kSeats]
  const seat = Symbol('seat')
  seats.waiting.add(seat)
  const probes = seatProbes(rest.probes, seats.probes)
  return {
    lifecycle,
    probes: probes === undefined || probes.port !== undefined ? undefined : probes.paths,
    signals: seats.signals,
    answerProbe: seats.respond(probes).answer,
    attach: (server) => seats.attach(server, probes),
    listening() {
      seats.waiting.delete(seat)
      if (seats.waiting.size === 0 && lifecycle.state === 'starting') void lifecycle.ready()
    },
    async giveUp() {
      seats.waiting.delete(seat)
      if (shared === undefined) await lifecycle.stop({ reason: 'registration failed' })
    },
    closeWith: (name, fn) => seats.closeWith({ name, fn }),
  }
}

function seatProbes(
  own: LifecycleOptions['probes'],
  shared: ProbeSettings | undefined,
): ProbeSettings | undefined {
  if (own === undefined) return shared
  return own === false ? undefined : resolveProbes(own)
}

function refuseBeside(rest: LifecycleOptions): void {
  const beside = optionNames.filter(
    (name) => name !== 'probes' && name !== 'logger' && rest[name] !== undefined,
  )
  if (rest.probes !== false && rest.probes?.port !== undefined) {
    throw new LifecycleError(
      'LIFECYCLE_SHARED',
      'probes.port: expected beside "lifecycle" only paths; give the port where the lifecycle is created',
    )
  }
  if (beside.length > 0) {
    throw new LifecycleError(
      'LIFECYCLE_SHARED',
      `${beside.join(', ')}: expected beside "lifecycle" only probes and logger; give the others where the lifecycle is created`,
    )
  }
}
