/** What a {@link UsageError} is about: a value, a name that no option has, or the command that starts the service. */
export type UsageErrorCode = 'OPTION_INVALID' | 'OPTION_UNKNOWN' | 'COMMAND_UNUSABLE'

/**
 * The arguments cannot be used: an option is unknown, of the wrong type, out of range, does not fit another one, or the command
 * cannot be started. The command line exits 2 with its message.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** Stable across releases; compare this, never the message. */
  readonly code: UsageErrorCode

  constructor(message: string, code: UsageErrorCode = 'OPTION_INVALID') {
    super(message)
    this.code = code
  }
}

/**
 * Says what is wrong with one option.
 *
 * @param option its name on the command line, such as `--rps`
 * @param expected what would have been accepted
 * @param got what came
 */
export function badOption(option: string, expected: string, got: unknown): UsageError {
  return new UsageError(`${option}: expected ${expected}, got ${JSON.stringify(got) ?? String(got)}`)
}
