import cluster from 'node:cluster'
import { ownListeners } from './own-listeners.js'

/** What Node's channel to the parent has and does not document: it counts the listeners that hold the process. */
interface Channel {
  ref(): void
  unref(): void
  refCounted?(): void
  unrefCounted?(): void
}

const channel = () => process.channel as Channel | null | undefined
let isReleased = false

/**
 * Messages of the parent process. Listening neither holds the process nor lets it go: a cluster's worker waits for its
 * parent's answer before it listens, and would be gone by then.
 */
export const parentMessages = {
  add(event: string, listener: () => void) {
    if (isReleased && cluster.isWorker) channel()?.ref()
    isReleased = false
    ownListeners.add(event, listener)
    channel()?.unrefCounted?.()
  },
  remove(event: string, listener: () => void) {
    channel()?.refCounted?.()
    ownListeners.remove(event, listener)
  },
}

/** Tells the parent, if it still listens. A parent that goes away meanwhile is nobody's error. */
export function tellParent(message: string): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}

/** The process may end although its parent could still tell it something. */
export function releaseChannel(): void {
  isReleased = true
  channel()?.unref()
}

/** The primary's word to a worker, of those that Node keeps to itself. */
interface InternalMessage {
  readonly act?: string
}

/** What Node tells the primary of a worker that leaves by itself; the primary's answer to this number is nobody's. */
const leavesByItself = { cmd: 'NODE_CLUSTER', act: 'exitedAfterDisconnect', seq: -1 }

const forget = new Map<(reason: string) => void, () => void>()
const called = 'worker.disconnect()'

/**
 * The end of a worker's bond to its primary, with what has ended it: the call of `disconnect()`, in the primary or in the
 * worker itself, before its servers close (Node has no event for that: `disconnect` comes when they have), or the end of the
 * primary, at which Node would exit this process at once.
 */
export const workerDisconnects = {
  add(_event: string, listener: (reason: string) => void) {
    const { worker } = cluster
    if (worker === undefined) return
    const told = (message: InternalMessage) => {
      if (message?.act === 'disconnect') listener(called)
    }
    const orphaned = () => {
      if (worker.exitedAfterDisconnect) return
      worker.exitedAfterDisconnect = true
      listener('end of the primary')
    }
    const { disconnect } = worker
    const announced = function (this: typeof worker) {
      // Node tells the primary when the servers have closed. We may be gone by then, and would count as crashed.
      process.send?.(leavesByItself, undefined, undefined, () => {})
      listener(called)
      return disconnect.call(this)
    }
    ownListeners.addFirst('internalMessage', told)
    ownListeners.addFirst('disconnect', orphaned)
    worker.disconnect = announced
    forget.set(listener, () => {
      ownListeners.remove('internalMessage', told)
      ownListeners.remove('disconnect', orphaned)
      if (worker.disconnect === announced) worker.disconnect = disconnect
    })
  },
  remove(_event: string, listener: (reason: string) => void) {
    forget.get(listener)?.()
    forget.delete(listener)
  },
}
