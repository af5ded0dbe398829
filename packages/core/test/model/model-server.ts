import type { Report } from '../../src/drain/report.js'
import type { Drainable, DrainWatcher, FakeClock } from '../../src/testing/index.js'

/** What becomes of one request, as its client sees it. */
export interface ModelRequest {
  readonly id: string
  /** When it began and when its fate was decided: places in the order of all events of the run. */
  readonly begunAs: number
  fate: 'open' | 'finished' | 'cut'
  endedAs?: number
}

/** One client's connection. */
export interface ModelConnection {
  request: ModelRequest | undefined
  /** Neither side begins anything on it any more. */
  leaving: boolean
}

/** How a server behaves; times are milliseconds. */
export interface ModelServerOptions {
  /** Requests per second before the run, as the server tells it. */
  readonly rate: number
  /** From being asked to stop accepting until nobody is accepted any more: what the kernel had accepted comes meanwhile. */
  readonly acceptTime: number
  /** From saying farewell on a connection until it is gone. */
  readonly hangUpTime: number
  /** Whether what it promises to do is done. */
  readonly word: 'kept' | 'never kept' | 'rejected'
}

/** What the server needs to know of the run that it is part of. */
export interface ModelServerHost {
  readonly clock: FakeClock
  /** The next place in the order of all events. */
  next(): number
  /** The process is gone: nothing happens any more. */
  isOver(): boolean
  /** A request has been answered whole. */
  requestFinished(request: ModelRequest): void
}

/** A server that remembers the fate of every request, and takes its time. */
export interface ModelServer extends Drainable {
  readonly requests: readonly ModelRequest[]
  /** The connections that a request may begin on. */
  idle(): readonly ModelConnection[]
  /** When it was first asked to stop accepting, and to close connections that there were. */
  readonly askedToStop: number | undefined
  readonly askedToCloseIdle: number | undefined
  connect(): void
  disconnect(connection: ModelConnection): void
  begin(connection: ModelConnection, id: string, as: number): ModelRequest
  /** Answers `request`, if it is still open. */
  finish(request: ModelRequest): void
}

const never = () => new Promise<void>(() => {})

/** Creates a server that listens. */
export function createModelServer(host: ModelServerHost, options: ModelServerOptions): ModelServer {
  const { clock } = host
  const { rate, acceptTime, hangUpTime, word } = options
  const requests: ModelRequest[] = []
  const connections = new Set<ModelConnection>()
  const closed: Record<string, number> = {}
  const waiting = new Set<() => void>()
  let watcher: DrainWatcher | undefined
  let listening = true
  let finished = 0
  let askedToStop: number | undefined
  let askedToCloseIdle: number | undefined

  const pause = (duration: number) =>
    duration === 0 ? Promise.resolve() : new Promise<void>((resolve) => clock.after(duration, resolve))
  const idle = () => [...connections].filter(({ request, leaving }) => request === undefined && !leaving)

  const gone = (connection: ModelConnection, kind: string) => {
    if (!connections.delete(connection)) return
    closed[kind] = (closed[kind] ?? 0) + 1
    watcher?.changed()
    for (const look of [...waiting]) look()
  }

  const hangUp = async (connection: ModelConnection, kind: string) => {
    connection.leaving = true
    await pause(hangUpTime)
    gone(connection, kind)
  }

  const nobodyLeaves = () =>
    new Promise<void>((resolve) => {
      const look = () => {
        if ([...connections].some(({ leaving }) => leaving)) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })

  const decide = (request: ModelRequest, fate: 'finished' | 'cut') => {
    if (host.isOver() || request.fate !== 'open') return
    request.fate = fate
    request.endedAs = host.next()
    if (fate === 'finished') host.requestFinished(request)
  }

  /** The work, or what this server makes of its promise to do it. */
  const asPromised = async (work: () => Promise<void>) => {
    if (word === 'never kept') return never()
    if (word === 'rejected') throw new Error('broken word')
    return work()
  }

  return {
    kind: 'model',
    requests,
    closed,
    idle,
    get askedToStop() {
      return askedToStop
    },
    get askedToCloseIdle() {
      return askedToCloseIdle
    },
    get listening() {
      return listening
    },
    get inFlight() {
      return [...connections].filter(({ request }) => request !== undefined).length
    },
    get connections() {
      return connections.size
    },
    get finished() {
      return finished
    },
    rate: () => rate,
    announce(drainWatcher) {
      watcher = drainWatcher
    },
    stopAccepting() {
      askedToStop ??= clock.now()
      return asPromised(async () => {
        await pause(acceptTime)
        listening = false
      })
    },
    closeIdle() {
      if (connections.size > 0) askedToCloseIdle ??= clock.now()
      for (const connection of idle()) void hangUp(connection, 'idle')
      return nobodyLeaves().then(() => asPromised(async () => {}))
    },
    unfinished: () =>
      [...connections].flatMap(({ request }): Report['cut'] =>
        request === undefined ? [] : [{ kind: 'request', path: request.id, age: 0 }],
      ),
    cut: () =>
      asPromised(async () => {
        const all = [...connections]
        for (const { request } of all) if (request !== undefined) decide(request, 'cut')
        await Promise.all(all.map((connection) => hangUp(connection, 'cut')))
      }),
    release() {},
    connect() {
      if (!listening) return
      connections.add({ request: undefined, leaving: false })
      watcher?.arrived()
    },
    disconnect: (connection) => gone(connection, 'by-client'),
    begin(connection, id, as) {
      const request: ModelRequest = { id, begunAs: as, fate: 'open' }
      requests.push(request)
      connection.request = request
      return request
    },
    finish(request) {
      if (request.fate !== 'open') return
      const connection = [...connections].find((each) => each.request === request)
      decide(request, 'finished')
      if (connection === undefined) return
      connection.request = undefined
      if (watcher !== undefined) {
        finished++
        void hangUp(connection, 'told-to-leave')
      }
      watcher?.changed()
    },
  }
}
