import { AsyncResource } from 'node:async_hooks'
import { Server as NetServer, type Socket } from 'node:net'
import type { Drainable } from '../drain/drainable.js'
import { createArrivals } from './arrivals.js'
import { createCloseEvent } from './close-event.js'
import { acceptQuietly } from './quiet-accept.js'
import type { ServerContext } from './server-context.js'
import type { Tap } from './server-tap.js'
import type { Side } from './side.js'

/** A server's drain, whatever is spoken on its connections. */
export interface ServerDrain {
  readonly drainable: Drainable
  /** To be given the server's events, of which those are meant that have to do with the listener itself. */
  readonly listenerEvent: Tap
}

/** A server of Node's, as far as its listener is concerned. */
interface ListeningServer extends NetServer {
  readonly keepAliveTimeout?: number | undefined
}

const ignore = () => {}

/** Makes one drainable of a server's listener and of what its connections speak. */
export function createServerDrain(
  kind: string,
  server: ListeningServer,
  context: ServerContext,
  sides: readonly Side[],
): ServerDrain {
  const { clock } = context
  const isTls = 'setSecureContext' in server
  const arrivals = createArrivals(clock)
  let holdsHandshakes = false

  const closeEvent = createCloseEvent(clock, server)

  // Not the server's own `close`: it cuts connections that this drain ends in order. Bun's servers of HTTP have no other.
  const { close } = server instanceof NetServer ? NetServer.prototype : Object.getPrototypeOf(server)
  const stopListening = () => void close.call(server)

  const closeListener = () => {
    if (context.step === 'closed') return
    context.step = 'closed'
    if (server.listening) stopListening()
    const waiting = context.atTheDoor
    context.atTheDoor = []
    // Each on its own: one that throws is an uncaught exception, and not the others' problem.
    for (const handOn of waiting) clock.nextTurn(handOn)
  }

  const sum = (of: (side: Side) => number) => sides.reduce((total, side) => total + of(side), 0)

  const all = async (work: (side: Side) => Promise<void>) => {
    await Promise.all(sides.map(work))
  }

  /** While handshakes are held, keeps a connection, and always our own; false if it goes on at once. */
  const arrive: Tap = (deliver, event, args) => {
    const [socket] = args as [Socket]
    if (arrivals.arrive(socket)) return true
    if (!holdsHandshakes) return false
    // Nobody else listens to it yet: a client that gives up meanwhile would be an uncaught exception.
    socket.on('error', ignore)
    // Its client's requests will run in the async context that this connection has now, not in the drain's.
    const handOn = () => {
      socket.off('error', ignore)
      if (!socket.destroyed) deliver(event, socket)
    }
    context.atTheDoor.push(AsyncResource.bind(handOn))
    return true
  }

  /** Not while draining. */
  const listenAnew = () => {
    if (context.step !== 'serving' && context.step !== 'released') {
      stopListening()
      return false
    }
    // It serves again, after a drain that is over.
    context.step = 'serving'
    closeEvent.forget()
    return true
  }

  const listenerEvent: Tap = (deliver, event, args) => {
    if (event === 'connection') {
      if (arrive(deliver, event, args)) return true
    } else if (event === 'listening') {
      if (!listenAnew()) return false
    } else if (event === 'close' && !closeEvent.mayBeHeard()) {
      return false
    }
    return deliver(event, ...args)
  }

  const drainable: Drainable = {
    kind,
    get listening() {
      return server.listening
    },
    get inFlight() {
      return sum((side) => side.inFlight)
    },
    get endLongWork() {
      return closeEvent.endLongWork
    },
    hasOnlyLongWork: () => sides.every((side) => side.hasOnlyLongWork?.() ?? side.inFlight === 0),
    get connections() {
      return sum((side) => side.connections)
    },
    get kept() {
      return sum((side) => side.kept ?? 0)
    },
    hasIdle: () => sides.some((side) => side.hasIdle?.() === true),
    get finished() {
      return sum((side) => side.finished)
    },
    get closed() {
      const total: Record<string, number> = {}
      for (const [reason, count] of sides.flatMap((side) => Object.entries(side.closed))) {
        total[reason] = (total[reason] ?? 0) + count
      }
      return total
    },
    get keepAliveTimeout() {
      return server.keepAliveTimeout
    },
    rate: () => context.requests.perSecond(clock.now()),
    announce(watcher) {
      context.watcher = watcher
      context.step = 'leaving'
      closeEvent.hold()
      for (const side of sides) side.announce()
    },
    async stopAccepting(patience) {
      // Whoever gets no answer in these few milliseconds does not connect anew either, so that the queue can empty.
      context.step = 'closing'
      // A handshake takes as long as accepting a hundred connections: they wait as well, if they have time afterwards.
      holdsHandshakes = isTls && patience > 0
      if (server.listening) await acceptQuietly(clock, arrivals, server)
      holdsHandshakes = false
      closeListener()
      for (const side of sides) side.askToGo(patience)
    },
    closeIdle: () => all((side) => side.closeIdle()),
    except(request) {
      const found = sides.map((side) => side.except?.(request)).find((each) => each !== undefined)
      if (found !== undefined) closeEvent.spare(found.answered)
      return found
    },
    unfinished: () => sides.flatMap((side) => side.unfinished()),
    cut() {
      closeListener()
      return all((side) => side.cut())
    },
    settle: closeEvent.settle,
    release() {
      if (context.step === 'released') return
      context.step = 'released'
      for (const side of sides) side.stop()
      closeEvent.release()
    },
    letGo: closeEvent.giveBack,
  }
  return { drainable, listenerEvent }
}
