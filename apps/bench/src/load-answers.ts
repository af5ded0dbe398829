/** What became of requests that were sent one by one while the server drained. */
export interface Trickled {
  readonly answered: number
  /** Sent on a connection that the server was closing. */
  readonly unanswered: number
  /** The longest that an answer took, in milliseconds. */
  readonly longest: number
}

/** What became of streams. */
export interface Streamed {
  /** The longest that any client waited for the next chunk, in milliseconds. */
  readonly longestGap: number
}
