import { AsyncLocalStorage } from 'node:async_hooks'

/** A function of the application's that runs as a part of a drain. */
export interface Part {
  readonly step: 'onDrain' | 'hook'
  /**
   * It waits for what only the drain can bring about, so the drain must not wait for it meanwhile.
   *
   * @returns how to say that it has come
   */
  standAside(): () => void
}

const kParts = Symbol.for('lameduck.parts.v1')
const holder = globalThis as { [kParts]?: AsyncLocalStorage<Part> }

/** Every copy of lameduck sees the parts of the others' drains: the server may be of another copy's lifecycle. */
const parts: AsyncLocalStorage<Part> = holder[kParts] ?? new AsyncLocalStorage()
holder[kParts] = parts

/** Calls `fn` as that part; so counts everything that it does, also later. */
export const runAsPart = <T>(part: Part, fn: () => T): T => parts.run(part, fn)

/** The part that the caller belongs to, if it belongs to one. */
export const currentPart = (): Part | undefined => parts.getStore()

/** An `onStop` function: by the time it runs, nothing that it could wait for is left to come. */
export const hookPart: Part = { step: 'hook', standAside: () => () => {} }
