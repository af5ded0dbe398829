import type { IncomingMessage } from 'node:http'
import type { Exchange } from './exchanges.js'

/** Requests whose end is awaited, with what changes once a drain has begun. */
const awaited = new WeakMap<IncomingMessage, { isDiscarding: boolean }>()

/**
 * Calls `over` when a request that was answered has been parsed to its end. Its `end` event does not tell: a request that
 * was destroyed, because a pipeline failed half way, never has one. So this looks at what Node's parser gives to it.
 *
 * @param discards read what nobody else reads: a handler that has answered and left the rest of the body paused, or
 *   destroyed the request, would hold the connection
 */
export function awaitRest(exchange: Exchange, over: (exchange: Exchange) => void, discards: boolean): void {
  const { req } = exchange
  const state = awaited.get(req) ?? { isDiscarding: false }
  if (!awaited.has(req)) {
    awaited.set(req, state)
    const { push } = req
    req.push = (chunk: unknown, encoding?: BufferEncoding) => {
      // What is destroyed takes nothing, and Node's parser stops then.
      const goesOn = (state.isDiscarding && req.destroyed) || push.call(req, chunk, encoding)
      if (chunk === null) over(exchange)
      return goesOn
    }
  }
  if (!discards || state.isDiscarding) return
  state.isDiscarding = true
  readOn(exchange)
  req.once('close', () => readOn(exchange))
}

function readOn({ req, connection: { socket } }: Exchange): void {
  if (req.destroyed) socket.resume()
  else if (req.isPaused()) req.resume()
}
