import type { EventEmitter } from 'node:events'

interface Coordinator {
  join(member: unknown): unknown
}

/** Where every copy of core finds the one coordinator of the process. */
const kCoordinator = Symbol.for('lameduck.coordinator.v1')
/** What every copy of core marks the servers with that some lifecycle has. */
const kAttached = Symbol.for('lameduck.attached.v1')

const coordinator = () => (globalThis as { [kCoordinator]?: Coordinator })[kCoordinator]

/** Whether the application, or one of its libraries, has created a lifecycle, by whichever copy of core. */
export const haveLifecycle = (): boolean => coordinator() !== undefined

/** Calls `fn` as soon as somebody else creates a lifecycle, before it takes part in anything. Returns how to stop. */
export function onceTheyHave(fn: () => void): () => void {
  const shared = coordinator()
  if (shared === undefined) return () => {}
  const { join } = shared
  const stop = () => {
    if (shared.join === watched) shared.join = join
  }
  const watched: typeof join = (member) => {
    stop()
    fn()
    return join(member)
  }
  shared.join = watched
  return stop
}

/** Has a server attached, and returns how to leave it as it was: somebody else may attach it then. */
export function attachFor(server: EventEmitter, attach: () => void): () => void {
  const before = Object.getOwnPropertyDescriptor(server, 'emit')
  attach()
  // Those who attach it later find the connections that it has accepted meanwhile.
  Object.assign((server as { [kAttached]?: object })[kAttached] ?? {}, { isForNow: true })
  const { emit } = server
  return () => {
    Reflect.deleteProperty(server, kAttached)
    // Somebody may have put something around it.
    if (server.emit !== emit) return
    if (before === undefined) Reflect.deleteProperty(server, 'emit')
    else Object.defineProperty(server, 'emit', before)
  }
}
