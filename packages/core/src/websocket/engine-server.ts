import type { Drainable } from '../drainable.js'
import { takeOver } from '../http/hand-over.js'
import { createGuests } from './guests.js'
import { goodbyes, socketOf, type WebSocketLike, watchBacklog } from './web-socket.js'
import type { WebSocketOptions } from './web-socket-server.js'

/** How Engine.IO talks to a client at present. */
interface Transport {
  readonly name: string
  /** The WebSocket, if it is one of `ws`. */
  readonly socket?: unknown
  /** How long it waits for a client's next poll to say that it closes, in milliseconds. */
  closeTimeout?: number
  /** The request by which a polling client is sending something. */
  readonly dataReq?: { once(event: 'close', listener: () => void): unknown } | null
}

/** A client of Engine.IO. */
interface EngineClient {
  readonly readyState: string
  readonly transport: Transport
  readonly writeBuffer: readonly unknown[]
  close(): void
  once(event: 'close', listener: () => void): unknown
  on(event: 'upgrade', listener: (transport: Transport) => void): unknown
}

/** The part of an Engine.IO server that its drain needs. */
export interface EngineServerLike {
  readonly clientsCount: number
  on(event: 'connection', listener: (client: never) => void): unknown
}

/** The part of a Socket.IO server that leads to its engine. */
export interface SocketServerLike {
  readonly engine: EngineServerLike
}

const isEngine = (value: unknown): value is EngineServerLike => {
  const { clients, clientsCount, on } = (value ?? {}) as Partial<EngineServerLike & { clients: object }>
  return typeof clients === 'object' && typeof clientsCount === 'number' && typeof on === 'function'
}

/** The Engine.IO server that `value` is, or that a Socket.IO server has. */
export function engineOf(value: unknown): EngineServerLike | undefined {
  if (isEngine(value)) return value
  const { engine } = (value ?? {}) as Partial<SocketServerLike>
  return isEngine(engine) ? engine : undefined
}

const webSocketOf = ({ name, socket }: Transport): WebSocketLike | undefined => {
  const isKnown = name === 'websocket' && typeof (socket as Partial<WebSocketLike>)?.terminate === 'function'
  return isKnown ? (socket as WebSocketLike) : undefined
}

/**
 * Makes an Engine.IO server drainable. Clients are closed in its own protocol, behind the packets that wait for them: a
 * WebSocket with the close code, a poll with a close packet. So they connect anew by themselves; Socket.IO clients would
 * not, had their sockets been told to disconnect.
 */
export function createEngineDrainable(
  engine: EngineServerLike,
  { clock, webSocketCloseCode }: WebSocketOptions,
): Drainable {
  const guests = createGuests('engine.io', clock)

  const welcome = (client: EngineClient) => {
    let webSocket: WebSocketLike | undefined
    let hasBacklog = watchBacklog(undefined)

    const leave = () => {
      // A client that Engine.IO has done with still has its closing handshake to make.
      if (client.readyState === 'closed' && (webSocket?.readyState ?? 3) === 3) guests.left(guest)
    }

    const useWebSocket = (transport: Transport) => {
      webSocket = webSocketOf(transport)
      if (webSocket === undefined) return
      const socket = socketOf(webSocket)
      if (socket !== undefined) takeOver(socket)
      hasBacklog = watchBacklog(socket)
      webSocket.once('close', leave)
    }

    const guest = {
      get kind() {
        return client.transport.name === 'polling' ? 'long-polling' : 'websocket'
      },
      isBehind: () => hasBacklog() || (webSocket !== undefined && client.writeBuffer.length > 0),
      dismiss(patience: number) {
        if (webSocket !== undefined) closeWith(webSocket)
        const { transport } = client
        if (transport.closeTimeout !== undefined) transport.closeTimeout = patience
        // Engine.IO would break off what the client is sending.
        if (transport.dataReq) transport.dataReq.once('close', () => client.close())
        else client.close()
        hasBacklog()
      },
      terminate() {
        // Between two polls there is nothing to end: Engine.IO forgets the client by itself.
        if (webSocket === undefined) guests.left(guest)
        else webSocket.terminate()
      },
    }

    /** Engine.IO closes WebSockets without a code. */
    const closeWith = (closing: WebSocketLike) => {
      const { close } = closing
      closing.close = (code = webSocketCloseCode, reason = goodbyes[webSocketCloseCode]) =>
        close.call(closing, code, reason)
    }

    useWebSocket(client.transport)
    client.on('upgrade', useWebSocket)
    client.once('close', leave)
    guests.came(guest)
  }

  engine.on('connection', welcome)
  const { clients } = engine as EngineServerLike & { readonly clients: Record<string, EngineClient> }
  for (const client of Object.values(clients)) welcome(client)

  return guests
}
