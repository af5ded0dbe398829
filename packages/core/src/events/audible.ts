import { consoleLogger, type Logger } from './logger.js'

/** A framework's own logger, as an adapter hands it on. */
export interface FrameworkLogger extends Logger {
  /** Whether it writes nothing, because the application has none. Asked for each line: Nest's may be chosen later. */
  isSilent?(): boolean
}

/** Frameworks without a logger have one function for every level. A logger with a level was chosen, and may be silent. */
const isStandIn = (logger: FrameworkLogger) =>
  logger.info === logger.warn &&
  logger.warn === logger.error &&
  (logger as { level?: unknown }).level === undefined

/** The framework's logger, and in its place the console for warnings and errors where it writes nothing. */
export function audible(logger: FrameworkLogger, fallback: Logger = consoleLogger()): Logger {
  const isSilent = () => isStandIn(logger) || logger.isSilent?.() === true
  const loud = (level: 'warn' | 'error') => (details: object, message: string) =>
    (isSilent() ? fallback : logger)[level](details, message)
  return {
    debug: (details, message) => logger.debug?.(details, message),
    info: (details, message) => logger.info(details, message),
    warn: loud('warn'),
    error: loud('error'),
    ...(logger.flush ? { flush: logger.flush.bind(logger) } : {}),
  }
}
