import type { Seat } from '@lameduck/core'

/** What a `WebSocket` of `ws` is asked for. */
interface WebSocket {
  readonly close: unknown
  readonly terminate: unknown
  readonly readyState: unknown
}

const isWebSocket = (value: unknown): value is WebSocket => {
  const { close, terminate, readyState } = (value ?? {}) as Partial<WebSocket>
  return typeof close === 'function' && typeof terminate === 'function' && typeof readyState === 'number'
}

/** The WebSocket that is spoken on a socket: every copy of `ws`, also one that is bundled, leaves it there by a symbol of its own. */
function webSocketOn(socket: object): WebSocket | undefined {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'websocket')
  const found = key && (socket as Record<symbol, unknown>)[key]
  return isWebSocket(found) ? found : undefined
}

/**
 * Drains the WebSockets whose server nobody can be asked for, as if it had been attached: of `ws` and of what is made with it.
 *
 * @returns how to leave them alone
 */
export function drainWebSockets(seat: Seat): () => void {
  type Done = (webSocket: WebSocket) => void
  const server = {
    options: {},
    shouldHandle: () => false,
    handleUpgrade: (_request: unknown, socket: object, _head: unknown, done: Done) => {
      const webSocket = webSocketOn(socket)
      if (webSocket !== undefined) done(webSocket)
    },
  }
  seat.attach(server)
  return seat.findOwners((socket) => server.handleUpgrade(undefined, socket, undefined, () => {}))
}
