import type { Duplex } from 'node:stream'

/** The part of a `WebSocket` of `ws` that its drain needs. */
export interface WebSocketLike {
  readonly readyState: number
  close(code?: number, reason?: string): void
  terminate(): void
  once(event: 'close', listener: () => void): unknown
}

/** The `readyState` of a WebSocket that has closed. */
export const webSocketClosed = 3

/** What clients are told (RFC 6455 §7.4.1, and its registry for 1012). */
export const goodbyes = { 1001: 'Going Away', 1012: 'Service Restart' } as const

/** A status code by which a client knows that it should come back, elsewhere. */
export type WebSocketCloseCode = keyof typeof goodbyes

/** Starts the closing handshake with `code`; nothing happens if it has been started already. */
export const sayGoodbye = (webSocket: WebSocketLike, code: WebSocketCloseCode): void =>
  webSocket.close(code, goodbyes[code])

/** Gives a WebSocket `code` to close with, where its server would close it without one. */
export function closeWithCode(webSocket: WebSocketLike, code: WebSocketCloseCode): void {
  const { close } = webSocket
  webSocket.close = (given = code, reason = goodbyes[code]) => close.call(webSocket, given, reason)
}

/**
 * Says, at each call, whether bytes for the client wait for the network, or some have got there since the last call: then
 * more may be on their way through a compressor. `bufferedAmount` would not do: it grows with every message that the
 * application sends too late.
 */
export function watchBacklog(
  socket: (Duplex & { readonly bytesWritten?: number }) | undefined,
): () => boolean {
  let seen = 0
  return () => {
    const { bytesWritten = 0, writableLength = 0 } = socket ?? {}
    const hasMoved = bytesWritten > seen
    seen = bytesWritten
    return hasMoved || writableLength > 0
  }
}

/** The socket below a WebSocket: it has no public name for those that were connected before anybody asked. */
export const socketOf = (webSocket: object): Duplex | undefined =>
  (webSocket as { _socket?: Duplex | null })._socket ?? undefined
