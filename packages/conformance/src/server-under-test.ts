/** What some servers can show and others cannot; a case that needs one is left out elsewhere. */
export type Capability =
  /** The port speaks TLS. */
  | 'tls'
  /** Upgraded sockets reach the subject's echo handler. */
  | 'upgrade'
  /** The subject has an attached WebSocket server on `/ws`. */
  | 'websocket'
  /** The subject can listen for a while before it is ready. */
  | 'slow-start'
  /** The subject writes to HTTP/2 streams itself: tunnels (RFC 8441) and pushed streams. */
  | 'streams'
  /** Worth the long cases: thousands of requests on all the connections that a test may open. */
  | 'load'
  /** Worth them in the matrix only: another server that is like it has its turn on every change. */
  | 'load in the matrix'

/** What a subject's port speaks: HTTP/1, HTTP/2 with prior knowledge, or either of them over TLS. */
export type Protocol = 'http' | 'https' | 'h2c' | 'h2'

/** Whether a protocol runs over TLS. */
export const isTls = (protocol: Protocol): boolean => protocol === 'https' || protocol === 'h2'

/** Whether it is HTTP/2. */
export const isHttp2 = (protocol: Protocol): boolean => protocol === 'h2c' || protocol === 'h2'

/** A program that offers the standard routes, started anew for each case. */
export interface ServerUnderTest {
  readonly name: string
  /** An `.mjs` file that says `{"listening":port}` once it is ready. */
  readonly script: URL
  /** Decides which suite it is given. */
  readonly protocol: Protocol
  /** It differs so little from another that it need not be tested on every change. */
  readonly onlyInMatrix?: boolean
  /**
   * The groups of cases that it is given on every change, if it differs little from another; in the matrix it has all. By
   * default all.
   */
  readonly groups?: readonly string[]
  readonly capabilities: readonly Capability[]
}

/** One behaviour: a present-tense sentence, and what proves it. */
export interface BehaviourCase {
  readonly name: string
  readonly needs?: Capability
  /** Left out where what Node keeps to itself is hidden (`LAMEDUCK_TEST_PRELOAD`): it cannot be known then. */
  readonly asksNode?: true
  /** The test's own limit in milliseconds, where the default is too short. */
  readonly timeout?: number
  /**
   * How often it may be tried again: only where it measures time, and the machine may have had none for it, or where the
   * kernel leaves a moment that nobody can close (decision 0003).
   */
  readonly retry?: number
  run(subject: ServerUnderTest): Promise<void>
}
