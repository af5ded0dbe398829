import { writeSync } from 'node:fs'

/**
 * Writes to standard error at once. When nobody reads any more, nothing happens: `process.stderr.write` would make that
 * an uncaught exception, and a log line must not cost a request.
 */
export function writeToStandardError(text: string): void {
  try {
    writeSync(2, text)
  } catch {
    // There is nobody left to tell.
  }
}
