/** What became of requests that were sent one by one while the server drained. */
export interface Trickled {
  readonly answered: number
  /** Sent on a connection that the server was closing. */
  readonly unanswered: number
  /** The longest that an answer took, in milliseconds. */
  readonly longest: number
}

/** How idle connections are fired at while the server closes them. */
export interface Fire {
  readonly port: number
  /** The server's process. */
  readonly pid: number
  /** When each asks once, at random from here to there, in milliseconds since SIGTERM; undefined: nobody asks. */
  readonly between?: readonly [number, number]
}

/** What became of idle connections that were closed. */
export interface Closed {
  /** Requests sent before FIN was seen. */
  readonly fired: number
  /** Those that were not answered. */
  readonly lost: number
  /** When half of the connections had seen FIN, in milliseconds since SIGTERM. */
  readonly half: number
  /** From the first FIN to the last, in milliseconds. */
  readonly within: number
}

/** What became of streams. */
export interface Streamed {
  /** The longest that any client waited for the next chunk, in milliseconds. */
  readonly longestGap: number
}
