import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../clock.js'
import type { Cut } from '../drain/cut.js'
import { createGate, waitUntil } from '../drain/gate.js'
import { answerForHandler, writeTimeout } from './answers.js'
import { inBatches } from './batches.js'
import type { Connection } from './connection.js'
import type { ConnectionTracker } from './connections.js'
import { destroySocket, endSocket } from './end-socket.js'
import { describeExchange, exchangesOf, hasWork } from './exchanges.js'
import { inFreshTurns } from './fresh-turns.js'
import { isTakenOver } from './hand-over.js'
import { farewell, hangUp } from './leave.js'
import type { LeftOutRequests } from './left-out.js'

/** Clients hang up in return, perhaps all at once, which takes 25 µs each: more than this many are waited for. */
const crowd = 150
/** But not for longer than this, … */
const breather = 50
/** … and than this in all: clients who are far away hang up no faster than they are told to. */
const longestRest = 200

/** How the connections of one server end while draining. */
export interface Closing {
  /** Connections closed so far, by what they were doing. */
  readonly counts: Record<string, number>
  /** To be told of every connection that has closed. */
  ended(connection: Connection): void
  /** Whether a connection has no work that has had some. */
  hasIdle(): boolean
  /** After `patience` milliseconds, closes the connections that have not sent a whole head. */
  reapUnspoken(patience: number): void
  /** Closes the connections without work, each after the patience that it was given; resolves when they are gone. */
  closeIdle(): Promise<void>
  /** The requests and foreign protocols that are not finished. */
  unfinished(): Cut[]
  /** Ends everything by force; resolves when every connection is gone. */
  cut(): Promise<void>
  /** Cancels what {@link reapUnspoken} still had to do. */
  stop(): void
}

/** It may have closed meanwhile. */
const isIdle = (connection: Connection) =>
  connection.isOpen && !hasWork(connection) && connection.upgrade === undefined && !connection.leaving

const peerOf = ({ remoteAddress }: Socket) => (remoteAddress === undefined ? {} : { remoteAddress })

/** What is unfinished on one connection, as the report lists it. */
function describeWork(clock: Clock, connection: Connection): Cut[] {
  const { upgrade, socket } = connection
  const requests = exchangesOf(connection)
    .filter(({ isWork }) => isWork)
    .map((exchange) => describeExchange(clock, 'request', exchange))
  const upgrades = upgrade === undefined ? [] : [describeExchange(clock, 'upgraded', upgrade)]
  return [...requests, ...upgrades].map((cut) => ({ ...cut, ...peerOf(socket) }))
}

/**
 * Creates the closing side of one server's connections.
 *
 * @param isHead whether what has come on an idle connection is the beginning of a head, where that is known
 * @param leftOut the requests that are not waited for
 */
export function createClosing(
  clock: Clock,
  connections: ConnectionTracker,
  isHead: (socket: Socket) => boolean | undefined,
  leftOut: LeftOutRequests,
): Closing {
  const counts: Record<string, number> = {}
  /** What connections were doing when the drain closed them. */
  const closedAs = new Map<Connection, string>()
  const gate = createGate()
  let hangingUp = 0
  let rested = 0
  let isPatient = false
  let stop = () => {}

  const hasHalfHead = ({ socket, bytesWhenIdle }: Connection) =>
    isHead(socket) ?? socket.bytesRead > bytesWhenIdle
  const isUnspoken = (connection: Connection) =>
    isIdle(connection) &&
    connection.exchanges.length === 0 &&
    (connection.socket.bytesRead === 0 || hasHalfHead(connection))

  const hasSpoken = (connection: Connection) =>
    isIdle(connection) && !isUnspoken(connection) && !leftOut.isOn(connection)

  const count = (kind: string) => {
    counts[kind] = (counts[kind] ?? 0) + 1
  }

  const answer = (res: ServerResponse, isLast: boolean) => {
    try {
      if (!res.headersSent) answerForHandler(res, isLast)
    } catch {
      // Whoever has made this response refuse to be written gets no answer; the others do.
    }
  }

  /** Probes whose body never comes, whose answer is not read, or whose checks hang: they get a moment, and no more. */
  const seeProbesOff = (connection: Connection) => {
    const { socket } = connection
    connection.leaving = true
    const cancel = clock.after(farewell, () => {
      for (const exchange of exchangesOf(connection))
        answer(exchange.res, exchange === connection.exchanges.at(-1))
      hangUp(clock, connection)
      // What its client does not read is never flushed.
      clock.after(farewell, () => destroySocket(socket))
    })
    socket.once('close', cancel)
  }

  const kindOf = (connection: Connection) => {
    if (connection.exchanges.length > 0) return 'idle'
    if (connection.socket.bytesRead === 0) return 'silent'
    return hasHalfHead(connection) ? 'half-head' : 'idle'
  }

  const close = (connection: Connection, kind: string) => {
    if (!closedAs.has(connection)) hangingUp++
    closedAs.set(connection, kind)
  }

  const closeWithoutWork = (connection: Connection) => {
    const kind = kindOf(connection)
    close(connection, kind)
    if (connection.exchanges.length > 0) return seeProbesOff(connection)
    if (kind === 'half-head') writeTimeout(connection.socket)
    hangUp(clock, connection)
  }

  const breathe = () => {
    if (hangingUp <= crowd || rested >= longestRest) return undefined
    const since = clock.now()
    const until = since + Math.min(breather, longestRest - rested)
    const rest = waitUntil(
      clock,
      gate,
      () => until,
      () => hangingUp <= crowd / 2,
    )
    return rest.then(() => {
      rested += clock.now() - since
    })
  }

  /** Closes the connections that `is` chooses. Each is looked at again in its turn: a request that is here already is served. */
  const closeThose = (is: (connection: Connection) => boolean) =>
    inFreshTurns(clock, [...connections], { is, work: closeWithoutWork, rest: breathe })

  const anybodyLeaves = () =>
    connections.some((connection) => connection.leaving && !leftOut.isOn(connection))

  const endWork = (connection: Connection) => {
    const last = connection.exchanges.at(-1)
    if (connection.upgrade !== undefined || hasWork(connection)) closedAs.set(connection, 'cut')
    for (const exchange of exchangesOf(connection)) {
      if (!leftOut.has(exchange)) answer(exchange.res, exchange === last)
    }
    leftOut.letGo(connection)
    if (connection.upgrade !== undefined) endSocket(connection.socket)
  }

  return {
    counts,
    hasIdle: () => connections.some(hasSpoken),
    ended(connection) {
      const kind = closedAs.get(connection)
      closedAs.delete(connection)
      const { isOpen, socket } = connection
      const isHandedOn = !isOpen && !socket.destroyed
      if (!isHandedOn && !isTakenOver(socket)) {
        count(kind ?? (connection.leaving ? 'told-to-leave' : 'by-client'))
      }
      if (kind !== undefined && kind !== 'cut') hangingUp--
      gate.notify()
    },
    reapUnspoken(patience) {
      const reap = () => {
        isPatient = false
        gate.notify()
        void closeThose(isUnspoken)
      }
      isPatient = patience > 0
      if (isPatient) stop = clock.after(patience, reap)
      else reap()
    },
    async closeIdle() {
      leftOut.letIdleGo()
      await closeThose(hasSpoken)
      await gate.until(() => !isPatient || !connections.some(isUnspoken))
      await closeThose((connection) => isIdle(connection) && !leftOut.isOn(connection))
      await gate.until(() => !anybodyLeaves())
    },
    unfinished: () => [...connections].flatMap((connection) => describeWork(clock, connection)),
    async cut() {
      stop()
      for (const connection of connections) endWork(connection)
      let isOver = false
      const cancel = clock.after(farewell, () => {
        isOver = true
        gate.notify()
      })
      await gate.until(() => isOver || connections.size === 0)
      cancel()
      await inBatches(clock, [...connections], (connection) => {
        if (isIdle(connection)) close(connection, kindOf(connection))
        destroySocket(connection.socket)
      })
      await gate.until(() => connections.size === 0)
    },
    stop: () => stop(),
  }
}
