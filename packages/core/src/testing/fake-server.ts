import type { Drainable, DrainWatcher } from '../drain/drainable.js'

/** A server whose connections and requests are opened and finished by hand. */
export interface FakeServer extends Drainable {
  /** What the drain has asked of it, in order. */
  readonly calls: readonly string[]
  /** Somebody connects; false if nobody accepts any more. */
  connect(): boolean
  disconnect(): void
  /** A request arrives on an open connection. */
  beginRequest(): void
  finishRequest(): void
}

/** Creates a fake server that listens. */
export function createFakeServer(kind = 'fake'): FakeServer {
  const calls: string[] = []
  const closed: Record<string, number> = {}
  let watcher: DrainWatcher | undefined
  let listening = true
  let inFlight = 0
  let connections = 0
  let finished = 0

  const record = (call: string) => void calls.push(call)
  const close = (kind: string, count: number) => {
    if (count > 0) closed[kind] = (closed[kind] ?? 0) + count
    connections -= count
  }

  return {
    kind,
    calls,
    closed,
    get listening() {
      return listening
    },
    get inFlight() {
      return inFlight
    },
    get connections() {
      return connections
    },
    get finished() {
      return finished
    },
    rate: () => 0,
    announce(drainWatcher) {
      record('announce')
      watcher = drainWatcher
    },
    async stopAccepting() {
      record('stopAccepting')
      listening = false
    },
    async closeIdle() {
      record('closeIdle')
      close('idle', connections - inFlight)
    },
    unfinished: () => Array.from({ length: inFlight }, () => ({ kind: 'request', age: 0 })),
    async cut() {
      record('cut')
      inFlight = 0
      close('cut', connections)
    },
    release: () => record('release'),
    connect() {
      if (!listening) return false
      connections++
      watcher?.arrived()
      return true
    },
    disconnect() {
      close('by-client', 1)
      watcher?.changed()
    },
    beginRequest() {
      inFlight++
    },
    finishRequest() {
      inFlight--
      finished++
      watcher?.changed()
    },
  }
}
