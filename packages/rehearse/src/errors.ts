import { optionFlag } from './option-flag.js'

/** What a {@link UsageError} is about: a value, a name that no option has, the command that starts the service, or the machine. */
export type UsageErrorCode = 'OPTION_INVALID' | 'OPTION_UNKNOWN' | 'COMMAND_UNUSABLE' | 'NO_FREE_PORT'

/** A message in which options stand by their names: those of the API, or of the command line. */
export type Message = string | ((nameOf: (option: string) => string) => string)

/**
 * The options cannot be used: one is unknown, of the wrong type, out of range, does not fit another one, or the command
 * cannot be started. The command line exits 2 with its message.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** Stable across releases; compare this, never the message. */
  readonly code: UsageErrorCode
  /** The option that it is about, by its name in {@link RehearseOptions}; `undefined` if it is about none. */
  readonly option: string | undefined
  /** The message for whoever gave flags: `--pre-stop` where the message has `preStop`. */
  readonly onCommandLine: string

  constructor(message: Message, code: UsageErrorCode = 'OPTION_INVALID', option?: string) {
    const told = typeof message === 'string' ? () => message : message
    super(told((name) => name))
    this.code = code
    this.option = option
    this.onCommandLine = told(optionFlag)
  }
}

/** A value as it would be written in code. */
const shown = (value: unknown): string => {
  try {
    return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))
  } catch {
    return `a ${typeof value}`
  }
}

/**
 * Says what is wrong with one option, where what came is no value of it.
 *
 * @param option its name in {@link RehearseOptions}, such as `preStop`
 * @param text what was expected, and what is there instead
 */
export function unfit(option: string, text: Message): UsageError {
  const textBy = typeof text === 'string' ? () => text : text
  return new UsageError((nameOf) => `${nameOf(option)}: expected ${textBy(nameOf)}`, 'OPTION_INVALID', option)
}

/**
 * Says what is wrong with the value of one option.
 *
 * @param option its name in {@link RehearseOptions}, such as `preStop`
 * @param expected what would have been accepted
 * @param got what came
 */
export const badOption = (option: string, expected: string, got: unknown): UsageError =>
  unfit(option, `${expected}, got ${shown(got)}`)
