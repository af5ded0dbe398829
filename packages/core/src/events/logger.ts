import { debuglog, inspect } from 'node:util'
import { wallTime } from '../clock.js'
import { plainError } from './plain-error.js'
import { writeToStandardError } from './standard-error.js'

/** How loud a line is. */
export type Level = 'debug' | 'info' | 'warn' | 'error'

/** The methods of pino's that lameduck uses, in pino's argument order. */
export interface Logger {
  /** The plan, once. */
  debug?(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
  /** Called before the process exits, if it is there. */
  flush?(done?: () => void): void
}

/** Resolves when `logger` has got its lines out, as far as it can tell. */
export async function flushed(logger: Logger | false): Promise<void> {
  if (!logger || logger.flush === undefined) return
  const tells = logger.flush.length > 0
  await new Promise<void>((resolve) => {
    logger.flush?.(resolve)
    if (!tells) resolve()
  })
}

/** Where the console logger writes to: injected, so that a test can read it. */
export interface LogOutput {
  readonly isTerminal: boolean
  /** Somebody wants to know more: `NODE_DEBUG=lameduck`. */
  readonly isDebug: boolean
  /** What a line begins with. */
  time(): string
  write(line: string): void
}

const standardError: LogOutput = {
  isTerminal: process.stderr.isTTY === true,
  isDebug: debuglog('lameduck').enabled,
  time: wallTime,
  write: (line) => writeToStandardError(`${line}\n`),
}

/** Errors survive `JSON.stringify`. */
const asJson = (_key: string, value: unknown) => plainError(value)

/** One line of JSON; what JSON cannot say is said in Node's own words. */
function toJsonLine(time: string, level: string, details: object, msg: string): string {
  try {
    return JSON.stringify({ time, level, ...details, msg }, asJson)
  } catch {
    const shown = inspect(details, { breakLength: Number.POSITIVE_INFINITY })
    return JSON.stringify({ time, level, details: shown, msg })
  }
}

/** Logs to standard error: one readable line a step on a terminal, JSON lines elsewhere; the plan if `NODE_DEBUG=lameduck`. */
export function consoleLogger(output: LogOutput = standardError): Logger {
  const log = (level: Level) => (details: object, message: string) => {
    const time = output.time()
    if (!output.isTerminal) return output.write(toJsonLine(time, level, details, message))
    const { err } = details as { err?: unknown }
    const loud = level === 'info' ? '' : `${level}: `
    output.write(
      `${time} lameduck ${loud}${message.replace(/^lameduck /, '')}${err ? `\n${inspect(err)}` : ''}`,
    )
  }
  return {
    debug: output.isDebug ? log('debug') : () => {},
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
  }
}
