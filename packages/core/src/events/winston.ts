import type { Level, Logger } from './logger.js'
import { plainError } from './plain-error.js'

/** What is called of winston's loggers, and of winston itself, which is one. */
type Winston = Partial<Record<string, (message: string, details: object) => unknown>>

/** No other logger has all three. */
const isWinston = (logger: object): boolean =>
  ['configure', 'exceptions', 'rejections'].every((name) => (logger as Winston)[name] !== undefined)

/** Errors are plain objects: winston's JSON makes `{}` of them. */
const plain = (details: object): object =>
  Object.fromEntries(Object.entries(details).map(([key, value]) => [key, plainError(value)]))

/** A logger as lameduck calls it, in pino's argument order; winston's take the message first. */
export function inPinosOrder(logger: Logger): Logger {
  if (!isWinston(logger)) return logger
  const at = (level: Level) => (details: object, message: string) => {
    ;(logger as unknown as Winston)[level]?.(message, plain(details))
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
