import type { Attempt, FinishedAttempt } from './attempt.js'
import type { Balancer } from './balancers/balancer.js'
import { createClient } from './client.js'
import type { Connection } from './connection.js'
import { dueRequests, dueTime } from './pacing.js'
import type { Ask } from './traffic/ask.js'
import type { Traffic } from './traffic/traffic.js'

/** The load to keep up. */
export interface LoadSettings extends Pick<Balancer, 'pick' | 'wayOf'> {
  rps: number
  connections: number
  traffic: Traffic
  /** Seconds. */
  timeout: number
  retryRefused: boolean
  /** Is told of every attempt that ended. */
  record(attempt: FinishedAttempt): void
}

/** Load that is being kept up. */
export interface Load {
  /**
   * Begins no new request, and resolves when all have ended one way or the other: those in line get as long as the time-out to be sent
   * and then count as lost, and what is under way gets as long again. Repeated calls return the same promise.
   */
  stop(): Promise<void>
  /** Closes everything at once. */
  abort(): Promise<void>
}

interface Waiting {
  ask: Ask
  dueAt: number
  attempt: number
}

const tick = 5
const attempts = 5
const retryPause = 100

/**
 * Sends requests at a constant rate, whether or not earlier ones were answered. They take turns on the connections; when all are busy
 * they wait in line, and none is dropped.
 */
export function startLoad(settings: LoadSettings): Load {
  const { rps, retryRefused, record, traffic } = settings
  const timeout = settings.timeout * 1000
  const connections = Array.from({ length: settings.connections }, () =>
    createClient({ pick: settings.pick, wayOf: settings.wayOf, timeout }, traffic.openChannel),
  )
  const idle: Connection[] = [...connections]
  const line: Waiting[] = []
  const startedAt = performance.now()
  let sent = 0
  let unfinished = 0
  let stopping: Promise<void> | undefined
  let finished = () => {}

  async function send(connection: Connection, { ask, dueAt, attempt }: Waiting) {
    const sentAt = performance.now()
    const result = await connection.ask(ask)
    const again = retryRefused && result.outcome.kind === 'refused' && attempt < attempts
    const outcome = retryRefused && !again ? lostIfRefused(result.outcome) : result.outcome
    record({ ...result, outcome, ask, dueAt, sentAt, endedAt: performance.now(), again })
    idle.push(connection)
    if (again) setTimeout(() => enqueue({ ask, dueAt, attempt: attempt + 1 }), retryPause)
    else unfinished--
    serve()
    if (stopping && unfinished === 0) finished()
  }

  function serve() {
    while (line.length > 0) {
      const connection = idle.shift()
      if (!connection) return
      const next = line.shift()
      if (next) void send(connection, next)
    }
  }

  function enqueue(waiting: Waiting) {
    line.push(waiting)
    serve()
  }

  const timer = setInterval(() => {
    const due = dueRequests(performance.now() - startedAt, rps)
    for (; sent < due; sent++) {
      const ask = traffic.turns[sent % traffic.turns.length]
      if (!ask) throw new Error('traffic without a single kind')
      unfinished++
      enqueue({ ask, dueAt: startedAt + dueTime(sent, rps), attempt: 1 })
    }
  }, tick)

  function giveUpWaiting() {
    const endedAt = performance.now()
    const outcome = {
      kind: 'lost',
      cause: 'time-out',
      detail: 'never sent: all connections were busy',
    } as const
    for (const { ask, dueAt } of line.splice(0)) {
      unfinished--
      record({
        outcome,
        replica: undefined,
        reused: false,
        ask,
        dueAt,
        sentAt: endedAt,
        endedAt,
        again: false,
      })
    }
    if (unfinished === 0) finished()
  }

  async function abort() {
    clearInterval(timer)
    line.length = 0
    await Promise.all(connections.map((connection) => connection.close()))
  }

  return {
    stop() {
      clearInterval(timer)
      stopping ??= new Promise<void>((resolve) => {
        const patience = [setTimeout(giveUpWaiting, timeout), setTimeout(() => void abort(), 2 * timeout)]
        finished = () => {
          for (const each of patience) clearTimeout(each)
          resolve()
        }
        if (unfinished === 0) finished()
      }).then(abort)
      return stopping
    },
    abort,
  }
}

function lostIfRefused(outcome: Attempt['outcome']): Attempt['outcome'] {
  return outcome.kind === 'refused' ? { kind: 'lost', cause: 'refused', detail: outcome.detail } : outcome
}
