import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../clock.js'
import type { Drainable } from '../drain/drainable.js'
import { takeOver } from '../http/hand-over.js'
import { replaceMethod } from '../replace-method.js'
import { keepingClose } from '../servers/own-method.js'
import { createClientList } from './client-list.js'
import {
  sayGoodbye,
  socketOf,
  type WebSocketCloseCode,
  type WebSocketLike,
  watchBacklog,
} from './web-socket.js'

type UpgradeDone = (webSocket: WebSocketLike, ...rest: unknown[]) => void

/** The part of a `WebSocketServer` of `ws` that its drain needs. */
export interface WebSocketServerLike {
  /** Nothing if the server was told not to track its clients. */
  readonly clients?: Iterable<WebSocketLike> | undefined
  readonly options: object
  handleUpgrade(...args: never[]): void
  shouldHandle(...args: never[]): unknown
}

/** What the drain of WebSockets needs to know of its lifecycle. */
export interface WebSocketOptions {
  readonly clock: Clock
  readonly webSocketCloseCode: WebSocketCloseCode
}

/** Whether `value` is a `WebSocketServer` of `ws`, of whichever copy. */
export function isWebSocketServer(value: unknown): value is WebSocketServerLike {
  const { handleUpgrade, shouldHandle, options } = (value ?? {}) as Partial<WebSocketServerLike>
  return (
    typeof handleUpgrade === 'function' && typeof shouldHandle === 'function' && typeof options === 'object'
  )
}

/** The HTTP server that a WebSocket server has made for itself, because it was given a port. */
export function hiddenServerOf(server: WebSocketServerLike): Server | undefined {
  const { port } = server.options as { readonly port?: number | null }
  const { _server: hidden } = server as { readonly _server?: Server | null }
  return typeof port === 'number' && hidden ? hidden : undefined
}

/**
 * Makes a WebSocket server drainable, in all its modes. Every upgrade goes through `handleUpgrade`, also with `server` and
 * `port`: there its clients join the list, tracked or not.
 */
export function createWebSocketDrainable(
  server: WebSocketServerLike,
  { clock, webSocketCloseCode }: WebSocketOptions,
): Drainable {
  const clients = createClientList('websocket', clock)

  const join = (webSocket: WebSocketLike, socket: Duplex | undefined) => {
    const isBehind = watchBacklog(socket)
    const client = {
      kind: 'websocket',
      isBehind,
      tellToGo() {
        sayGoodbye(webSocket, webSocketCloseCode)
        isBehind()
      },
      terminate: () => webSocket.terminate(),
    }
    if (socket !== undefined) takeOver(socket)
    webSocket.once('close', () => clients.left(client))
    clients.joined(client)
  }

  const letGo = replaceMethod(server, 'handleUpgrade', (handleUpgrade) => (...args) => {
    const [request, socket, head, done] = args as [unknown, Duplex, Buffer, UpgradeDone]
    const met: UpgradeDone = (webSocket, ...rest) => {
      try {
        done(webSocket, ...rest)
      } finally {
        // Not before the application has met it: its listeners are in place when it is told to go.
        join(webSocket, socket)
      }
    }
    return handleUpgrade(request, socket, head, met)
  })
  for (const webSocket of server.clients ?? []) join(webSocket, socketOf(webSocket))

  return keepingClose(Object.assign(clients, { letGo }), server, 'close', 'nothing')
}
