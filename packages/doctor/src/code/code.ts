import type { Fact } from '../model/fact.js'
import type { Place } from '../text/source.js'

/** What a glance into the sources of a package tells. */
export interface Code {
  /** All of its sources could be read. */
  readonly isWhole: boolean
  /** They import lameduck. */
  readonly usesLameduck: boolean
  /** SIGTERM is mentioned, or a library's hook for it is called. */
  readonly handlesStop: boolean
  /** Something in them listens on a port. */
  readonly serves: boolean
  /** `keepAliveTimeout` is mentioned. */
  readonly setsKeepAlive: boolean
  /** The `keepAliveTimeout` that is set, in milliseconds, if it is a constant. */
  readonly keepAlive: number | undefined
  /** Handlers of SIGTERM that do nothing but leave. */
  readonly abruptExits: readonly Place[]
  /** Calls that make children: `cluster.fork`, `child_process`. */
  readonly forks: readonly Place[]
  /** Options of lameduck that stand there as constants; others are there as unknown. */
  readonly options: ReadonlyMap<string, Fact<unknown>>
  /** Where words occur that rules ask for. */
  readonly mentions: (pattern: RegExp) => Place | undefined
}
