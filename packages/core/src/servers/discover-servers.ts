import type { EventEmitter } from 'node:events'
import { createWeakList, keepWith, type WeakList } from '../weak-list.js'
import { type AcceptedMessage, hearOnce, listenChannel, socketChannel } from './node-channels.js'

type Found = (server: EventEmitter) => void

/** The servers of the process that listen. */
interface Register {
  readonly searches: WeakList<Found, undefined>
  /** Those that listen; others are forgotten. */
  listening(): EventEmitter[]
  see(server: EventEmitter): void
  hasSeen(server: object): boolean
}

const isListening = (server: EventEmitter | undefined): server is EventEmitter =>
  server !== undefined && (server as { listening?: unknown }).listening === true

function createRegister(): Register {
  const searches = createWeakList<Found, undefined>()
  const seen = new WeakSet<object>()
  const references = new Set<WeakRef<EventEmitter>>()

  const listening = () =>
    [...references].flatMap((reference) => {
      const server = reference.deref()
      if (isListening(server)) return [server]
      references.delete(reference)
      return []
    })

  return {
    searches,
    listening,
    hasSeen: (server) => seen.has(server),
    see(server) {
      seen.add(server)
      if (!listening().includes(server)) references.add(new WeakRef(server))
      for (const found of searches) found(server)
    },
  }
}

// From import on: an application may listen before it gets its adapter.
const register = hearOnce(listenChannel, 'lameduck.listening.v1', () => {
  const heard = createRegister()
  const listener = (message: unknown) => {
    const { server } = message as { server?: EventEmitter }
    if (server !== undefined) heard.see(server)
  }
  return { heard, listener }
})

// One that has listened since before the import is seen when it is connected to. That channel's other listener, of
// earlier-sockets.js, comes first: it has to have the connection when the server is attached.
hearOnce(socketChannel, 'lameduck.listening.v1', () => ({
  heard: register,
  listener(message) {
    const server = (message as AcceptedMessage).socket?.server as EventEmitter | undefined
    if (server !== undefined && !register.hasSeen(server)) register.see(server)
  },
}))

/** The servers of this process that listen, as far as they are known. */
export const listeningServers = (): EventEmitter[] => register.listening()

/**
 * Calls `found` with every server of this process that listens, also with a framework's hidden second one: at once with
 * those that do already, as far as they are known, and with the others as soon as they do. One that listened before
 * lameduck was imported is known when somebody has connected to it. A server may come more than once.
 *
 * @param owner the search goes on for as long as it lives, and does not keep it: a test's application need not be stopped
 * @default the search keeps whatever `found` holds, until it is stopped
 * @returns how to stop
 */
export function discoverServers(found: Found, owner?: object): () => void {
  const search: Found = (server) => found(server)
  register.searches.add(search, undefined)
  const letGo = owner === undefined ? () => {} : keepWith(owner, search)
  register.searches.keep(search, owner === undefined)
  for (const server of register.listening()) found(server)
  return () => {
    register.searches.delete(search)
    letGo()
  }
}
