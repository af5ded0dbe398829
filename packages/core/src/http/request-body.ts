import type { IncomingMessage } from 'node:http'
import type { Exchange } from './exchanges.js'

const awaited = new WeakSet<IncomingMessage>()

/**
 * While draining: reads what nobody else reads of a request that was answered, because its handler has left it paused or
 * destroyed it, and calls `over` when it has been parsed to its end. Its `end` event does not tell: a request that was
 * destroyed, because a pipeline failed half way, never has one. So this looks at what Node's parser gives to it.
 */
export function awaitRest(exchange: Exchange, over: (exchange: Exchange) => void): void {
  const { req } = exchange
  if (awaited.has(req)) return
  awaited.add(req)
  const { push } = req
  req.push = (chunk: unknown, encoding?: BufferEncoding) => {
    // What is destroyed takes nothing, and Node's parser stops then.
    const goesOn = req.destroyed || push.call(req, chunk, encoding)
    if (chunk === null) over(exchange)
    return goesOn
  }
  readOn(exchange)
  req.once('close', () => readOn(exchange))
}

function readOn({ req, connection: { socket } }: Exchange): void {
  if (req.destroyed) socket.resume()
  else if (req.isPaused()) req.resume()
}
