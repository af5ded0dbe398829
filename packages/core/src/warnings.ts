import type { Drainable } from './drainable.js'
import { createForeignHandlerWarning } from './foreign-handlers.js'
import { keepsConnectionsLong, type Platform, type Surroundings } from './platform.js'
import type { ForeignHandler } from './process-listeners.js'
import { findSignalSwallower } from './started-wrong.js'

/** Node's own `keepAliveTimeout`. */
const nodesKeepAlive = 5000

/** Looks for what will lose requests, and says how to mend it. */
export interface Warnings {
  /** The process has just been created: will it hear its signals? */
  atStart(): void
  atReady(): void
  atTrigger(): void
}

/** What is looked at. */
export interface WarningsInput {
  readonly platform: Platform
  readonly surroundings: Surroundings
  readonly servers: Iterable<Drainable>
  readonly foreignHandlers: () => ForeignHandler[]
  readonly warn: (message: string) => void
}

/** Creates the warnings of one lifecycle; each is given once. */
export function createWarnings({ warn, ...input }: WarningsInput): Warnings {
  const lookForForeignHandlers = createForeignHandlerWarning(input.foreignHandlers, warn)

  const lookForShortKeepAlive = () => {
    if (!keepsConnectionsLong.includes(input.platform)) return
    const isShort = ({ keepAliveTimeout = 0 }: Drainable) =>
      keepAliveTimeout > 0 && keepAliveTimeout <= nodesKeepAlive
    const short = [...input.servers].find(isShort)
    if (short === undefined) return
    warn(
      `the server closes idle connections after ${short.keepAliveTimeout} ms, balancers on ${input.platform} keep them ` +
        'for a minute and more: a request that meets the closing is lost, every day and not only in roll-outs; ' +
        'set server.keepAliveTimeout above the idle timeout of the balancer (75_000, say)',
    )
  }

  return {
    atStart() {
      const swallower = findSignalSwallower(input.platform, input.surroundings)
      if (swallower !== undefined) warn(swallower)
    },
    atReady() {
      lookForForeignHandlers()
      lookForShortKeepAlive()
    },
    atTrigger: lookForForeignHandlers,
  }
}
