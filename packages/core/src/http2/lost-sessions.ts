import type { Clock } from '../clock.js'
import { handleOf } from '../http/node-fields.js'
import type { Session } from './sessions.js'
import { isForgotten } from './streams.js'

/** How often a session is looked at that was asked to close and says nothing, in milliseconds. */
const interval = 500

/** What is known of a session from when it was looked at last. */
interface Look {
  bytesRead: number
  /** How many times in a row everything had been handed to the system. */
  flushed: number
}

/** What to do with sessions that will not end by themselves. */
export interface LostSessions {
  /** The sessions to look at: those that were asked to close. */
  readonly asked: () => Iterable<Session>
  /** Whether nothing of ours is owed to its client, now that its patience is over. */
  readonly isNobodysWork: (session: Session) => boolean
  /** Ends one by force: its client has gone, or is waited for no longer. */
  readonly end: (session: Session, isGone: boolean) => void
}

/**
 * Whether the system has ended a connection, with a reset. Over TLS, Node 20 and 22 lose that a write has failed at once: their
 * session waits for it for ever, and reads nothing until then.
 */
const isReset = ({ socket }: Session): boolean => (handleOf(socket)?.getpeername?.({}) ?? 0) < 0

/**
 * Whether a session can neither send nor hear any more. After a frame that breaks the protocol, Node 20 keeps the
 * session for ever, and Node 26 does behind a GOAWAY: it reads nothing, so that it does not see its client go, and tells
 * of nothing. Only what it does with another GOAWAY tells: a session that is alive queues it, repeating the last.
 */
function isGone({ session }: Session): boolean {
  const { outboundQueueSize } = session.state
  // One that has ended has only its last bytes to send.
  if (outboundQueueSize === undefined) return false
  session.goaway()
  return session.state.outboundQueueSize === outboundQueueSize
}

/** Looks at sessions from now on, twice a second; returns what stops it. */
export function findLostSessions(clock: Clock, { asked, isNobodysWork, end }: LostSessions): () => void {
  const looks = new WeakMap<Session, Look>()

  /** Everything that its client can be sent has been handed to the system. */
  const letGo = (record: Session) => {
    for (const stream of [...record.streams].filter(isForgotten)) stream.destroy()
    if (isNobodysWork(record)) end(record, false)
  }

  const lookAt = (record: Session) => {
    const { session, socket } = record
    const look = looks.get(record) ?? { bytesRead: socket.bytesRead, flushed: 0 }
    looks.set(record, look)
    const hasSpoken = look.bytesRead !== socket.bytesRead
    look.bytesRead = socket.bytesRead
    // The GOAWAY of the last look has left the queue only when what was before it has gone out.
    look.flushed = session.state.outboundQueueSize === 0 ? look.flushed + 1 : 0
    if (!hasSpoken && (isReset(record) || isGone(record))) end(record, true)
    else if (look.flushed > 2) letGo(record)
  }

  let stop = () => {}
  const lookAgain = () => {
    stop = clock.after(interval, () => {
      for (const record of asked()) lookAt(record)
      lookAgain()
    })
  }
  lookAgain()
  return () => stop()
}
