import type { EventEmitter } from 'node:events'
import { writeSync } from 'node:fs'
import { Server as HttpServer } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import {
  isAttached,
  joinLifecycle,
  knownVariables,
  type Lifecycle,
  LifecycleError,
  type Seat,
} from '@lameduck/core'
import { createIntroduction, type Introduction } from './introduction.js'
import { attachFor, haveLifecycle, onceTheyHave } from './others.js'
import { inTermsOfEnvironment, isNamed, nameOf, readEnvironment, variables } from './variables.js'
import { drainWebSockets } from './web-sockets.js'

/** Drains this process, from its first server that listens on. */
export interface Drainer {
  /** A server listens, and those who want to know have been told. */
  hear(server: EventEmitter): void
  /** The application wants the lifecycle for itself: there is one from now on, and no other takes its place. */
  lifecycle(): Lifecycle
}

/** What there is once there is something to drain. */
interface Present {
  readonly seat: Seat
  /** Nothing where nothing is to be logged. */
  readonly introduction: Introduction | undefined
  /** What readiness waits for. */
  readonly awaited: Set<string>
  readonly leaveWebSockets: () => void
}

/** A server, as far as it is asked here. */
interface Listening extends EventEmitter {
  readonly listening?: boolean
  address?(): AddressInfo | string | null
}

const speaksHttp = (server: EventEmitter) =>
  server instanceof HttpServer || server instanceof HttpsServer || 'updateSettings' in server

/**
 * Where a server of HTTP listens: a port, or the path of a Unix socket that the environment names; others are those of tools
 * and inspectors.
 */
function addressOf(server: Listening): number | string | undefined {
  const address = server.listening && speaksHttp(server) ? server.address?.() : undefined
  if (typeof address === 'string') return isNamed(process.env, address) ? address : undefined
  return address?.port
}

/** The one line that says what could not be. */
function tell(error: unknown): void {
  try {
    writeSync(2, `lameduck: ${error instanceof Error ? error.message : error}\n`)
  } catch {}
}

/** @throws {LifecycleError} ENVIRONMENT_INVALID, OPTIONS_DO_NOT_FIT */
function begin(): Present {
  try {
    const { options, ports } = readEnvironment(process.env)
    knownVariables.push(...variables.flatMap(({ option, isCores }) => (isCores ? [] : nameOf(option))))
    const introduction = options.logger === false ? undefined : createIntroduction()
    const seat = joinLifecycle({ ...options, logger: introduction?.logger ?? false })
    return { seat, introduction, awaited: new Set(ports), leaveWebSockets: drainWebSockets(seat) }
  } catch (error) {
    throw inTermsOfEnvironment(error)
  }
}

/**
 * Creates what drains this process; it does nothing yet.
 *
 * @param stopHearing called when servers that listen need not be told any more
 */
export function createDrainer(stopHearing: () => void): Drainer {
  let present: Present | undefined
  let stopWatching = () => {}
  /** How to leave each server alone again; those that nobody else holds are forgotten: a test may make one for each request. */
  const leaving = new WeakMap<EventEmitter, () => void>()
  let attached: readonly WeakRef<EventEmitter>[] = []

  const leave = (server: EventEmitter | undefined) => server && leaving.get(server)?.()

  /** The application drains itself: it finds everything as if we had never been here. */
  const stepAside = () => {
    stopHearing()
    stopWatching()
    const left = present
    present = undefined
    for (const reference of attached) leave(reference.deref())
    attached = []
    left?.introduction?.mute()
    left?.leaveWebSockets()
    void left?.seat.lifecycle.stop({ reason: 'the application has a lifecycle of its own' })
  }

  const beginUnlessOthersHave = () => {
    if (haveLifecycle()) return stepAside()
    try {
      present = begin()
    } catch (error) {
      stopHearing()
      if (!(error instanceof LifecycleError)) throw error
      tell(error)
      process.exit(1)
    }
    stopWatching = onceTheyHave(stepAside)
  }

  const attach = (server: EventEmitter, { seat }: Present) => {
    if (isAttached(server)) return
    const restore = attachFor(server, () => seat.attach(server))
    leaving.set(server, () => {
      restore()
      seat.detach(server)
    })
    attached = [...attached.filter((each) => each.deref() !== undefined), new WeakRef(server)]
  }

  /** It takes part from now on; readiness may have waited for it. */
  const take = (server: EventEmitter, address: number | string, now: Present) => {
    const { seat, awaited } = now
    attach(server, now)
    awaited.delete(String(address))
    if (awaited.size === 0) seat.listening()
    const { lifecycle, signals } = seat
    return { address, signals, awaited: [...awaited], plan: lifecycle.plan }
  }

  let isIntroduced = false
  const meet = (server: EventEmitter) => {
    const address = addressOf(server)
    if (address === undefined) return
    if (present === undefined) beginUnlessOthersHave()
    const now = present
    if (now === undefined || now.seat.lifecycle.state === 'stopped') return
    if (address === now.seat.lifecycle.probesPort) return
    const taken = () => take(server, address, now)
    if (isIntroduced || now.introduction === undefined) taken()
    else now.introduction.introduce(taken)
    isIntroduced = true
  }

  return {
    hear(server) {
      try {
        meet(server)
      } catch (error) {
        // A wrong variable has ended the process by now; what the host has done to Node or to its server does not.
        tell(error)
      }
    },
    lifecycle() {
      stopWatching()
      present ??= begin()
      return present.seat.lifecycle
    },
  }
}
