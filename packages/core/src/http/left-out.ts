import type { ServerResponse } from 'node:http'
import type { Clock } from '../clock.js'
import type { LeftOut } from '../drain/drainable.js'
import { answerForHandler } from './answers.js'
import type { Connection, Upgrade } from './connection.js'
import type { ConnectionTracker } from './connections.js'
import { describeExchange, type Exchange, exchangesOf, hasWork } from './exchanges.js'
import { hangUp } from './leave.js'

/** The requests of HTTP/1 that a drain does not wait for, with what is pipelined around them. */
export interface LeftOutRequests {
  /** Whether a connection has one. */
  isOn(connection: Connection): boolean
  /** Whether it is one. */
  has(exchange: Exchange): boolean
  leaveOut(exchange: Exchange): LeftOut
  /** The same of what is spoken on a connection behind an upgrade. */
  leaveOutUpgraded(connection: Connection, upgrade: Upgrade): LeftOut
  /** To be told of every exchange that begins while draining. */
  began(exchange: Exchange): void
  /** To be told of every exchange that has ended. */
  ended(exchange: Exchange): void
  /** Takes a connection with one off the tracker: it closes behind its last answer. */
  letGo(connection: Connection): void
  /** The same for all that have no work beside it. */
  letIdleGo(): void
}

interface Waiting {
  /** Those that are not answered. */
  readonly leftOut: Set<Exchange>
  readonly answered: Promise<void>
  readonly resolve: () => void
  isLetGo: boolean
}

/** Calls `then` when a response has all of its answer, or takes no more of it before its turn. */
function whenFull(res: ServerResponse, then: () => void): void {
  if (res.writableEnded || res.writableNeedDrain) {
    then()
    return
  }
  const { write, end } = res
  res.write = ((...args: unknown[]) => {
    const goesOn = Reflect.apply(write, res, args)
    if (!goesOn) then()
    return goesOn
  }) as ServerResponse['write']
  res.end = ((...args: unknown[]) => {
    Reflect.apply(end, res, args)
    then()
    return res
  }) as ServerResponse['end']
}

/**
 * Creates an empty list.
 *
 * @param changed called when something is no work any more
 */
export function createLeftOut(
  clock: Clock,
  connections: ConnectionTracker,
  changed: () => void,
): LeftOutRequests {
  const waiting = new Map<Connection, Waiting>()

  const begin = (connection: Connection): Waiting => {
    let resolve = () => {}
    const answered = new Promise<void>((settle) => {
      resolve = settle
    })
    const begun = { leftOut: new Set<Exchange>(), answered, resolve, isLetGo: false }
    waiting.set(connection, begun)
    return begun
  }

  const isOpen = ({ socket }: Connection) => !socket.destroyed && !socket.writableEnded

  /** All is answered; a client that goes on sending what nobody reads does not hold the process. */
  const look = (connection: Connection) => {
    const isAnswered = exchangesOf(connection).every(({ res }) => res.closed)
    if (waiting.get(connection)?.isLetGo && isAnswered && isOpen(connection)) hangUp(clock, connection)
  }

  /** It cannot be answered before the one that is left out: what can be done about it now is all that is waited for. */
  const awaitTurn = (exchange: Exchange) => {
    whenFull(exchange.res, () => {
      if (!waiting.get(exchange.connection)?.leftOut.size) return
      connections.setAside(exchange)
      changed()
    })
    exchange.res.once('close', () => look(exchange.connection))
  }

  const letGo = (connection: Connection) => {
    const present = waiting.get(connection)
    if (present === undefined || present.isLetGo) return
    present.isLetGo = true
    connection.leaving = true
    connections.letGo(connection)
    look(connection)
  }

  return {
    isOn: (connection) => waiting.has(connection),
    has: (exchange) => waiting.get(exchange.connection)?.leftOut.has(exchange) === true,
    leaveOut(exchange) {
      const { connection, res } = exchange
      const { leftOut, answered } = waiting.get(connection) ?? begin(connection)
      leftOut.add(exchange)
      connections.setAside(exchange)
      res.once('close', () => look(connection))
      const { exchanges } = connection
      exchanges.slice(exchanges.indexOf(exchange) + 1).forEach(awaitTurn)
      return {
        answered,
        end() {
          if (!leftOut.has(exchange)) return undefined
          if (res.headersSent) connection.socket.destroy()
          else answerForHandler(res, exchange === connection.exchanges.at(-1))
          return describeExchange(clock, 'request', exchange)
        },
      }
    },
    leaveOutUpgraded(connection, upgrade) {
      const { socket } = connection
      connections.letGo(connection)
      const answered = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      const end = () => {
        socket.destroy()
        return describeExchange(clock, 'upgraded', upgrade)
      }
      return { answered, end }
    },
    began(exchange) {
      if (waiting.has(exchange.connection)) awaitTurn(exchange)
    },
    ended(exchange) {
      const { connection } = exchange
      const present = waiting.get(connection)
      present?.leftOut.delete(exchange)
      if (present === undefined || connection.exchanges.length > 0) return
      look(connection)
      waiting.delete(connection)
      // Whoever leaves before its client has read the answer may reset it.
      if (present.isLetGo && !connection.socket.destroyed) connection.socket.once('close', present.resolve)
      else present.resolve()
    },
    letGo,
    letIdleGo() {
      for (const connection of waiting.keys()) if (!hasWork(connection)) letGo(connection)
    },
  }
}
