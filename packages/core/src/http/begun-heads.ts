import type { Socket } from 'node:net'
import type { Clock } from '../clock.js'
import { busyParsersOf, parserOn } from './node-fields.js'

/**
 * Tells whether the beginning of a head has come on a connection without a request, or may still come first; `undefined` where
 * that is not known. An empty line is none, which some clients send behind a body (RFC 9112 §2.2): Node's parser has skipped it.
 */
export function createBegunHeads(clock: Clock, server: object): (socket: Socket) => boolean | undefined {
  // All of them are asked for at once, at most once a turn of the event loop.
  let busy: Set<object> | undefined

  return (socket) => {
    const parser = parserOn(socket)
    if (!parser) return undefined
    if (busy === undefined) {
      const ask = busyParsersOf(server)
      if (ask === undefined) return undefined
      busy = new Set(ask())
      clock.nextTurn(() => {
        busy = undefined
      })
    }
    return busy.has(parser)
  }
}
