/** What the process is doing, as the outside may see it. */
export type State =
  /** Startup tasks run, or a server does not listen yet: not safe to receive traffic. Next: `ready` or `draining`. */
  | 'starting'
  /** Serving. Next: `draining`. */
  | 'ready'
  /** Serving what was accepted while asking every client to leave. Next: `stopped`. */
  | 'draining'
  /** Nothing is open and every hook has had its turn. Terminal. */
  | 'stopped'

/** What moves a lifecycle from one state to the next. */
export type Transition = 'becomeReady' | 'drain' | 'finish'

/** Where each transition leads. A missing entry is an illegal transition. */
export const transitions = {
  starting: { becomeReady: 'ready', drain: 'draining' },
  ready: { drain: 'draining' },
  draining: { finish: 'stopped' },
  stopped: {},
} as const satisfies Record<State, Partial<Record<Transition, State>>>

/** The state that `transition` leads to from `state`, or `undefined` where the table has no such way. */
export function nextState(state: State, transition: Transition): State | undefined {
  return (transitions[state] as Partial<Record<Transition, State>>)[transition]
}
