import type { Socket } from 'node:net'
import type { Clock } from '../clock.js'

/** What is known of the connections that a server has accepted. */
export interface Arrivals {
  /** How many, ours included. */
  readonly count: number
  /** When the last one came, in Unix milliseconds. */
  readonly lastAt: number
  /** Connections of this process's own to the server, by their local port; each is kept from the server when it arrives. */
  readonly visitors: Map<number, Visitor>
  /** To be told of each connection before the server is; true if it is one of ours, and none of the server's business. */
  arrive(socket: Socket): boolean
}

/** One that this process has sent to its own server. */
export interface Visitor {
  readonly address: string
  hasArrived: boolean
}

const ignore = () => {}

/** Nobody has arrived yet. */
export function createArrivals(clock: Clock): Arrivals {
  let count = 0
  let lastAt = 0
  const visitors = new Map<number, Visitor>()
  return {
    get count() {
      return count
    },
    get lastAt() {
      return lastAt
    },
    visitors,
    arrive(socket) {
      count++
      lastAt = clock.now()
      const visitor = visitors.size > 0 ? visitors.get(socket.remotePort ?? 0) : undefined
      // IPv4 on a socket of IPv6 is ::ffff:127.0.0.1. A stranger may have the same port elsewhere.
      if (visitor === undefined || socket.remoteAddress?.endsWith(visitor.address) !== true) return false
      visitor.hasArrived = true
      // Reset: a connection that is closed in order leaves its two ports taken for a minute.
      socket.on('error', ignore).resetAndDestroy()
      return true
    },
  }
}
