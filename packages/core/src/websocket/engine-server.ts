import type { Drainable } from '../drain/drainable.js'
import { takeOver } from '../http/hand-over.js'
import { replaceMethod } from '../replace-method.js'
import { keepingClose } from '../servers/own-method.js'
import { createClientList } from './client-list.js'
import { createNewcomers } from './newcomers.js'
import { closeWithCode, socketOf, type WebSocketLike, watchBacklog, webSocketClosed } from './web-socket.js'
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
  /** A poll waits for an answer. */
  readonly writable?: boolean
  send?(packets: readonly object[]): unknown
  once?(event: 'ready', listener: () => void): unknown
}

/** A client of Engine.IO. */
interface EngineClient {
  readonly readyState: string
  /** A WebSocket is open that may become its transport. */
  readonly upgrading?: boolean
  readonly transport: Transport
  readonly writeBuffer: readonly unknown[]
  /** With `isAtOnce` it waits for no further poll. */
  close(isAtOnce?: boolean): void
  once(event: 'close' | 'upgrade', listener: () => void): unknown
  on(event: 'upgrade', listener: (transport: Transport) => void): unknown
}

/** The part of an Engine.IO server that its drain needs. */
export interface EngineServerLike {
  readonly clientsCount: number
  on(event: 'connection', listener: (client: unknown) => void): unknown
  off(event: 'connection', listener: (client: unknown) => void): unknown
}

/** The part of a Socket.IO server that leads to its engine. */
export interface SocketServerLike {
  readonly engine: EngineServerLike
}

/** How Engine.IO takes a WebSocket that has been opened: for a new client, or for one that may go over to it. */
type OnWebSocket = (request: unknown, socket: object, webSocket: WebSocketLike) => unknown

/** What a client has kept back while it went over to a WebSocket comes right behind, within this many milliseconds. */
const afterUpgrade = 100
/** What a client has sent before it heard of its end is here within this many milliseconds. */
const afterLastPoll = 100

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
 *
 * @param server the server of Socket.IO above it, if that was attached
 */
export function createEngineDrainable(
  engine: EngineServerLike,
  { clock, webSocketCloseCode }: WebSocketOptions,
  server?: object,
): Drainable {
  const list = createClientList('engine.io', clock)
  const newcomers = createNewcomers(list, clock, webSocketCloseCode)

  const join = (client: EngineClient) => {
    let webSocket: WebSocketLike | undefined
    let hasBacklog = watchBacklog(undefined)
    let isTold = false

    const leave = () => {
      // A client that Engine.IO has done with still has its closing handshake to make.
      const isShut = webSocket === undefined || webSocket.readyState === webSocketClosed
      if (client.readyState === 'closed' && isShut) list.left(listed)
    }

    const useWebSocket = (transport: Transport) => {
      webSocket = webSocketOf(transport)
      if (webSocket === undefined) return false
      const socket = socketOf(webSocket)
      if (socket !== undefined) takeOver(socket)
      hasBacklog = watchBacklog(socket)
      webSocket.once('close', leave)
      if (isTold) closeWithCode(webSocket, webSocketCloseCode)
      return newcomers.became(webSocket)
    }

    const closeAtOnce = () => {
      const { transport } = client
      // Engine.IO would break off what the client is sending.
      if (transport.dataReq) transport.dataReq.once('close', closeAtOnce)
      else client.close(true)
    }

    /**
     * A client that polls hears of its end on a poll, and may have sent something before. Engine.IO would not hear that any more:
     * it is closed when the client knows.
     */
    const closeOnPoll = (transport: Transport) => {
      if (client.transport !== transport) return client.close()
      // What waits for the client goes first.
      if (!transport.writable) return void transport.once?.('ready', () => closeOnPoll(transport))
      transport.send?.([{ type: 'close' }])
      clock.after(afterLastPoll, closeAtOnce)
    }

    const close = () => {
      const { transport } = client
      if (transport.name !== 'polling') client.close()
      else {
        closeOnPoll(transport)
        client.once('upgrade', () => client.close())
      }
      hasBacklog()
    }

    /** A client that goes over to a WebSocket has kept its messages back: it gets there first. */
    const closeAfterUpgrade = (patience: number) => {
      let cancel = clock.after(patience / 2, close)
      client.once('close', () => cancel())
      client.once('upgrade', () => {
        cancel()
        cancel = clock.after(afterUpgrade, close)
      })
    }

    const listed = {
      get kind() {
        return client.transport.name === 'polling' ? 'long-polling' : 'websocket'
      },
      isBehind: () => hasBacklog() || (webSocket !== undefined && client.writeBuffer.length > 0),
      needsConnections: () => client.transport.name === 'polling',
      tellToGo(patience: number) {
        newcomers.leave()
        if (webSocket !== undefined && !isTold) closeWithCode(webSocket, webSocketCloseCode)
        isTold = true
        const { transport } = client
        if (transport.closeTimeout !== undefined) transport.closeTimeout = patience
        if (client.upgrading) closeAfterUpgrade(patience)
        else close()
      },
      terminate() {
        // Between two polls there is nothing to end: Engine.IO forgets the client by itself.
        if (webSocket !== undefined) return webSocket.terminate()
        closeAtOnce()
        list.left(listed)
      },
    }

    const isKnown = useWebSocket(client.transport)
    client.on('upgrade', useWebSocket)
    client.once('close', leave)
    list.joined(listed, !isKnown)
  }

  let giveBack = () => {}
  if (typeof (engine as { onWebSocket?: unknown }).onWebSocket === 'function') {
    giveBack = replaceMethod(engine, 'onWebSocket', (onWebSocket) => (...args) => {
      const [, socket, webSocket] = args as Parameters<OnWebSocket>
      newcomers.meet(webSocket, socket)
      return onWebSocket(...args)
    })
  }
  const connected = (client: unknown) => join(client as EngineClient)
  engine.on('connection', connected)
  const { clients } = engine as EngineServerLike & { readonly clients: Record<string, EngineClient> }
  for (const client of Object.values(clients)) join(client)

  const letGo = () => {
    giveBack()
    engine.off('connection', connected)
  }
  const drainable = Object.assign(list, { letGo })
  return server === undefined ? drainable : keepingClose(drainable, server, 'close', 'promise')
}
