import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from './connection.js'
import type { Closed, Fire } from './load-answers.js'
import { median } from './statistics.js'

/** Before SIGTERM, so that there is time for requests that come earlier than that. */
const lead = 50
/** How long connections that do not close are waited for, in milliseconds. */
const patience = 5000

interface Target {
  readonly connection: Connection
  /** When it asks. */
  readonly at: number
  hasAsked: boolean
  isAnswered: boolean
  endedAt: number | undefined
}

function fire(target: Target): void {
  if (target.endedAt !== undefined) return
  target.hasAsked = true
  target.connection.forget()
  target.connection.ask(() => {
    target.isAnswered = true
  })
}

/**
 * Asks once on each connection that is still open at its moment, to a fraction of a millisecond: a timer is too coarse. What
 * has arrived by then is read first, so that nobody asks too late because this process had to wait for the processor.
 */
function fireInTime(targets: readonly Target[]): Promise<void> {
  const waiting = targets.toSorted((a, b) => a.at - b.at)
  let due: readonly Target[] = []
  return new Promise((resolve) => {
    const turn = () => {
      due.forEach(fire)
      const now = performance.now()
      const count = waiting.findIndex(({ at }) => at > now)
      due = waiting.splice(0, count < 0 ? waiting.length : count)
      if (due.length + waiting.length > 0) setImmediate(turn)
      else resolve()
    }
    turn()
  })
}

/** Sends SIGTERM to a server whose connections are all idle, lets them ask, and waits until they have closed. */
export async function closeUnderFire(
  connections: readonly Connection[],
  { pid, between }: Fire,
): Promise<Closed> {
  const signalAt = performance.now() + lead
  const targets = connections.map((connection) => {
    const [from, to] = between ?? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    const at = between === undefined ? from : signalAt + from + (to - from) * Math.random()
    const target: Target = { connection, at, hasAsked: false, isAnswered: false, endedAt: undefined }
    for (const event of ['end', 'close']) {
      connection.socket.once(event, () => {
        target.endedAt ??= performance.now()
      })
    }
    return target
  })
  const closed = Promise.all(
    connections.map(({ socket }) => new Promise((resolve) => void socket.once('close', resolve))),
  )
  setTimeout(() => process.kill(pid, 'SIGTERM'), signalAt - performance.now())
  if (between !== undefined) await fireInTime(targets)
  await Promise.race([closed, sleep(patience, undefined, { ref: false })])
  const ends = targets.map(({ endedAt }) => (endedAt ?? signalAt + patience) - signalAt)
  const fired = targets.filter(({ hasAsked }) => hasAsked)
  return {
    fired: fired.length,
    lost: fired.filter(({ isAnswered }) => !isAnswered).length,
    half: median(ends),
    within: Math.max(...ends) - Math.min(...ends),
  }
}
