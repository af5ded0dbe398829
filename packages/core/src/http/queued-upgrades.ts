import { AsyncResource } from 'node:async_hooks'
import type { Connection } from './connection.js'
import { returnToResponse } from './leave.js'

/** While draining: upgrades that are pipelined behind requests. */
export interface QueuedUpgrades {
  /**
   * Hands an upgrade on when all that was asked ahead of it has been answered. Node does not wait for that: the new protocol
   * would begin in the middle of an answer, and what was held back until now comes later than the client's first bytes of it.
   *
   * @param handOn runs in the async context of this call; not at all if the connection closes before
   */
  queue(connection: Connection, handOn: () => void): void
  /** To be told of every exchange that has ended; false if an upgrade behind it is never to be seen. */
  ended(connection: Connection): boolean
}

/** Creates an empty queue. */
export function createQueuedUpgrades(): QueuedUpgrades {
  const waiting = new WeakMap<Connection, () => void>()
  return {
    queue(connection, handOn) {
      const { socket } = connection
      const { timeout = 0 } = socket
      const leave = returnToResponse(connection)
      waiting.set(
        connection,
        AsyncResource.bind(() => {
          leave()
          // Not that of an idle connection, which Node has set behind the last answer.
          socket.setTimeout(timeout)
          handOn()
        }),
      )
    },
    ended(connection) {
      const handOn = waiting.get(connection)
      if (handOn === undefined || connection.exchanges.length > 0) return true
      waiting.delete(connection)
      const { leaving, socket } = connection
      if (leaving || socket.writableEnded) return false
      if (!socket.destroyed) handOn()
      return true
    },
  }
}
