import { createCoordinator } from '../coordinator.js'
import { createLifecycleIn } from '../create-lifecycle.js'
import type { Lifecycle } from '../lifecycle.js'
import type { LifecycleOptions } from '../options.js'
import { createFakeClock, type FakeClock } from './fake-clock.js'
import { createFakeProcess, type FakeProcess } from './fake-process.js'

export type { Drainable, DrainWatcher } from '../drainable.js'
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
}

/** Creates a bench whose clock stands at 0 and whose environment is `env`. */
export function createTestBench(env: Record<string, string> = {}): TestBench {
  const clock = createFakeClock()
  const process = createFakeProcess()
  const coordinator = createCoordinator(process, clock)
  const surroundings = { env, isTerminal: false, isContainer: false, ppid: 0, commandLine: () => [] }
  return {
    clock,
    process,
    createLifecycle: (options) =>
      createLifecycleIn({ clock, coordinator, surroundings }, { logger: false, ...options }),
    signal: (name) => void process.emit(name, name),
  }
}
