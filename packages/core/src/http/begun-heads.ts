import type { Socket } from 'node:net'
import type { Clock } from '../clock.js'

/** Where Node keeps the parsers of a server's connections: the same on every version from 20 to 26, but nowhere public. */
interface ConnectionsList {
  /** Those in the middle of a message, or before their first. */
  active(): object[]
}

function listOf(server: object): ConnectionsList | undefined {
  const key = Object.getOwnPropertySymbols(server).find(
    ({ description }) => description === 'http.server.connections',
  )
  return key && (server as Record<symbol, ConnectionsList | undefined>)[key]
}

/**
 * Tells whether what has come on an idle connection may be the beginning of a head. An empty line is none, which some
 * clients send behind a body (RFC 9112 §2.2): Node's parser has skipped it.
 */
export function createBegunHeads(clock: Clock, server: object): (socket: Socket) => boolean {
  // All of them are asked for at once, at most once a turn of the event loop.
  let active: Set<object> | undefined

  return (socket) => {
    const { parser } = socket as { parser?: object | null }
    const list = listOf(server)
    if (!parser || typeof list?.active !== 'function') return true
    if (active === undefined) {
      active = new Set(list.active())
      clock.nextTurn(() => {
        active = undefined
      })
    }
    return active.has(parser)
  }
}
