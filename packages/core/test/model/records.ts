import type { Report } from '../../src/drain/report.js'
import type { Lifecycle } from '../../src/lifecycle/lifecycle.js'
import type { State } from '../../src/lifecycle/state.js'
import type { TestBench } from '../../src/testing/index.js'
import type { Called } from './called.js'
import type { ModelServer } from './model-server.js'
import type { Action } from './scenario.js'

/** Work outside requests. */
export interface Held {
  readonly name: string
  /** It was taken when the drain had no work left to wait for, or no time. */
  readonly isLate: boolean
  readonly takenAs: number
  releasedAs: number | undefined
}

/** Something that was finished after an `onStop` function had been called. */
export interface Worked {
  readonly what: string
  readonly endedAs: number
}

/** One lifecycle, and what the model knows of it. */
export interface Member {
  readonly index: number
  readonly lifecycle: Lifecycle
  readonly grace: number
  readonly signals: readonly string[]
  readonly drainsOnCrash: boolean
  readonly stopsBySigint: boolean
  readonly forcedExitCode: number
  readonly servers: ModelServer[]
  readonly onStops: Called[]
  readonly onDrains: Called[]
  readonly holds: Held[]
  readonly worked: Worked[]
  /** What its state has to be now. */
  expected: State
  /** When it has to have stopped. */
  readonly deadline: number
  /** When its work may be cut at the earliest: half of the time that there is belongs to it. */
  readonly patience: number
  /** Has to have stopped by `deadline`, too. */
  endBy(deadline: number, isLate?: boolean): void
  /** From when on it need not wait for newcomers. */
  hurriedAt: number | undefined
  drainedFrom: { readonly at: number; readonly as: number } | undefined
  closing: { readonly at: number; readonly hadIdle: boolean } | undefined
  drainedAt: number | undefined
  cutoffAt: number | undefined
  /** Calls of `onStop` functions before `force`, by their place. */
  readonly calledInTime: number[]
  readonly reports: { readonly report: Report; readonly at: number; readonly as: number }[]
  /** What `stop()` resolved with. */
  resolved: Report | undefined
  act(action: Extract<Action, { member: number }>): void
  serve(server: ModelServer, action: Extract<Action, { do: 'connect' | 'disconnect' | 'request' }>): void
}

/** What a member needs of the world it lives in. */
export interface MemberHost {
  readonly bench: TestBench
  readonly members: readonly Member[]
  next(): number
  name(kind: string): string
  isOver(): boolean
  wrong(what: string): void
}

/** From the trigger to the exit, at the latest. */
export const deadlineOf = (grace: number): number => grace - Math.min(grace * 0.1, 2000)
export const isDown = ({ lifecycle }: Member): boolean => lifecycle.state === 'stopped'
export const isUp = ({ lifecycle }: Member): boolean =>
  lifecycle.state === 'ready' || lifecycle.state === 'draining'
