import type { Clock } from '../clock.js'
import { takeOver } from '../http/hand-over.js'
import type { Client, ClientList } from './client-list.js'
import { closeWithCode, sayGoodbye, type WebSocketCloseCode, type WebSocketLike } from './web-socket.js'

/** WebSockets that are open and nobody's transport yet: a client goes over to one only when it has proved itself. */
export interface Newcomers {
  /** One has been opened. */
  meet(webSocket: WebSocketLike, socket: object): void
  /** It is a client's from now on; false if it was none of these. */
  became(webSocket: WebSocketLike): boolean
  /** Clients are told to go: Engine.IO closes with them what they were about to use. */
  leave(): void
}

/**
 * Creates an empty list of them, each of which is on `list` as long as it is here. One that is told to go has half of its
 * time to become a client's before it is closed with `code`.
 */
export function createNewcomers(list: ClientList, clock: Clock, code: WebSocketCloseCode): Newcomers {
  const newcomers = new Map<WebSocketLike, { readonly client: Client; readonly cancel: () => void }>()
  let isLeaving = false

  const forget = (webSocket: WebSocketLike) => {
    const known = newcomers.get(webSocket)
    known?.cancel()
    newcomers.delete(webSocket)
    return known?.client
  }

  return {
    meet(webSocket, socket) {
      let cancel = () => {}
      const client: Client = {
        kind: 'websocket',
        isBehind: () => false,
        tellToGo(patience) {
          cancel()
          cancel = clock.after(patience / 2, () => sayGoodbye(webSocket, code))
        },
        terminate: () => webSocket.terminate(),
      }
      takeOver(socket)
      if (isLeaving) closeWithCode(webSocket, code)
      newcomers.set(webSocket, { client, cancel: () => cancel() })
      webSocket.once('close', () => {
        if (forget(webSocket) !== undefined) list.left(client)
      })
      list.joined(client)
    },
    became(webSocket) {
      const client = forget(webSocket)
      if (client !== undefined) list.merged(client)
      return client !== undefined
    },
    leave() {
      if (isLeaving) return
      isLeaving = true
      for (const webSocket of newcomers.keys()) closeWithCode(webSocket, code)
    },
  }
}
