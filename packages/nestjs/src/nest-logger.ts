import { inspect } from 'node:util'
import type { FrameworkLogger } from '@lameduck/core'
import { Logger as NestLogger } from '@nestjs/common'

/** The message, and what only the details tell: why something failed, and the report. */
function line(details: object, message: string): string {
  const { err, report } = details as { err?: unknown; report?: unknown }
  if (report !== undefined) return `${message} ${JSON.stringify(report)}`
  return err === undefined ? message : `${message}: ${inspect(err)}`
}

/** Logs steps and report through Nest's `Logger`, whichever logger the application has put behind it. */
export function nestLogger(): FrameworkLogger {
  const logger = new NestLogger('Lifecycle')
  return {
    info: (details, message) => logger.log(line(details, message)),
    warn: (details, message) => logger.warn(line(details, message)),
    error: (details, message) => logger.error(line(details, message)),
    // `logger: false`, or an empty list of levels.
    isSilent: () => !NestLogger.isLevelEnabled('fatal'),
  }
}
