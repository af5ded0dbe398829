import type { Clock } from '../clock.js'
import { createGate } from '../drain/gate.js'
import { inBatches } from '../http/batches.js'
import { destroySocket } from '../http/end-socket.js'
import { inFreshTurns } from '../http/fresh-turns.js'
import { farewell } from '../http/leave.js'
import { findLostSessions } from './lost-sessions.js'
import type { Session, SessionTracker } from './sessions.js'

/**
 * How long a client gets to hang up that may still be reading an answer: while it reads it says so to us (WINDOW_UPDATE),
 * and saying so to a closed connection would reset it.
 */
const farewellToReader = 5000

/** So few sessions are asked to close at once: what their clients do then is no crowd. */
const few = 10
/** The next few follow after this long on average, in milliseconds, and after nothing to twice that. */
const pause = 10
/** All are asked within about this long: with many sessions, more at once. */
const longestSpread = 1000

/** How the sessions of one server end while draining, whatever the work on them is. */
export interface SessionClosing {
  /** Sessions closed so far, by how. */
  readonly counts: Readonly<Record<string, number>>
  /** To be told of every session whose connection has closed. */
  ended(session: Session): void
  /** To be told when a session has begun work, or has no more. */
  workChanged(session: Session): void
  /**
   * Asks every session to close, spread over about a second, or over `patience` milliseconds if that is less. Those
   * that are too new for a first stream get `patience` for it.
   */
  askAll(patience: number): void
  /** Asks those that were not yet, each after its patience; resolves when all without work are gone. */
  closeIdle(): Promise<void>
  /** The sessions that keep their connection, not for work, but because their last bytes are not sent. */
  stuck(): Session[]
  /** Ends the work on every session by `endWork`, then the sessions; resolves when all are gone. */
  cut(endWork: (session: Session) => void): Promise<void>
  /** Cancels what {@link askAll} still had to do. */
  stop(): void
}

/** What a session may carry beside work. */
export interface NoWork {
  /** Ends what is open on a session that was asked to close, and is no work: it does not hold it. */
  readonly dismiss?: (session: Session) => void
  /** Whether a session without work is not to be ended by force before the cutoff: an answer may be under way. */
  readonly isOwed?: (session: Session) => boolean
}

/** It closes behind the answer of a request that is left out. */
const isLeftAlone = ({ leftOut }: Session) => leftOut > 0

const destroySession = ({ session, socket }: Session) => {
  try {
    session.destroy()
  } catch {
    // Somebody else's has failed: its socket ends it as well.
  }
  destroySocket(socket)
}

const hasSaidNothing = ({ socket }: Session) => socket.bytesRead === 0

/**
 * Creates the closing side of one server's sessions.
 *
 * A session is asked to close by one `session.close()`: GOAWAY with the last stream that was processed (RFC 9113 §6.8),
 * while streams up to that one finish, and FIN after the last. Announcing it by an earlier GOAWAY with a higher stream
 * is no option: Node ignores new streams from the first one on, so that those would hang unanswered.
 *
 * @param isBusy whether a session has work that is not finished
 */
export function createSessionClosing(
  clock: Clock,
  sessions: SessionTracker,
  isBusy: (session: Session) => boolean,
  { dismiss = () => {}, isOwed = () => false }: NoWork = {},
): SessionClosing {
  const counts: Record<string, number> = {}
  /** How sessions end that this ends. */
  const closedAs = new Map<Session, string>()
  const scheduled = new Set<Session>()
  const gate = createGate()
  let isAsking = false
  let isPatient = false
  let isStopped = false
  let asked: Promise<void> = Promise.resolve()
  let stop = () => {}
  let stopLooking = () => {}

  /** The client hangs up as well when it has read everything; Node reads on until then, and would wait for ever. */
  const awaitFarewell = (record: Session) => {
    record.ended = true
    const hasJustWorked = clock.now() - record.quietSince < farewellToReader
    const cancel = clock.after(hasJustWorked ? farewellToReader : farewell, () =>
      destroySocket(record.socket),
    )
    record.socket.once('close', cancel)
    gate.notify()
  }

  const dismissLater = (record: Session) => {
    const cancel = clock.after(farewell, () => {
      if (!isBusy(record)) dismiss(record)
    })
    record.socket.once('close', cancel)
  }

  const ask = (record: Session) => {
    if (record.leaving) return
    record.leaving = true
    if (!record.session.closed) closedAs.set(record, hasSaidNothing(record) ? 'silent' : 'session')
    if (record.socket.writableFinished) awaitFarewell(record)
    else record.socket.once('finish', () => awaitFarewell(record))
    try {
      record.session.close()
    } catch {
      // Somebody else's has failed: the others are asked all the same.
      destroySocket(record.socket)
    }
    if (record.probes.size > 0) dismissLater(record)
  }

  const askNextTurn = (record: Session) => {
    clock.nextTurn(() => ask(record))
  }

  const askThose = async (found: readonly Session[], spread: number) => {
    for (const record of found) scheduled.add(record)
    const groups = Math.max(1, Math.floor(spread / pause))
    const size = spread > 0 ? Math.max(few, Math.ceil(found.length / groups)) : found.length
    for (let from = 0; from < found.length; from += size) {
      if (from > 0 && !isStopped)
        await new Promise<void>((resolve) => clock.after(2 * pause * Math.random(), resolve))
      await inFreshTurns(clock, found.slice(from, from + size), { work: ask })
    }
  }

  const isNew = (record: Session) => !record.worked && !record.leaving && isPatient

  const askAllBut = (those: (session: Session) => boolean) =>
    askThose(
      [...sessions].filter((record) => !those(record)),
      0,
    )

  /** Half a head, or a stream that is none of ours to finish, gets the patience of a new session. */
  const lookForLost = (patience: number) => {
    const until = clock.now() + patience
    return findLostSessions(clock, {
      asked: () => [...sessions].filter(({ leaving, ended }) => leaving && !ended),
      isNobodysWork: (record) =>
        clock.now() >= until && !isBusy(record) && !isLeftAlone(record) && !isOwed(record),
      end(record, isGone) {
        if (isGone) closedAs.set(record, 'gone')
        destroySession(record)
      },
    })
  }

  return {
    counts,
    ended(record) {
      const kind = closedAs.get(record) ?? 'by-client'
      closedAs.delete(record)
      scheduled.delete(record)
      counts[kind] = (counts[kind] ?? 0) + 1
      gate.notify()
    },
    workChanged(record) {
      if (isBusy(record)) {
        if (isAsking && !scheduled.has(record)) askNextTurn(record)
      } else {
        if (record.leaving && record.probes.size > 0) dismissLater(record)
        gate.notify()
      }
    },
    askAll(patience) {
      isAsking = true
      stopLooking = lookForLost(patience)
      const now = clock.now()
      const mayStillBegin = (record: Session) =>
        !record.worked && (hasSaidNothing(record) || now - record.since < patience)
      asked = askThose(
        [...sessions].filter((record) => !mayStillBegin(record)),
        Math.min(patience, longestSpread),
      )
      const askNew = () => {
        isPatient = false
        gate.notify()
        void askAllBut((record) => scheduled.has(record))
      }
      isPatient = patience > 0
      if (isPatient) stop = clock.after(patience, askNew)
      else askNew()
    },
    async closeIdle() {
      await asked
      await gate.until(() => !sessions.some(isNew))
      await askAllBut(({ leaving }) => leaving)
      for (const session of sessions) if (isLeftAlone(session) && !isBusy(session)) sessions.letGo(session)
      await gate.until(() => !sessions.some((session) => !isBusy(session) && !isLeftAlone(session)))
    },
    stuck: () =>
      [...sessions].filter(
        (record) => record.leaving && !record.ended && !isBusy(record) && !isLeftAlone(record),
      ),
    async cut(endWork) {
      isStopped = true
      stop()
      for (const record of sessions) {
        const wasBusy = isBusy(record)
        ask(record)
        if (wasBusy) closedAs.set(record, 'cut')
        endWork(record)
        if (isLeftAlone(record)) sessions.letGo(record)
      }
      let isOver = false
      const cancel = clock.after(farewell, () => {
        isOver = true
        gate.notify()
      })
      await gate.until(() => isOver || sessions.size === 0)
      cancel()
      await inBatches(clock, [...sessions], destroySession)
      await gate.until(() => sessions.size === 0)
    },
    stop() {
      stop()
      stopLooking()
    },
  }
}
