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
  /** Worth the long cases: thousands of requests on all the connections that a test may open. */
  | 'load'

/** A program that offers the standard routes, started anew for each case. */
export interface ServerUnderTest {
  readonly name: string
  /** An `.mjs` file that says `{"listening":port}` once it is ready. */
  readonly script: URL
  readonly protocol: 'http' | 'https'
  readonly capabilities: readonly Capability[]
}

/** One behaviour: a present-tense sentence, and what proves it. */
export interface BehaviourCase {
  readonly name: string
  readonly needs?: Capability
  /** The test's own limit in milliseconds, where the default is too short. */
  readonly timeout?: number
  run(subject: ServerUnderTest): Promise<void>
}
