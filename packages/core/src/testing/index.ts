import { createLifecycleIn } from '../lifecycle/create-lifecycle.js'
import type { Lifecycle } from '../lifecycle/lifecycle.js'
import { kSeats, type Seats } from '../lifecycle/seats.js'
import type { LifecycleOptions } from '../options/options.js'
import type { ProbeAnswer } from '../probes/probes.js'
import { createCoordinator } from '../process/coordinator.js'
import { createFakeClock, type FakeClock } from './fake-clock.js'
import { createFakeProcess, type FakeProcess } from './fake-process.js'

export type { Drainable, DrainWatcher } from '../drain/drainable.js'
export { createFakeClock, type FakeClock } from './fake-clock.js'
export { createFakeProcess, type FakeProcess } from './fake-process.js'
export { createFakeServer, type FakeServer } from './fake-server.js'

/** A process of its own for lifecycles under test: no real signal, exit or timer. */
export interface TestBench {
  readonly clock: FakeClock
  readonly process: FakeProcess
  /** Creates a lifecycle in it; silent unless it is given a logger. */
  createLifecycle(options?: LifecycleOptions): Lifecycle
  /** Sends a signal. */
  signal(name: NodeJS.Signals): void
  /**
   * Asks as a GET of `url` on the main port would: `probe(lifecycle, '/readyz')`. Checks run; one that hangs needs the
   * clock to be moved. What is no probe is 404.
   */
  probe(lifecycle: Lifecycle, url: string): Promise<ProbeAnswer>
}

/** Creates a bench whose clock stands at 0 and whose environment is `env`. */
export function createTestBench(env: Record<string, string> = {}): TestBench {
  const clock = createFakeClock()
  const process = createFakeProcess()
  const coordinator = createCoordinator(process, clock)
  const surroundings = { env, isTerminal: false, isContainer: false, ancestors: () => [] }
  return {
    clock,
    process,
    createLifecycle: (options) =>
      createLifecycleIn({ clock, coordinator, surroundings }, { logger: false, ...options }),
    signal: (name) => void process.emit(name, name),
    async probe(lifecycle, url) {
      const { respond, probes } = (lifecycle as Lifecycle & { [kSeats]: Seats })[kSeats]
      const { match, answer } = respond(probes)
      const asked = match(url)
      return asked === undefined ? { status: 404, headers: {}, body: '' } : answer(asked, url)
    },
  }
}
