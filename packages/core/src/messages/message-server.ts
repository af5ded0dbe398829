import type { Server as NetServer, Socket } from 'node:net'
import { type Clock, inMicrotask } from '../clock.js'
import { createCoarseClock } from '../coarse-clock.js'
import type { Cut } from '../drain/cut.js'
import type { Drainable, DrainWatcher } from '../drain/drainable.js'
import { createGate } from '../drain/gate.js'
import { createRateMeter } from '../drain/rate.js'
import { createArrivals } from '../http/arrivals.js'
import { destroySocket, endSocket } from '../http/end-socket.js'
import { createHandshakes } from '../http/handshakes.js'
import { acceptQuietly } from '../http/quiet-accept.js'
import { tapServer } from '../http/server-tap.js'
import { ownMethod } from '../servers/own-method.js'

/** How long a client that was told FIN gets to hang up in return. */
const farewell = 1000

/** A drainable that is told of messages by whoever speaks the protocol. */
export interface MessageServer extends Drainable {
  /** Somebody works on this message from now on. */
  began(message: object): void
  /** It is answered, or will never be. The second call for one message does nothing. */
  ended(message: object): void
}

/** What a message server is made of. */
export interface MessageServerOptions {
  /** What the report calls the server. */
  readonly kind: string
  /** What the report says of a message that was cut. */
  readonly describe: (message: object) => Pick<Cut, 'name' | 'path'>
  /** The connection that a message has come over, if that can be told: when it has closed, nobody waits for an answer. */
  readonly socketOf?: (message: object) => Socket | undefined
}

/**
 * Makes a server of `node:net` or `node:tls` drainable whose clients send messages over lasting connections, in a
 * protocol without a word for leaving. Its listener closes like any other; its connections get FIN when no message of
 * any of them is unanswered.
 *
 * Without a server, messages come over a connection of somebody else's making, such as a broker's client: they are
 * waited for, and say nothing about whether traffic is still routed here.
 */
export function createMessageServer(
  clock: Clock,
  server: NetServer | undefined,
  { kind, describe, socketOf = () => undefined }: MessageServerOptions,
): MessageServer {
  const now = createCoarseClock(clock)
  const rate = createRateMeter(clock.now())
  const sockets = new Set<Socket>()
  const messages = new Set<object>()
  const arrivals = createArrivals(clock)
  const closed: Record<string, number> = {}
  /** Connections that are not secured yet: they get the same time to get on as those of https. */
  const handshakes = createHandshakes(clock, () => watcher?.changed())
  /** Whom the drain has found connected. */
  const early = new Set<Socket>()
  const gate = createGate()
  /** Whoever has not sent anything yet may. */
  let isPatient = false
  let stopWaiting = () => {}
  let watcher: DrainWatcher | undefined
  let announcedAt = 0
  let finished = 0
  let step: 'serving' | 'draining' | 'released' = 'serving'
  let endedByUs: 'idle' | 'cut' | undefined
  const close =
    server &&
    ownMethod(
      server,
      'close',
      (args) => {
        const done = args.find((each) => typeof each === 'function')
        if (done !== undefined) inMicrotask(done as () => void)
      },
      'server',
    )

  const accept = (socket: Socket) => {
    sockets.add(socket)
    if (step !== 'serving') watcher?.arrived()
    socket.once('close', () => {
      sockets.delete(socket)
      if (step === 'serving') return
      early.delete(socket)
      gate.notify()
      forgetOf(socket)
      const reason = endedByUs ?? 'by-client'
      closed[reason] = (closed[reason] ?? 0) + 1
      watcher?.changed()
    })
  }

  const tap = (listener: NetServer) => {
    const isTls = 'setSecureContext' in listener
    const connected: Readonly<Record<string, (socket: Socket) => void>> = isTls
      ? {
          connection: handshakes.began,
          secureConnection(socket) {
            accept(socket)
            handshakes.secured(socket)
          },
        }
      : { connection: accept }
    return tapServer(listener, (deliver, event, args) => {
      if (event === 'connection' && arrivals.arrive(args[0] as Socket)) return true
      connected[event]?.(args[0] as Socket)
      if (event === 'listening' && step === 'draining') {
        close?.call()
        return false
      }
      // What hangs on this event may listen again; not while we drain.
      if (event === 'close' && step === 'draining') return false
      return deliver(event, ...args)
    })
  }
  const giveBack = server ? tap(server) : () => {}

  const allGone = () =>
    Promise.all(
      [...sockets].map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))),
    )

  const endAll = async (reason: 'idle' | 'cut', end: (socket: Socket) => void) => {
    endedByUs = reason
    const gone = allGone()
    for (const socket of sockets) end(socket)
    await gone
    endedByUs = undefined
  }

  const settle = (message: object) => {
    if (!messages.delete(message)) return
    finished++
    if (messages.size === 0) watcher?.changed()
  }

  /** A stream of answers without end goes on when its client has gone: it is no work any more. */
  const forgetOf = (closed?: Socket) => {
    for (const message of messages) {
      const socket = socketOf(message)
      if (socket !== undefined && (socket === closed || socket.destroyed)) messages.delete(message)
    }
  }

  return {
    kind,
    server,
    get listening() {
      return server?.listening ?? false
    },
    get inFlight() {
      return messages.size
    },
    get connections() {
      return sockets.size + handshakes.connections
    },
    get kept() {
      return early.size
    },
    // Nothing in their protocol tells them to leave.
    hasIdle: () => sockets.size > 0,
    get finished() {
      return finished
    },
    get closed() {
      return { ...closed, ...handshakes.closed }
    },
    rate: () => (server ? rate.perSecond(clock.now()) : 0),
    began(message) {
      messages.add(message)
      rate.count(now())
      if (step !== 'serving') gate.notify()
    },
    ended(message) {
      // The answer is written a moment after its end is told.
      if (step === 'serving') messages.delete(message)
      else clock.nextTurn(() => settle(message))
    },
    announce(drainWatcher) {
      watcher = drainWatcher
      announcedAt = clock.now()
      step = 'draining'
      for (const socket of sockets) early.add(socket)
      forgetOf()
      close?.hold()
    },
    async stopAccepting(patience) {
      if (server?.listening) {
        await acceptQuietly(clock, arrivals, server)
        close?.call()
      }
      handshakes.askToGo(patience)
      isPatient = patience > 0
      stopWaiting = clock.after(patience, () => {
        isPatient = false
        gate.notify()
      })
    },
    async closeIdle() {
      const isNew = ({ bytesRead }: Socket) => bytesRead === 0
      await gate.until(() => messages.size > 0 || !isPatient || ![...sockets].some(isNew))
      if (messages.size > 0) return
      const idle = endAll('idle', (socket) => {
        endSocket(socket)
        clock.later(farewell, () => destroySocket(socket))
      })
      await Promise.all([idle, handshakes.closeIdle()])
    },
    unfinished: () =>
      [...messages].map((message) => ({
        kind: 'message',
        ...describe(message),
        // At least: when it began is not kept.
        age: Math.round(clock.now() - announcedAt),
      })),
    async cut() {
      await Promise.all([endAll('cut', destroySocket), handshakes.cut()])
    },
    settle: () => close?.settle(),
    release() {
      step = 'released'
      stopWaiting()
      handshakes.stop()
      // From here on it is the framework's own: what hangs on its event must know that it is meant.
      close?.giveBack()
      if (server?.listening) server.close()
    },
    giveBack,
  }
}
