import type { FakeClock } from '../../src/testing/index.js'
import type { Behaviour } from './scenario.js'

/** A function that the lifecycle is to call. */
export interface Called {
  readonly name: string
  readonly is: Behaviour
  /** The places of its calls in the order of all events. */
  readonly calls: number[]
  /** It was given when the drain had no work left to wait for. */
  readonly isLate: boolean
  hasSucceeded: boolean
  readonly fn: () => unknown
}

/** Creates a function that behaves as it is told, and remembers its calls. */
export function createCalled(
  host: { readonly bench: { readonly clock: FakeClock }; next(): number; isOver(): boolean },
  given: Pick<Called, 'name' | 'is' | 'isLate'>,
): Called {
  const { kind, after } = given.is
  const succeed = () => {
    if (!host.isOver()) called.hasSucceeded = true
  }
  const later = () => new Promise<void>((resolve) => host.bench.clock.after(after, resolve))
  const behave: Record<Behaviour['kind'], () => unknown> = {
    returns: succeed,
    throws() {
      throw new Error('throws')
    },
    resolves: () => later().then(succeed),
    rejects: () => later().then(() => Promise.reject(new Error('rejects'))),
    hangs: () => new Promise(() => {}),
  }
  const called: Called = {
    ...given,
    calls: [],
    hasSucceeded: false,
    fn() {
      if (!host.isOver()) called.calls.push(host.next())
      return behave[kind]()
    },
  }
  return called
}
