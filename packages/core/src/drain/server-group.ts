import { inspect } from 'node:util'
import type { Cut } from './cut.js'
import type { Drainable, DrainWatcher } from './drainable.js'
import type { Hook } from './hooks.js'

const isIdle = ({ inFlight, connections }: Drainable) => inFlight === 0 && connections === 0

/**
 * All servers of a lifecycle, as one. Read anew at each call: servers may be attached while draining. One that fails
 * cannot end the drain: `failed` is told why instead.
 *
 * @param changed is called when `stopping` has become less
 */
export function groupServers(
  servers: ReadonlySet<Drainable>,
  changed: () => void,
  failed: (message: string) => void,
) {
  let stopping = 0
  let isCut = false
  const complain = (error: unknown) => failed(`a server failed while draining: ${inspect(error)}`)

  const attempt = <T>(work: () => T, otherwise: T): T => {
    try {
      return work()
    } catch (error) {
      complain(error)
      return otherwise
    }
  }

  const each = (work: (server: Drainable) => void, of: Iterable<Drainable> = servers) => {
    for (const server of of) attempt(() => work(server), undefined)
  }

  const sum = (of: (server: Drainable) => number) =>
    [...servers].reduce((total, each) => total + attempt(() => of(each), 0), 0)

  const settled = (work: () => Promise<void>) =>
    attempt(async () => work(), Promise.resolve()).catch(complain)

  const all = async (work: (server: Drainable) => Promise<void>) => {
    await Promise.all([...servers].map((server) => settled(() => work(server))))
  }

  return {
    get inFlight() {
      return sum((server) => server.inFlight)
    },
    get connections() {
      return sum((server) => server.connections)
    },
    /** Requests finished while draining, probes aside. */
    get finished() {
      return sum((server) => server.finished)
    },
    /** The same, by kind of server. */
    finishedByKind() {
      const counts: Record<string, number> = {}
      each((server) => {
        counts[server.kind] = (counts[server.kind] ?? 0) + server.finished
      })
      return counts
    },
    /** Servers that are about to close their listeners. */
    get stopping() {
      return stopping
    },
    /** Nothing is in flight but what goes on by itself. */
    hasOnlyLongWork: () =>
      [...servers].every((server) => attempt(() => server.hasOnlyLongWork?.() ?? isIdle(server), false)),
    /** What ends such work, of those servers that have something. */
    enders(): Hook[] {
      const closes = [...servers].map((server) => attempt(() => server.endLongWork, undefined))
      return closes.flatMap((fn) => (fn === undefined ? [] : [{ name: 'server.close', fn }]))
    },
    /** Connections of those open at the trigger that still are. */
    get kept() {
      return sum((server) => server.kept ?? 0)
    },
    /** Somebody who cannot be told to leave may send a request at any time. */
    hasIdle: () =>
      [...servers].some((server) =>
        attempt(() => server.hasIdle?.() ?? server.connections > server.inFlight, false),
      ),
    rate: () => sum((server) => server.rate()),
    announce: (watcher: DrainWatcher, only?: Drainable) =>
      each((server) => server.announce(watcher), only ? [only] : servers),
    /** Closes the listeners, then the others; `changed` is called when each has. */
    stopAccepting(patience: number, only?: Drainable) {
      const all = only ? [only] : [...servers]
      const stop = (server: Drainable) =>
        // Where it took so long that everything has been cut meanwhile, there is nothing to stop.
        settled(async () => (isCut ? undefined : server.stopAccepting(patience))).then(() => {
          stopping--
          changed()
        })
      const closeDoors = () => {
        const doors = all.filter((server) => attempt(() => server.listening, false))
        // Whoever is told to go by the others would come back at once, through doors that are open still.
        void Promise.all(doors.map(stop)).then(() => {
          for (const server of all) if (!doors.includes(server)) void stop(server)
        })
      }
      stopping += all.length
      const waiting = all.filter(({ beforeClosing }) => beforeClosing !== undefined)
      if (waiting.length === 0) closeDoors()
      else {
        const told = waiting.map((server) => settled(async () => server.beforeClosing?.(patience)))
        void Promise.all(told).then(closeDoors)
      }
    },
    closeIdle: () => all((server) => server.closeIdle()),
    unfinished: () =>
      [...servers].flatMap((server) => attempt((): readonly Cut[] => [...server.unfinished()], [])),
    cut() {
      isCut = true
      return all((server) => server.cut())
    },
    settle: () => each((server) => server.settle?.()),
    release: () => each((server) => server.release()),
    letGo: () => each((server) => server.letGo?.()),
  }
}
