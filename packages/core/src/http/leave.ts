import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Clock, nextTick } from '../clock.js'
import type { Connection } from './connection.js'
import { destroySocket, endSocket } from './end-socket.js'
import type { Exchange } from './exchanges.js'
import { forgetStall } from './node-fields.js'
import { readAnew } from './read-in-order.js'

/** How long a client that was told to leave gets to hang up before we do. */
export const farewell = 100
/** The same for a client that is still sending: closing under it would reset what it has not read yet. */
const farewellToSender = 5000

type HeadHeaders = OutgoingHttpHeaders | unknown[]

const isConnection = (name: unknown) => typeof name === 'string' && name.toLowerCase() === 'connection'

/**
 * The same headers with `Connection: close`, in place of an application's own. It is given to `writeHead` with the others:
 * set before, it would make Node read those in another way, which loses some of an array.
 */
function saysClose(headers: HeadHeaders | null | undefined): HeadHeaders {
  if (!Array.isArray(headers)) {
    const others = Object.entries(headers ?? {}).filter(([name]) => !isConnection(name))
    return { ...Object.fromEntries(others), Connection: 'close' }
  }
  if (Array.isArray(headers[0])) {
    return [...(headers as unknown[][]).filter(([name]) => !isConnection(name)), ['Connection', 'close']]
  }
  const others = headers.filter((_, i) => !isConnection(headers[i - (i % 2)]))
  return [...others, 'Connection', 'close']
}

/** What follows the status in a call of `writeHead`: a reason, if it is a text, and headers, if there are any. */
function askingToClose([first, second]: unknown[]): unknown[] {
  const headers = second ?? (typeof first === 'string' ? undefined : first)
  const asking = saysClose(headers as HeadHeaders | null | undefined)
  return typeof first === 'string' ? [first, asking] : [asking]
}

const framing = /^(content-length|transfer-encoding)$/i

/** Whether the request was read whole. `complete` turns true only after the head was handed on, so framing counts too. */
function isReadWhole({ complete, rawHeaders }: Exchange['req']): boolean {
  if (complete) return true
  // Applications change `headers`, and take what frames the body out of them when they send it on.
  return (
    Array.isArray(rawHeaders) &&
    !rawHeaders.some((each, i) => i % 2 === 0 && framing.test(each) && rawHeaders[i + 1] !== '0')
  )
}

/**
 * Makes a response whose head is unsent carry `Connection: close` (RFC 9112 §9.6), decided in the moment the head is
 * written: only if its request was read whole and no other was pipelined behind it.
 *
 * @param headSent is told when the head has been written
 */
export function askToLeave(clock: Clock, exchange: Exchange, headSent: (exchange: Exchange) => void): void {
  const { connection, res } = exchange
  hangUpGently(clock, connection)
  if (res.headersSent) return
  const writeHead = res.writeHead
  res.writeHead = function (this: ServerResponse, status: number, ...rest: unknown[]) {
    const asks =
      status >= 200 &&
      !this.headersSent &&
      connection.upgrade === undefined &&
      connection.exchanges.at(-1) === exchange &&
      isReadWhole(exchange.req)
    if (asks) this.shouldKeepAlive = false
    const result = Reflect.apply(writeHead, this, [status, ...(asks ? askingToClose(rest) : rest)])
    // Middleware may have its own `writeHead` below this one: a `keep-alive` that it has set there has been promised.
    if (asks && !this.shouldKeepAlive) connection.leaving = true
    headSent(exchange)
    return result
  } as ServerResponse['writeHead']
}

/** What Node listens by on sockets whose responses say that they close, to go on writing. */
const drainListeners = new WeakMap<Socket, (() => void)[]>()

/**
 * After a `Connection: close` response Node closes the socket as soon as it is flushed. Bytes of the client that
 * arrive after that make the kernel reset the connection, and the client loses what it has not read yet. So this says
 * FIN, reads on, and closes when the client has hung up too.
 */
function hangUpGently(clock: Clock, connection: Connection): void {
  const { socket } = connection
  if (Object.hasOwn(socket, 'destroySoon')) return
  socket.destroySoon = () => hangUp(clock, connection)
  drainListeners.set(socket, socket.listeners('drain') as (() => void)[])
}

/**
 * Node takes its listeners off a socket whose client asks for another protocol. A response that is still under way there
 * needs them again: else it never hears that it may go on, and a reset is an uncaught exception.
 *
 * @returns what takes them off once more
 */
export function returnToResponse({ socket }: Connection): () => void {
  // Node would go on when the response has been sent, and nobody would get what it reads.
  forgetStall(socket)
  readAnew(socket)
  // Where the upgrade has a body, Node takes them off when that is read.
  const missing = (drainListeners.get(socket) ?? []).map((listener) => () => {
    if (!socket.listeners('drain').includes(listener)) listener.call(socket)
  })
  const ignore = () => {}
  for (const listener of missing) socket.on('drain', listener)
  socket.on('error', ignore)
  return () => {
    for (const listener of missing) socket.off('drain', listener)
    socket.off('error', ignore)
  }
}

/** Says FIN, and closes when the client has hung up as well or had its time to. */
export function hangUp(clock: Clock, connection: Connection): void {
  const { socket } = connection
  connection.leaving = true
  let cancel = () => {}
  const wait = (patience: number) => {
    cancel = clock.after(patience, () => {
      if (patience === farewell && isStillSending(connection)) wait(farewellToSender - farewell)
      else destroySocket(socket)
    })
  }
  // Somebody may have taken the tracker's own listener away.
  socket.once('close', () => {
    cancel()
    connection.forget(connection)
  })
  endSocket(socket, () => {
    if (!socket.destroyed) wait(farewell)
  })
}

/**
 * Reads on and throws away what a client sends behind a `Connection: close` head. Node's parser is taken off the
 * connection: it stops while a large response is under way, and fails on what is read then.
 */
export function discardInput({ socket }: Connection): void {
  nextTick(() => {
    socket.removeAllListeners('data')
    socket.on('data', () => {})
    socket.resume()
    readAnew(socket)
  })
}

const isStillSending = ({ overrun, exchanges: [first] }: Connection) =>
  overrun || (first?.isProbe === false && first.req.complete === false)

/** A response of either protocol, as far as it can be silenced. */
interface Silenceable {
  on(event: 'error', listener: () => void): unknown
}

/** A method that does nothing but give `result`, and tell its caller that it is done, if that wants to be told. */
export const swallowing =
  <T>(result: T) =>
  (...args: unknown[]): T => {
    const done = args.at(-1)
    if (typeof done === 'function') nextTick(done)
    return result
  }

/** Takes a response away from its handler: what the handler does with it from now on is swallowed. */
export function silence(res: Silenceable): void {
  const swallow = swallowing(res)
  res.on('error', () => {})
  Object.assign(res, {
    write: swallowing(true),
    end: swallow,
    writeHead: swallow,
    setHeader: swallow,
    setHeaders: swallow,
    appendHeader: swallow,
    removeHeader: () => {},
    flushHeaders: () => {},
  })
}
