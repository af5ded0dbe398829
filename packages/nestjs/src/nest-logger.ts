import { inspect } from 'node:util'
import type { FrameworkLogger } from '@lameduck/core'
import { type ConsoleLogger, Logger as NestLogger } from '@nestjs/common'

/** The message, and what only the details tell: why something failed, and the report. */
function line(details: object, message: string): string {
  const { err, report } = details as { err?: unknown; report?: unknown }
  const more = err === undefined ? '' : `: ${inspect(err)}`
  return `${message}${report === undefined ? more : ` ${JSON.stringify(report)}`}`
}

/** What stands behind every logger of Nest: nothing with `logger: false`. Nest 11 can be asked for levels only if some were set. */
const behind = () =>
  (NestLogger as unknown as { staticInstanceRef?: Partial<ConsoleLogger> }).staticInstanceRef

/** Logs steps and report through Nest's `Logger`, whichever logger the application has put behind it. */
export function nestLogger(logger = new NestLogger('Lifecycle')): FrameworkLogger {
  return {
    info: (details, message) => logger.log(line(details, message)),
    warn: (details, message) => logger.warn(line(details, message)),
    error: (details, message) => logger.error(line(details, message)),
    // `logger: false`, or an empty list of levels.
    isSilent: () => !(behind()?.isLevelEnabled?.('fatal') ?? behind()),
    // `bufferLogs: true`, in a process that ends before the application has a logger.
    flush: () => NestLogger.flush(),
  }
}
