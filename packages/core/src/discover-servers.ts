import { subscribe } from 'node:diagnostics_channel'
import type { EventEmitter } from 'node:events'
import { type AcceptedMessage, socketChannel } from './http/earlier-sockets.js'

const listenChannel = 'tracing:net.server.listen:asyncEnd'

type Found = (server: EventEmitter) => void

/** Servers that were seen: to know one again. */
const seen = new WeakSet<object>()
/** The same, to go through them. */
const listening = new Set<WeakRef<EventEmitter>>()
const searches = new Set<Found>()

const isListening = (server: EventEmitter | undefined): server is EventEmitter =>
  server !== undefined && (server as { listening?: unknown }).listening === true

/** Those that listen; the others are forgotten. */
function listeners(): EventEmitter[] {
  return [...listening].flatMap((reference) => {
    const server = reference.deref()
    if (isListening(server)) return [server]
    listening.delete(reference)
    return []
  })
}

function see(server: EventEmitter): void {
  seen.add(server)
  if (!listeners().includes(server)) listening.add(new WeakRef(server))
  for (const found of searches) found(server)
}

// From import on: an application may listen before it gets its adapter.
subscribe(listenChannel, (message) => {
  const { server } = message as { server?: EventEmitter }
  if (server !== undefined) see(server)
})

// One that has listened since before the import is seen when it is connected to. earlier-sockets.js is told first: it has to
// have the connection when the server is attached.
subscribe(socketChannel, (message) => {
  const { socket } = message as AcceptedMessage
  if (socket?.server !== undefined && !seen.has(socket.server)) see(socket.server as EventEmitter)
})

/**
 * Calls `found` with every server of this process that listens, also with a framework's hidden second one: at once with
 * those that do already, as far as they are known, and with the others as soon as they do. One that listened before
 * lameduck was imported is known when somebody has connected to it. A server may come more than once.
 *
 * @returns how to stop
 */
export function discoverServers(found: Found): () => void {
  const search: Found = (server) => found(server)
  searches.add(search)
  for (const server of listeners()) found(server)
  return () => void searches.delete(search)
}
